import { describe, expect, it } from 'vitest'
import { createSweep } from './sweep.ts'

const busyFor = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('a sweep', () => {
  it('looks at everybody, and lets others have their turn while it does', async () => {
    const seen: number[] = []
    const swept = new Set(
      Array.from({ length: 400 }, (_, index) => ({
        sweep: () => {
          busyFor(0.5)
          seen.push(index)
        },
      })),
    )
    const seenAtTurn: number[] = []
    const watch = setInterval(() => seenAtTurn.push(seen.length), 1)
    const sweep = createSweep(swept)

    await Promise.all([sweep(0), sweep(0)])
    clearInterval(watch)

    expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => index))
    expect(seenAtTurn.some((count) => count > 0 && count < 400)).toBe(true)
  })

  it('can be begun again where somebody threw', async () => {
    let times = 0
    const sweep = createSweep(
      new Set([
        {
          sweep: () => {
            times += 1
            if (times === 1) throw new Error('a fault')
          },
        },
      ]),
    )

    await expect(sweep(0)).rejects.toThrow('a fault')
    await sweep(0)
    expect(times).toBe(2)
  })
})
