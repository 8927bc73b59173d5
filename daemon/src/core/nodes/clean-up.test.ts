import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import { describe, expect, it } from 'vitest'
import { emptyMeasure } from '#test/fakes/disk.ts'
import { createHarness } from '#test/harness.ts'
import { countStatements } from '#test/statement-count.ts'

const DAY_MS = 86_400_000
const GIB = 2 ** 30
type Image = DiskMeasure['images'][number]

/** An app with so many releases, and a disk on which their images are. */
async function withReleases(count: number) {
  const harness = createHarness()
  const app = harness.addApp('hello', { watchMs: 0 })
  await harness.start()
  for (let number = 1; number <= count; number += 1) await harness.deploy(`a${number}`)
  await harness.clock.pass(1_000)
  const { node, clock } = harness
  /** One layer that they all stand on, and one of each. */
  const measure = (more: Partial<DiskMeasure> = {}, extra: Image[] = []): void => {
    const images = [...node.images].map(([imageId, { appId, buildId }], at) => ({
      imageId,
      kind: 'build' as const,
      appId,
      buildId,
      createdAt: '2026-11-01T00:00:00.000Z',
      sizeBytes: 1_100,
      layers: [0, at + 1],
      isUsed: false,
    }))
    node.disk.measured = {
      ...emptyMeasure(),
      layers: [1_000, ...images.map(() => 100), 70].map((bytes) => ({
        bytes,
        isOthersToo: false,
      })),
      images: [...images, ...extra],
      ...more,
    }
  }
  measure()
  const cacheRecord = (id: string, daysOld: number, sizeBytes = 10) => {
    const at = new Date(clock.now().getTime() - daysOld * DAY_MS).toISOString()
    return { id, sizeBytes, description: `RUN ${id}`, createdAt: at, lastUsedAt: at }
  }
  const images = () => [...node.images.keys()]
  return { ...harness, app, measure, cacheRecord, images }
}

const orphan = (changes: Partial<Image> = {}): Image => ({
  imageId: 'sha256:orphan',
  kind: 'build',
  appId: 'goneapp1',
  buildId: 'gonebuild',
  createdAt: '2026-11-01T00:00:00.000Z',
  sizeBytes: 70,
  layers: [],
  isUsed: false,
  ...changes,
})

describe('the plan of a clean-up (B10)', () => {
  it('names images beyond the ten releases that can be rolled back to, and says why', async () => {
    const { ledger, actor, clock, images } = await withReleases(12)
    clock.jump(DAY_MS)

    const plan = await ledger.plan(actor)

    expect(plan.removals).toMatchObject([
      { kind: 'image', app: 'hello', what: 'release v1', sizeBytes: 100 },
      { kind: 'image', app: 'hello', what: 'release v2', sizeBytes: 100 },
    ])
    expect(plan.removals[0]?.why).toMatch(/^10 newer releases can be rolled back to/)
    expect(plan.removals.map(({ id }) => id).toSorted()).toEqual(images().slice(0, 2).toSorted())
    expect(plan.freedBytes).toBe(200)
    expect(plan.kept.join()).toMatch(/volumes, databases, backups/)
  })

  it('has nothing of the last 24 hours, nothing in use, and nothing of a deployment under way', async () => {
    const { ledger, actor, clock, measure, cacheRecord, push, node } = await withReleases(12)
    expect((await ledger.plan(actor)).removals).toEqual([])

    clock.jump(DAY_MS)
    const [first] = node.images.keys()
    measure({ cache: [cacheRecord('youngone', 0.9), cacheRecord('oldenough', 1.1)] })
    const used = node.disk.measured.images.map((image) => ({
      ...image,
      isUsed: image.imageId === first,
    }))
    node.disk.measured = { ...node.disk.measured, images: used }
    expect((await ledger.plan(actor)).removals.map(({ id }) => id)).not.toContain(first)
    expect((await ledger.plan(actor)).removals.map(({ id }) => id)).toContain('oldenough')
    expect((await ledger.plan(actor)).removals.map(({ id }) => id)).not.toContain('youngone')

    await push('c1')
    expect((await ledger.plan(actor)).removals.map(({ kind }) => kind)).toEqual(['build-cache'])
  })

  it('has images that no row names, once they are a day old', async () => {
    const { ledger, actor, clock, measure, node } = await withReleases(1)
    measure({}, [
      orphan({ layers: [2] }),
      orphan({ imageId: 'sha256:used', isUsed: true }),
      orphan({ imageId: 'sha256:young', createdAt: clock.now().toISOString() }),
      orphan({ imageId: 'sha256:base', kind: 'prepared' }),
    ])

    const { removals } = await ledger.plan(actor)
    expect(removals).toMatchObject([{ id: 'sha256:orphan', app: null, sizeBytes: 70 }])
    expect(node.calls.filter((call) => /remove/.test(call))).toEqual([])
  })

  it('keeps an image for as long as another app may go back to it', async () => {
    const harness = await withReleases(12)
    const { ledger, actor, clock, apps, db, images } = harness
    harness.addApp('other', { watchMs: 0 })
    await harness.deploy('b1', { appName: 'other' })
    clock.jump(DAY_MS)
    const [first, second] = images()
    db.prepare('UPDATE builds SET image_id = ? WHERE app_id = ?').run(
      first,
      apps.findByName(actor, 'other')?.id,
    )

    expect((await ledger.plan(actor)).removals.map(({ id }) => id)).toEqual([second])
  })

  it('costs as many statements with many apps, releases and images as with one', async () => {
    const harness = await withReleases(12)
    const { ledger, actor, clock, measure } = harness
    clock.jump(DAY_MS)
    const asked = async (): Promise<number> => {
      const counting = countStatements()
      await ledger.plan(actor)
      await ledger.get(actor)
      return counting.stop()
    }
    await ledger.plan(actor)
    const few = await asked()

    for (const name of ['one', 'two', 'three']) {
      harness.addApp(name, { watchMs: 0 })
      await harness.deploy('b1', { appName: name })
      await harness.deploy('b2', { appName: name })
    }
    measure()
    clock.jump(DAY_MS)
    await ledger.plan(actor)

    expect(await asked()).toBe(few)
    expect(few).toBeLessThan(20)
  })

  it('keeps everything of an app in the trash', async () => {
    const { ledger, actor, clock, apps, app } = await withReleases(12)
    clock.jump(DAY_MS)
    apps.markDestroyed(actor, app.id, clock.now().toISOString())
    clock.jump(365 * DAY_MS)

    expect((await ledger.plan(actor)).removals).toEqual([])
  })

  it('counts no layer that something else stands on, of others neither', async () => {
    const { ledger, actor, clock, measure, node } = await withReleases(12)
    clock.jump(DAY_MS)
    measure()
    const layers = node.disk.measured.layers.map((one, at) => ({ ...one, isOthersToo: at === 1 }))
    node.disk.measured = { ...node.disk.measured, layers }

    const plan = await ledger.plan(actor)
    expect(plan.removals.map(({ sizeBytes }) => sizeBytes)).toEqual([100, 0])
    expect(plan.freedBytes).toBe(100)
  })
})

describe('a clean-up by its plan', () => {
  it('removes exactly what was shown, and leaves who did it in the audit log', async () => {
    const { ledger, actor, clock, measure, cacheRecord, images, auditOf, buildsOf } =
      await withReleases(12)
    clock.jump(DAY_MS)
    measure({ cache: [cacheRecord('oldenough', 3, GIB)] })
    const plan = await ledger.plan(actor)
    const kept = images().slice(2)

    const result = await ledger.run(actor, plan.id)

    expect(result).toEqual({ removed: 3, left: 0, freedBytes: GIB + 200 })
    expect(images()).toEqual(kept)
    expect(buildsOf().filter(({ imageRemovedAt }) => imageRemovedAt !== null)).toHaveLength(2)
    expect(auditOf('disk.clean')).toMatchObject([{ target: 'node', details: { items: 3 } }])
  })

  it('removes nothing where the plan has changed meanwhile, or for who may not', async () => {
    const { ledger, actor, clock, images, deploy } = await withReleases(12)
    clock.jump(DAY_MS)
    const plan = await ledger.plan(actor)
    await deploy('b1')
    await clock.pass(1_000)
    clock.jump(DAY_MS)

    await expect(ledger.run(actor, plan.id)).rejects.toMatchObject({
      code: 'CLEAN_UP_PLAN_CHANGED',
    })
    const viewer = { ...actor, permissions: new Set(['node.read'] as const) }
    const now = await ledger.plan(viewer)
    await expect(ledger.run(viewer, now.id)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(images()).toHaveLength(13)
  })

  it('makes room by itself for a disk that is low, with nothing else in the plan than that', async () => {
    const { ledger, clock, images, measure, node, auditOf } = await withReleases(12)
    clock.jump(DAY_MS)
    measure({ volumes: [{ volumeId: 'precious', sizeBytes: GIB }] })

    expect(await ledger.makeRoom()).toBe(true)
    expect(images()).toHaveLength(10)
    expect(auditOf('disk.clean')).toMatchObject([{ details: { why: 'the disk is low' } }])
    expect(await ledger.makeRoom()).toBe(false)
    expect(node.calls.filter((call) => /volume/.test(call))).toEqual([])
  })
})

describe('a deployment on a disk with less than 10 % free', () => {
  const low = (availableBytes: number) => ({
    holds: 'data' as const,
    bytes: 100 * GIB,
    availableBytes,
    floorBytes: 7 * GIB,
    inodes: 0,
    availableInodes: 0,
    floorInodes: 0,
  })

  it('is refused in words whatever way it comes, and roll back, restart, stop and destroy work', async () => {
    const harness = await withReleases(2)
    const { node, deployments, actor, clock, end, push, logOf, running } = {
      ...harness,
      running: () => harness.node.running().length,
    }
    node.disks = [low(9 * GIB)]
    await clock.pass(6_000)

    const id = await push('b1')
    expect(await end(id)).toMatchObject({ state: 'failed', reason: expect.any(String) })
    expect(logOf(id).join('\n')).toMatch(
      /9\.7 GB are free .* 10\.7 GB must stay free .* deployments are refused until/,
    )
    const again = deployments.redeploy(actor, 'hello', { noCache: false })
    expect((await end(again.id)).state).toBe('failed')
    expect(node.builds).toHaveLength(2)

    const back = deployments.rollBack(actor, 'hello', 1, { with: 'code-and-env' })
    expect((await end(back.id)).state).toBe('watching')
    expect((await end(deployments.restart(actor, 'hello').id)).state).toBe('watching')
    await clock.until(deployments.stop(actor, 'hello'))
    await clock.pass(120_000)
    expect(running()).toBe(0)
    node.disks = [low(11 * GIB)]
    await clock.pass(6_000)
    expect((await end(await push('b2'))).state).not.toBe('failed')
  })
})
