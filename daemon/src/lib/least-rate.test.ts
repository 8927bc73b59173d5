import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { atLeastRate } from './least-rate.ts'

const LIMITS = { leastBytes: 100, everyMs: 1_000 }
const late = () => new Error('too slow')

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a body that must come at a rate', () => {
  it('is ended in the first stretch in which too little comes', async () => {
    const body = new Readable({ read() {} })
    const got: number[] = []
    const read = (async () => {
      for await (const chunk of atLeastRate(body, LIMITS, late)) got.push(chunk.length)
    })()
    read.catch(() => {})
    for (const size of [100, 150, 99]) {
      body.push(Buffer.alloc(size))
      await vi.advanceTimersByTimeAsync(1_000)
    }

    await expect(read).rejects.toThrow('too slow')
    expect(got).toEqual([100, 150, 99])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('may take as long as it likes where it is we who are slow, and leaves no timer', async () => {
    const body = Readable.from([Buffer.alloc(10), Buffer.alloc(10), Buffer.alloc(10)])
    let count = 0
    const read = (async () => {
      for await (const _chunk of atLeastRate(body, LIMITS, late)) {
        count += 1
        await new Promise((resolve) => setTimeout(resolve, 900))
      }
    })()
    await vi.advanceTimersByTimeAsync(5_000)
    await read

    expect(count).toBe(3)
    expect(vi.getTimerCount()).toBe(0)
  })
})
