import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isOpenAnyway } from '#agent/firewall/host-chains.ts'

it('reads from a ruleset which ports are open anyway', () => {
  const text = readFileSync(join(import.meta.dirname, 'rulesets/everything-enforce.nft'), 'utf8')

  expect([22, 443, 8443].map((port) => isOpenAnyway(text, port))).toEqual([true, true, true])
  expect([1, 2200, 65_000].map((port) => isOpenAnyway(text, port))).toEqual([false, false, false])
  expect(isOpenAnyway(undefined, 22)).toBe(false)
  expect(isOpenAnyway('table inet x { }', 22)).toBe(false)
})
