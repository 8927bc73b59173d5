import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSampleRing, type SampleRing } from '#agent/metrics/sample-ring.ts'
import { createSampler } from '#agent/metrics/sampler.ts'
import { NOON, sampleAt } from '#test/sample.ts'

const EVERY_MS = 100

describe('the sampler', () => {
  let directory: string
  let ring: SampleRing
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-sampler-'))
    ring = await openSampleRing({ directory })
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const create = (changes: Partial<Parameters<typeof createSampler>[0]> = {}) =>
    createSampler({
      ring,
      everyMs: EVERY_MS,
      sampleNode: async () => sampleAt(NOON, 0).node,
      sampleContainers: async () => [],
      sampleFence: () => [],
      samplePlatform: () => [],
      ...changes,
    })

  async function taken(): Promise<{ seq: number; at: string }[]> {
    const all = []
    for (let serial = ring.after(null); serial < ring.next; serial += 1) {
      const found = await ring.read(serial)
      const { seq, at } = JSON.parse(JSON.stringify(found?.sample))
      all.push({ seq, at })
    }
    return all
  }

  async function run(sampler: ReturnType<typeof createSampler>, until: () => boolean) {
    const stopping = new AbortController()
    const running = sampler.run(stopping.signal)
    await expect.poll(until, { timeout: 20_000 }).toBe(true)
    stopping.abort()
    await running
  }

  it('takes each at its time by the clock, however long one takes, and none before', async () => {
    let looks = 0
    const sampler = create({
      sampleNode: async () => {
        looks += 1
        await sleep(looks === 2 ? EVERY_MS * 2.5 : EVERY_MS / 4)
        return sampleAt(NOON, 0).node
      },
    })

    await run(sampler, () => looks >= 6)

    const slots = (await taken()).map(({ at }) => Math.floor(Date.parse(at) / EVERY_MS))
    // Never two at one time, and those that were missed are not made up for.
    expect(new Set(slots).size).toBe(slots.length)
    expect(slots).toEqual(slots.toSorted((one, other) => one - other))
    expect((slots[2] ?? 0) - (slots[1] ?? 0)).toBeGreaterThanOrEqual(3)
  })

  it('goes on numbering after a restart, and measures the node while the engine is away', async () => {
    await create().take()
    await ring.close()
    ring = await openSampleRing({ directory })
    const sampler = create({
      sampleContainers: async () => {
        throw new Error('Docker does not answer')
      },
    })
    await sampler.take()

    expect((await taken()).map(({ seq }) => seq)).toEqual([0, 1])
    await ring.close()
  })

  it('is not ended by one that fails', async () => {
    let looks = 0
    const sampler = create({
      sampleNode: async () => {
        looks += 1
        if (looks === 1) throw new Error('no /proc')
        return sampleAt(NOON, 0).node
      },
    })

    await run(sampler, () => looks >= 3)

    expect((await taken()).length).toBeGreaterThanOrEqual(1)
  })
})
