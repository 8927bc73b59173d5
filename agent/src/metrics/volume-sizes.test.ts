import { describe, expect, it } from 'vitest'
import { createVolumeSizes } from '#agent/metrics/volume-sizes.ts'

const MINUTE = 60_000
const SAMPLE = 15_000

/** By a clock of its own: a sample is a look at each volume, and at most one of them is measured. */
function setUp(volumes: readonly string[], tookMs = 5) {
  let time = 1_000
  let written = 0
  let isWriting = true
  const asked: [string, number][] = []
  const sizes = createVolumeSizes({
    leastMs: MINUTE,
    now: () => time,
    measure: async (id) => {
      asked.push([id, Math.round((time - 1_000) / SAMPLE)])
      time += tookMs
      if (id === 'bad') throw new Error('unreadable')
      return id.length * 1_000
    },
  })
  return {
    asked,
    endWriting: () => {
      isWriting = false
    },
    sample: async (): Promise<(number | null)[]> => {
      if (isWriting) written += 1
      const seen = volumes.map((id) => sizes.sizeOf(id, written))
      await sizes.measureNext()
      time += SAMPLE
      return seen
    },
  }
}

describe('sizes of volumes', () => {
  it('are measured one a sample, each once a minute', async () => {
    const { asked, sample } = setUp(['a', 'bb'])
    expect(await sample()).toEqual([null, null])
    expect(await sample()).toEqual([1_000, null])
    for (let turn = 0; turn < 4; turn += 1) expect(await sample()).toEqual([1_000, 2_000])

    expect(asked).toEqual([
      ['a', 0],
      ['bb', 1],
      ['a', 4],
      ['bb', 5],
    ])
  })

  it('that nothing was written to since are looked at seldom', async () => {
    const { asked, endWriting, sample } = setUp(['a'])
    await sample()
    endWriting()
    for (let turn = 0; turn < 24; turn += 1) await sample()

    expect(asked.map(([, at]) => at)).toEqual([0, 20])
  })

  it('that take long are measured seldom: a thousandth of the time', async () => {
    const { asked, sample } = setUp(['a'], 300)
    for (let turn = 0; turn < 22; turn += 1) await sample()

    expect(asked.map(([, at]) => at)).toEqual([0, 20])
  })

  it('stay what they were where one cannot be measured, and hold nobody up', async () => {
    const { sample } = setUp(['bad', 'a'])
    await sample()
    await sample()

    expect(await sample()).toEqual([null, 1_000])
  })
})
