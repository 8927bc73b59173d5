import { expect, it } from 'vitest'
import { nofileWithin } from '#agent/containers/nofile.ts'

const limits = (hard: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 ${hard}               files\n`

it('asks for 65,536 open files, or what the engine can grant', () => {
  expect(nofileWithin(limits('1048576'))).toBe(65_536)
  expect(nofileWithin(limits('20000'))).toBe(20_000)
  expect(nofileWithin(limits('unlimited'))).toBe(65_536)
})
