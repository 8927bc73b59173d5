import { expect, it } from 'vitest'
import type { LogFrame } from '#agent/containers/log-frames.ts'
import { createGapFinder } from '#agent/containers/log-gaps.ts'
import { createRepeatFinder } from '#agent/containers/log-repeats.ts'

const BEGAN = Date.parse('2026-11-22T17:00:00Z')
const stampOf = (nanos: number): string =>
  `${new Date(BEGAN + Math.floor(nanos / 1e6)).toISOString().slice(0, 19)}.${String(nanos % 1e9).padStart(9, '0')}Z`
const frame = (nanos: number, stream: LogFrame['stream'] = 'stdout'): LogFrame => ({
  stream,
  payload: Buffer.from(`${stampOf(nanos)} a line\n`),
})

it('knows lines that are given a second time when the engine begins a file anew', () => {
  const isRepeat = createRepeatFinder()
  const times = Array.from({ length: 3_000 }, (_, at) => at * 20_000)
  expect(times.filter((at) => isRepeat(frame(at)))).toEqual([])

  // The last 2,000 once more, the newest of them included, and then what is new.
  expect(times.slice(1_000).every((at) => isRepeat(frame(at)))).toBe(true)
  expect(isRepeat(frame(3_000 * 20_000))).toBe(false)
})

it('takes nothing for a repeat that was not there: another stream, a long line in pieces, a clock set back', () => {
  const isRepeat = createRepeatFinder()
  expect(isRepeat(frame(5_000))).toBe(false)
  expect(isRepeat(frame(4_000, 'stderr'))).toBe(false)
  expect(isRepeat(frame(5_000))).toBe(false)
  expect(isRepeat(frame(1_000))).toBe(false)
  expect(isRepeat(frame(2_000))).toBe(false)
  expect(isRepeat({ stream: 'stdout', payload: Buffer.from('without a time') })).toBe(false)
})

it('tells where a follower that lags was led past something, and of nothing else', () => {
  const world = { ms: BEGAN + 1_000 }
  const { isGap } = createGapFinder(() => world.ms)
  const busy = (from: number) =>
    Array.from({ length: 10_000 }, (_, at) => from + at * 20_000).map((at) =>
      isGap(frame(at).payload),
    )
  expect(busy(0)).not.toContain(true)
  // It paused, and is read as it prints.
  expect(isGap(frame(600e6).payload)).toBe(false)

  expect(busy(620e6)).not.toContain(true)
  world.ms += 5_000
  expect(isGap(frame(2_000e6).payload)).toBe(true)
})

it('leaves a program alone that prints a line now and then, however late it is read', () => {
  const { isGap } = createGapFinder(() => BEGAN + 3_600_000)
  expect([0, 1, 2, 60, 61].map((second) => isGap(frame(second * 1e9).payload))).not.toContain(true)
})
