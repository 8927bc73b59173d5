import { expect, it } from 'vitest'
import { runInjectionBattery } from '#test/api/injection-battery.ts'

it('takes every payload in every string of every operation for text', async () => {
  const { requests, findings } = await runInjectionBattery()

  expect(findings).toEqual([])
  expect(requests).toBeGreaterThan(30_000)
}, 1_200_000)
