import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSparingReclaimer, trimMemoryWhenIdle } from './trim-memory.ts'

/** What the process claims to have used, in microseconds. */
let used = 0
const collections: number[] = []

beforeEach(() => {
  vi.useFakeTimers()
  used = 0
  collections.length = 0
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({ user: used, system: 0 }))
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const start = (later?: () => void) =>
  trimMemoryWhenIdle({ soon: () => void collections.push(used), ...(later && { later }) })
const passed = async (spentMicros: number) => {
  used += spentMicros
  await vi.advanceTimersByTimeAsync(20_000)
}

describe('giving memory back', () => {
  it('waits until the work of starting is over, and happens once', async () => {
    start()

    await passed(500_000)
    expect(collections).toHaveLength(0)
    await passed(10_000)
    expect(collections).toHaveLength(1)
    await passed(10_000)
    await passed(10_000)
    expect(collections).toHaveLength(1)
  })

  it('never happens while there is work, and happens after it', async () => {
    start()
    await passed(10_000)

    for (let look = 0; look < 10; look++) await passed(5_000_000)
    expect(collections).toHaveLength(1)
    await passed(10_000)
    expect(collections).toHaveLength(2)
  })

  it('takes what only watches for a tenth of work, so that watching costs no collections', async () => {
    start()
    await passed(500_000)
    await passed(10_000)

    for (let look = 0; look < 39; look++) await passed(100_000)
    expect(collections).toHaveLength(1)
    await passed(100_000)
    expect(collections).toHaveLength(2)
  })

  it('gives back the rest, once, when there was no work for ten minutes', async () => {
    let later = 0
    start(() => {
      later += 1
    })
    await passed(10_000)
    await passed(5_000_000)
    await passed(10_000)
    expect(collections).toHaveLength(2)

    for (let look = 0; look < 28; look++) await passed(10_000)
    await passed(350_000)
    for (let look = 0; look < 20; look++) await passed(10_000)
    await passed(100_000)
    for (let look = 0; look < 29; look++) await passed(10_000)
    expect(later).toBe(0)
    for (let look = 0; look < 10; look++) await passed(10_000)
    expect(later).toBe(1)
    expect(collections.length).toBeGreaterThan(2)
  })
})

describe('a process that is to stay quick', () => {
  const MB = 2 ** 20
  let heldBytes = 0
  let nowMs = 0
  let liveBytes = 10 * MB
  const collected: string[] = []
  const { soon, later } = openSparingReclaimer(
    () => {
      collected.push('all')
      heldBytes = liveBytes
    },
    () => collected.push('young'),
    () => heldBytes,
    () => nowMs,
  )
  const after = (bytes: number, reclaim = soon): string[] => {
    heldBytes = bytes
    collected.length = 0
    reclaim()
    return [...collected]
  }

  it('gives back what starting left, then young garbage alone, and all of it once much is held', () => {
    expect(after(30 * MB)).toEqual(['young', 'all'])
    expect(after(12 * MB)).toEqual(['young'])
    expect(after(17 * MB)).toEqual(['young'])
    expect(after(18 * MB)).toEqual(['young', 'all'])
    expect(after(17 * MB)).toEqual(['young'])
  })

  it('gives everything back when nobody comes for long, where it has not done so already', () => {
    expect(after(15 * MB)).toEqual(['young'])
    expect(after(15 * MB, later)).toEqual(['all'])
    expect(after(10 * MB, later)).toEqual([])
    expect(after(12 * MB)).toEqual(['young'])
    expect(after(12 * MB, later)).toEqual(['all'])
  })

  it('gives back what was in use at the last time, ten minutes later', () => {
    liveBytes = 100 * MB
    expect(after(150 * MB)).toEqual(['young', 'all'])
    liveBytes = 10 * MB
    expect(after(100 * MB)).toEqual(['young'])
    nowMs += 600_000
    expect(after(100 * MB)).toEqual(['young', 'all'])
    expect(after(12 * MB)).toEqual(['young'])
  })
})
