import { expect, it } from 'vitest'
import { createBackupStore } from '#store/backup-store.ts'
import { createBackupHarness } from '#test/backup-harness.ts'

async function backedUp() {
  const harness = createBackupHarness()
  await harness.addDestination()
  for (const app of ['blog', 'shop']) harness.addApp(app)
  harness.addVolume('shop', 'uploads', { 'a.txt': 'one' })
  harness.addVolume('blog', 'pictures', { 'b.txt': 'two' })
  harness.addAddon()
  return { harness, store: createBackupStore(harness.db) }
}

it('pages give what there is in the order of the whole list, and what has gone behind it', async () => {
  const { harness } = await backedUp()
  const { overview, actor } = harness
  await harness.backUp('addon:shop-db')
  harness.addons.length = 0

  const all = overview.list(actor)
  const first = overview.listPage(actor, { limit: 3 })
  const second = overview.listPage(actor, { limit: 3, cursor: first.nextCursor ?? '' })

  expect(all.map(({ subject, isThere }) => `${subject.type}:${subject.name} ${isThere}`)).toEqual([
    'app:blog true',
    'app:shop true',
    'volume:blog/pictures true',
    'volume:shop/uploads true',
    'addon:shop-db false',
  ])
  expect([...first.items, ...second.items]).toEqual(all)
  expect(second.nextCursor).toBeNull()
  for (const cursor of ['-1', '1.5', 'blog'])
    expect(() => overview.listPage(actor, { limit: 3, cursor })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    )
  expect(overview.list(harness.stranger)).toEqual([])
})

it('says of each what was proven of it, by what failed last and what was put back last', async () => {
  const { harness, store } = await backedUp()
  const { overview, actor } = harness
  const [older, newer] = [
    await harness.backUp('addon:shop-db'),
    await harness.backUp('addon:shop-db'),
  ]
  const other = await harness.backUp('volume:shop/uploads')
  const endedAt = harness.clock.now().toISOString()
  store.noteDrillForPlatform(older.id, {
    state: 'proven',
    endedAt,
    durationMs: 1_200,
    reason: null,
  })
  store.noteDrillForPlatform(newer.id, {
    state: 'failed',
    endedAt,
    durationMs: 9,
    reason: 'no rows',
  })
  const overviewOf = (type: string) =>
    overview
      .list(actor)
      .find(({ subject }) => subject.type === type && subject.name !== 'blog/pictures')

  expect(overviewOf('addon')).toMatchObject({
    backups: 2,
    proof: {
      lastBackupAt: newer.startedAt,
      provenAt: endedAt,
      provenInMs: 1_200,
      failure: 'no rows',
    },
  })
  expect(overview.proofOfSubject(older.subject)).toEqual(overviewOf('addon')?.proof)
  expect(overviewOf('volume')).toMatchObject({
    backups: 1,
    sizeBytes: other.sizeBytes,
    proof: { lastBackupAt: other.startedAt, provenAt: null, failure: null },
  })

  store.setDamageForPlatform(newer.id, 'a part is missing')
  expect(overviewOf('addon')?.proof.lastBackupAt).toBe(older.startedAt)
})
