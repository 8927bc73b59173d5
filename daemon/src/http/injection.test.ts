import { expect, it } from 'vitest'
import { runInjectionBattery } from '#test/api/injection-battery.ts'

it('takes every string of every operation for text, fails in words that are documented, and makes no file', async () => {
  const { fields, requests, findings } = await runInjectionBattery({ each: 2 })

  expect(findings).toEqual([])
  expect(fields).toBeGreaterThan(300)
  expect(requests).toBeGreaterThan(2 * fields - 1)
}, 120_000)
