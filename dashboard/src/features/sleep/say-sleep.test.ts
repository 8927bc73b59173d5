import { expect, it } from 'vitest'
import { saySleep } from './say-sleep.ts'

it('says how long, how often, and what that saved', () => {
  const lastDay = {
    asleepMs: 50_520_000,
    times: 3,
    freedBytes: 84 * 2 ** 20,
    slowestWakeMs: 410,
  }
  expect(saySleep({ lastDay })).toBe(
    'Slept 14 h 2 min of the last 24 h (3 times), 84 MB free meanwhile; woke in 410 ms at most.',
  )
})

it('says that it has not slept', () => {
  const lastDay = { asleepMs: 0, times: 0, freedBytes: 0, slowestWakeMs: null }
  expect(saySleep({ lastDay })).toBe('Has not slept in the last 24 h.')
})
