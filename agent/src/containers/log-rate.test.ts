import { expect, it } from 'vitest'
import { createLogRate } from '#agent/containers/log-rate.ts'

it('takes a burst at once, and no more than so much a second after it', async () => {
  const world = { ms: 0, waited: [] as number[] }
  const take = createLogRate({
    bytesPerSecond: 100,
    burstBytes: 1_000,
    now: () => world.ms,
    wait: async (ms) => {
      world.waited.push(ms)
      world.ms += ms
    },
  })
  const { signal } = new AbortController()

  await take(1_000, signal)
  expect(world.waited).toEqual([])
  await take(50, signal)
  await take(200, signal)
  expect(world.waited).toEqual([500, 2_000])

  world.ms += 60_000
  await take(900, signal)
  expect(world.waited).toHaveLength(2)
})
