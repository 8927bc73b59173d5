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

const start = () => trimMemoryWhenIdle(() => collections.push(used))
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
})

describe('a process that is to stay quick', () => {
  const MB = 2 ** 20
  let heldBytes = 0
  const collected: string[] = []
  const collect = openSparingReclaimer(
    () => {
      collected.push('all')
      heldBytes = 10 * MB
    },
    () => collected.push('young'),
    () => heldBytes,
  )
  const after = (bytes: number): string[] => {
    heldBytes = bytes
    collected.length = 0
    collect()
    return [...collected]
  }

  it('gives back what starting left, then young garbage alone, and all of it once much is held', () => {
    expect(after(30 * MB)).toEqual(['young', 'all'])
    expect(after(12 * MB)).toEqual(['young'])
    expect(after(17 * MB)).toEqual(['young'])
    expect(after(18 * MB)).toEqual(['young', 'all'])
    expect(after(17 * MB)).toEqual(['young'])
  })
})
