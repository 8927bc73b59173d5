import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '#test/harness.ts'

async function withReleases(count: number): Promise<Harness> {
  const harness = createHarness()
  harness.addApp('hello', { watchMs: 0 })
  await harness.start()
  for (let number = 1; number <= count; number += 1) await harness.deploy(`a${number}`)
  await harness.clock.pass(1_000)
  // Nothing younger than a day goes.
  harness.clock.jump(86_400_000)
  return harness
}

describe('old images', () => {
  it('stay while they belong to one of the last ten releases', async () => {
    const harness = await withReleases(10)

    expect(await harness.ledger.removeOldImages()).toEqual([])
    expect(harness.node.images.size).toBe(10)
  })

  it('go from the eleventh on, by an explicit list (B10)', async () => {
    const harness = await withReleases(12)
    const [first, second] = harness.node.images.keys()

    expect(await harness.ledger.removeOldImages()).toEqual([second, first])
    expect(await harness.ledger.removeOldImages()).toEqual([])
    expect(harness.node.calls.filter((call) => call.startsWith('remove-images'))).toHaveLength(1)
  })

  it('stay for a day, whatever has come since', async () => {
    const harness = createHarness()
    harness.addApp('hello', { watchMs: 0 })
    await harness.start()
    for (let number = 1; number <= 12; number += 1) await harness.deploy(`a${number}`)
    await harness.clock.pass(1_000)

    expect(await harness.ledger.removeOldImages()).toEqual([])
    expect(harness.node.images.size).toBe(12)
  })

  it('stay where an old release was rolled back to', async () => {
    const harness = await withReleases(9)
    const [first] = harness.node.images.keys()
    const back = { with: 'code-and-env' } as const
    await harness.end(harness.deployments.rollBack(harness.actor, 'hello', 1, back).id)
    for (let number = 10; number < 18; number += 1) await harness.deploy(`a${number}`)
    harness.clock.jump(86_400_000)

    const removed = await harness.ledger.removeOldImages()

    expect(removed).not.toContain(first)
    expect(removed.length).toBeGreaterThan(0)
  })
})

describe('the frozen env of a release', () => {
  const goBack = { with: 'code-and-env' } as const

  it('is kept for as long as a roll back may go to it, and then forgotten', async () => {
    const harness = createHarness()
    harness.addApp('hello', { watchMs: 0 })
    await harness.start()
    harness.env['KEY'] = 'of the first'
    for (let number = 1; number <= 10; number += 1) await harness.deploy(`a${number}`)
    await harness.clock.pass(1_000)
    expect(harness.oldImages.forgetEnvs()).toBe(0)
    await harness.end(harness.deployments.rollBack(harness.actor, 'hello', 1, goBack).id)
    for (let number = 10; number < 20; number += 1) await harness.deploy(`b${number}`)
    await harness.clock.pass(1_000)

    expect(harness.oldImages.forgetEnvs()).toBe(11)
    expect(harness.oldImages.forgetEnvs()).toBe(0)

    const sealed = harness.db
      .prepare<[], { number: number; bytes: number }>(
        'SELECT number, length(env_sealed) AS bytes FROM releases ORDER BY number',
      )
      .all()
    expect(sealed.filter(({ bytes }) => bytes > 0).map(({ number }) => number)).toEqual(
      Array.from({ length: 10 }, (_, at) => at + 12),
    )
    expect(() => harness.deployments.rollBack(harness.actor, 'hello', 11, goBack)).toThrow(
      expect.objectContaining({ code: 'RELEASE_ENV_GONE' }),
    )
    const code = { with: 'code' } as const
    const back = harness.deployments.rollBack(harness.actor, 'hello', 11, code)
    expect((await harness.end(back.id)).state).toBe('watching')
  })

  it('stays where the release runs or a deployment is under way', async () => {
    const harness = await withReleases(10)
    for (let number = 10; number < 20; number += 1) {
      harness.node.behave = () => ({ exitCode: 1 })
      await harness.deploy(`b${number}`)
    }
    await harness.push('c1')

    expect(harness.oldImages.forgetEnvs()).toBe(0)
    await harness.clock.pass(60_000)
    harness.oldImages.forgetEnvs()

    const left = harness.db
      .prepare<[], number>('SELECT number FROM releases WHERE length(env_sealed) > 0')
      .pluck()
      .all()
    expect(left).toContain(10)
    expect(left).not.toContain(9)
  })
})

describe('sources', () => {
  it('go with the image, and where no row has named them for an hour', async () => {
    const harness = await withReleases(12)
    await harness.ledger.removeOldImages()
    await harness.sourceArchive.put('loose', Readable.from(['x']))

    expect(await harness.oldImages.removeSources()).toEqual([])
    const gone = await harness.oldImages.removeSources()

    expect(gone).toHaveLength(3)
    expect(gone).toContain('loose')
    expect(harness.sourceArchive.tars.size).toBe(10)
  })
})
