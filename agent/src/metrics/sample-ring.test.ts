import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReadSamplesEvent, Sample } from '@vastrox/shared/agent-api-metrics.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSamples } from '#agent/metrics/read-samples.ts'
import { openSampleRing, type SampleRing } from '#agent/metrics/sample-ring.ts'
import { NOON, sampleAt } from '#test/sample.ts'

const MINUTE_MS = 60_000

describe('the samples of the last hour', () => {
  let directory: string
  let clock: number
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-samples-'))
    clock = NOON
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const open = (limits: { mostBytes?: number } = {}) =>
    openSampleRing({ directory, now: () => clock, ...limits })

  async function add(ring: SampleRing, count: number, changes: Partial<Sample> = {}) {
    for (let each = 0; each < count; each += 1) {
      const seq = (ring.lastSeq('boot') ?? -1) + 1
      await ring.add({ ...sampleAt(clock, seq), ...changes })
      clock += 15_000
    }
  }

  async function read(ring: SampleRing, since: string | null): Promise<number[]> {
    const seqs: number[] = []
    await readSamples(
      ring,
      { since, follow: false },
      {
        emit: async (event) => {
          if (event.type === 'sample') seqs.push(event.sample.seq)
        },
        signal: new AbortController().signal,
        body: process.stdin,
      },
    )
    return seqs
  }

  const numbers = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at)

  it('are all given to a daemon that was away for an hour, each once and in order', async () => {
    const ring = await open()
    await add(ring, 260)

    expect(await read(ring, new Date(NOON + 19 * 15_000).toISOString())).toEqual(numbers(20, 259))
    expect(await read(ring, new Date(NOON + 259 * 15_000).toISOString())).toEqual([])
    // Between two: what is later.
    expect(await read(ring, new Date(NOON + 256 * 15_000 + 1).toISOString())).toEqual([
      257, 258, 259,
    ])
    await ring.close()
  })

  it('outlive the agent, and a line that was cut off is passed over', async () => {
    const before = await open()
    await add(before, 30)
    await before.close()
    const last = (await readdir(directory)).toSorted().at(-1) ?? ''
    await appendFile(join(directory, last), '{"seq":30,"epoch":"boot","at":"2026-')

    const after = await open()
    expect(after.lastSeq('boot')).toBe(29)
    expect(after.lastSeq('another boot')).toBeUndefined()
    await add(after, 5)

    expect(await read(after, null)).toEqual(numbers(0, 34))
    await after.close()
  })

  it('are bounded by age and by bytes, on disk as in memory', async () => {
    const ring = await open({ mostBytes: 100_000 })
    const bytes = JSON.stringify(sampleAt(clock, 1)).length
    await add(ring, 600)

    const kept = await read(ring, null)
    const files = await readdir(directory)
    const sizes = await Promise.all(
      files.map(async (name) => (await stat(join(directory, name))).size),
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000 + 21 * (bytes + 10))
    expect(kept.at(-1)).toBe(599)
    expect(kept).toEqual(numbers(kept[0] ?? 0, 599))
    clock += 80 * MINUTE_MS
    await add(ring, 1)
    expect((await read(ring, null)).length).toBeLessThan(22)
    await ring.close()
  })

  it('are given to whoever follows, from the last it has on and without end', async () => {
    const ring = await open()
    await add(ring, 3)
    const events: ReadSamplesEvent[] = []
    const gone = new AbortController()
    const following = readSamples(
      ring,
      { since: new Date(NOON).toISOString(), follow: true },
      { emit: async (event) => void events.push(event), signal: gone.signal, body: process.stdin },
    )
    await expect.poll(() => events.length).toBe(2)
    await add(ring, 1)
    await expect.poll(() => events.length).toBe(3)
    gone.abort()

    await expect(following).rejects.toThrow('aborted')
    expect(events).toMatchObject([1, 2, 3].map((seq) => ({ type: 'sample', sample: { seq } })))
    await ring.close()
  })

  it('go on when the clock is put back: what was read last is known by itself', async () => {
    const ring = await open()
    await add(ring, 4)
    const last = new Date(clock - 15_000).toISOString()
    clock -= 60 * MINUTE_MS
    await add(ring, 2)

    expect(await read(ring, last)).toEqual([4, 5])
    await ring.close()
  })

  it('reach readers even where the disk takes nothing', async () => {
    const ring = await open()
    await add(ring, 20)
    await rm(directory, { recursive: true })
    await add(ring, 3)

    expect(await read(ring, new Date(NOON + 19 * 15_000).toISOString())).toEqual([20, 21, 22])
    await ring.close()
  })

  it('of a version that wrote them in another way are passed over', async () => {
    const ring = await open()
    await add(ring, 1)
    await ring.close()
    const [name = ''] = await readdir(directory)
    const at = new Date(NOON + 1).toISOString()
    await appendFile(
      join(directory, name),
      `{"seq":1,"epoch":"boot","at":"${at}","other":1}\nno json\n`,
    )

    const again = await open()
    clock = NOON + 15_000
    await add(again, 1)
    expect(await read(again, null)).toEqual([0, 2])
    await again.close()
  })
})
