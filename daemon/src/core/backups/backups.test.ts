import { text } from 'node:stream/consumers'
import { CreateBackup } from '@vastrox/shared/backup.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { mustBeReadable } from '#core/backups/backup-service.ts'
import { type BackupHarness, createBackupHarness } from '#test/backup-harness.ts'

let harness: BackupHarness
beforeEach(async () => {
  harness = createBackupHarness()
  await harness.addDestination()
})

const wish = (given: Partial<CreateBackup> = {}) => CreateBackup.parse(given)

describe('a backup', () => {
  it('of a database is stored, counted, read again and done', async () => {
    const { id: addonId } = harness.addAddon()

    const done = await harness.backUp('addon:shop-db')

    expect(done).toMatchObject({
      state: 'done',
      mode: 'dump',
      sizeBytes: 18,
      destination: 'vault',
      subject: { type: 'addon', id: addonId, name: 'shop-db' },
      damage: null,
    })
    expect(done.verifiedAt).not.toBeNull()
    expect(harness.node.snapshots()).toMatchObject([
      {
        host: 'abc123',
        tags: [`backup=${done.id}`, `subject=addon:${addonId}`, expect.any(String)],
      },
    ])
    expect(harness.store.findForPlatform(done.id)?.manifest).toMatchObject({
      fileName: 'dump.pgc',
      counts: { before: { 'public.orders': 18 }, after: { 'public.orders': 18 } },
      origin: { kind: 'postgresql', version: '15' },
    })
    expect(harness.audited()).toContain('backup.create addon:shop-db')
    expect(harness.problems).toEqual([])
  })

  it('of an app covers its code and env, its volumes and its databases, in one group', async () => {
    harness.addApp('shop')
    await harness.deploy('a1', { appName: 'shop', files: { 'server.js': 'the code' } })
    harness.envService.change(harness.actor, 'shop', { KEY: { value: 'secret-value' } })
    harness.addVolume('shop', 'uploads', { 'cat.jpg': 'a cat' })
    harness.addAddon()

    const group = harness.backups.createForApp(harness.actor, 'shop', wish())
    for (const { id } of group) await harness.end(id)

    const done = group.map(({ id }) => harness.backups.get(harness.actor, id))
    expect(done.map(({ subject, state }) => `${subject.type}:${subject.name} ${state}`)).toEqual([
      'app:shop done',
      'volume:shop/uploads done',
      'addon:shop-db done',
    ])
    expect(new Set(done.map(({ groupId }) => groupId)).size).toBe(1)
    const signal = new AbortController().signal
    const tar = await harness.download(harness.actor, done[0]?.id ?? '', undefined, signal)
    const content = await text(tar.content)
    expect(tar.name).toBe('shop-20261122-1200.tar')
    expect(content).toContain('the code')
    expect(content).toContain('secret-value')
    expect(harness.audited()).toContain(`backup.download ${done[0]?.id}`)
    expect(harness.backups.listOfApp(harness.actor, 'shop', { limit: 50 }).items).toHaveLength(3)
  })

  it('that is a tenth of the one before is a failure that says so, unless that is right (B3)', async () => {
    const { id } = harness.addAddon('shop-db', `${'x'.repeat(1_000)} END`)
    await harness.backUp('addon:shop-db')
    harness.node.addons.set(id, Buffer.from('x END'))

    const small = await harness.backUp('addon:shop-db')
    const right = await harness.backUp('addon:shop-db', { allowSmaller: true })

    expect(small).toMatchObject({ state: 'failed', verifiedAt: null })
    expect(small.reason).toMatch(/5 bytes, less than a tenth of the 1004/)
    expect(harness.news).toMatchObject([
      { event: 'backup.failed', data: { subject: 'addon:shop-db', backup: small.id } },
    ])
    expect(right.state).toBe('done')
    expect(harness.node.snapshots()).toHaveLength(2)
  })

  it.each([
    ['dump-failed', 'pg_dump: error: it broke'],
    ['full', 'The destination is full.'],
    ['unreachable', 'The destination cannot be reached.'],
  ] as const)('that meets %s fails in words, and keeps nothing', async (mishap, reason) => {
    harness.addAddon()
    harness.node.mishaps.push(mishap)

    const failed = await harness.backUp('addon:shop-db')
    const next = await harness.backUp('addon:shop-db')

    expect(failed).toMatchObject({ state: 'failed', reason })
    expect(next.state).toBe('done')
    expect(harness.node.snapshots().map(({ tags }) => tags[0])).toEqual([`backup=${next.id}`])
  })

  it('without its end is none (B3)', async () => {
    harness.addAddon('shop-db', 'rows and no')

    expect(await harness.backUp('addon:shop-db')).toMatchObject({
      state: 'failed',
      reason: 'The dump has no end.',
    })
    expect(harness.node.snapshots()).toEqual([])
  })

  it('that cannot be read again as it was sent is a failure, and is not kept (B5)', async () => {
    harness.addAddon()
    const { node } = harness.node
    const sound = { ...node }
    node.backUp = async (...given) => {
      const done = await sound.backUp(...given)
      harness.node.flip(done.snapshotId)
      return done
    }

    const failed = await harness.backUp('addon:shop-db')

    expect(failed.state).toBe('failed')
    expect(failed.reason).toMatch(/other bytes than were sent/)
    expect(harness.node.snapshots()).toEqual([])
  })

  it('goes on once a node that went away is back, and has what it left there removed (K3)', async () => {
    harness.addAddon()
    harness.node.mishaps.push('cut', 'agent-away')

    const done = await harness.backUp('addon:shop-db')

    expect(done.state).toBe('done')
    expect(harness.node.snapshots()).toHaveLength(1)
    expect(harness.node.calls.filter((call) => call.startsWith('back up'))).toHaveLength(3)
    expect(harness.node.calls).toContain('forget 1')
  })

  it('is cancelled while it waits and while it runs, by somebody who is named', async () => {
    harness.addAddon()
    harness.node.mishaps.push('hang')
    const first = harness.backups.create(harness.actor, 'addon:shop-db', wish())
    const second = harness.backups.create(harness.actor, 'addon:shop-db', wish())
    await harness.clock.settle()

    const waited = await harness.clock.until(harness.backups.cancel(harness.actor, second.id))
    const ran = await harness.clock.until(harness.backups.cancel(harness.actor, first.id))

    for (const cancelled of [waited, ran])
      expect(cancelled).toMatchObject({ state: 'failed', reason: 'It was cancelled by anna.' })
    await expect(harness.backups.cancel(harness.actor, first.id)).rejects.toMatchObject({
      code: 'BACKUP_NOT_READY',
    })
    expect((await harness.backUp('addon:shop-db')).state).toBe('done')
    expect(harness.node.snapshots()).toHaveLength(1)
  })

  it('is made one after the other, and shows how far it is', async () => {
    harness.addAddon()
    harness.node.mishaps.push('hang')
    const first = harness.backups.create(harness.actor, 'addon:shop-db', wish())
    const second = harness.backups.create(harness.actor, 'addon:shop-db', wish())
    await harness.clock.settle()

    const states = harness.list().map(({ id, state }) => [id, state])

    expect(states).toEqual([
      [second.id, 'queued'],
      [first.id, 'running'],
    ])
    await harness.stop()
  })

  it('of what a restore is about to write over goes before all others that wait', async () => {
    const { id } = harness.addAddon()
    harness.node.mishaps.push('hang')
    const first = harness.backups.create(harness.actor, 'addon:shop-db', wish())
    const second = harness.backups.create(harness.actor, 'addon:shop-db', wish())
    harness.node.mishaps.push('hang', 'hang')
    const saving = harness.kept.saveNow(
      {
        teamId: harness.actor.teamId,
        subject: { type: 'addon', id, name: 'shop-db' },
        backupId: null,
      },
      new AbortController().signal,
    )
    await harness.clock.settle()
    await harness.clock.until(harness.backups.cancel(harness.actor, first.id))

    const [safety] = harness.list()
    expect([safety?.state, harness.backups.get(harness.actor, second.id).state]).toEqual([
      'running',
      'queued',
    ])
    const [saved] = await Promise.allSettled([
      saving,
      harness.clock.until(harness.backups.cancel(harness.actor, safety?.id ?? '')),
    ])
    expect(saved).toMatchObject({ status: 'rejected', reason: { code: 'BACKUP_NOT_GOOD' } })
    await harness.stop()
  })

  it('of a volume says how still it was, and stops its app where that is asked for', async () => {
    harness.addApp('shop')
    await harness.deploy('a1', { appName: 'shop' })
    harness.addVolume('shop', 'uploads', { 'a.txt': 'one' })

    const live = await harness.backUp('volume:shop/uploads')
    const paused = await harness.backUp('volume:shop/uploads', { mode: 'paused' })
    const stopped = await harness.backUp('volume:shop/uploads', { mode: 'stopped' })

    expect([live.mode, paused.mode, stopped.mode]).toEqual(['live', 'paused', 'stopped'])
    const { id } = harness.app('shop')
    expect(harness.held).toEqual([`hold ${id}`, `release ${id}`])
  })

  it('of a volume does not start an app that its people have stopped', async () => {
    harness.addApp('shop')
    await harness.deploy('a1', { appName: 'shop' })
    harness.addVolume('shop', 'uploads', { 'a.txt': 'one' })
    // What runs still is being drained.
    harness.db.prepare('UPDATE apps SET wanted = 0').run()

    expect((await harness.backUp('volume:shop/uploads', { mode: 'stopped' })).state).toBe('done')

    expect(harness.held).toEqual([`hold ${harness.app('shop').id}`])
  })

  it('is removed by name, with its snapshot, and not while it is kept', async () => {
    harness.addAddon()
    const { id } = await harness.backUp('addon:shop-db', { keep: true })
    const { backups, actor } = harness

    expect(() => backups.remove(actor, id, 'shop')).toThrow(
      expect.objectContaining({ code: 'CONFIRMATION_WRONG' }),
    )
    expect(() => backups.remove(actor, id, 'shop-db')).toThrow(
      expect.objectContaining({ code: 'BACKUP_KEPT' }),
    )
    backups.keep(actor, id, false)
    expect(backups.remove(actor, id, 'shop-db').state).toBe('removing')
    await harness.clock.settle()

    expect(harness.node.snapshots()).toEqual([])
    expect(harness.list()).toEqual([])
  })

  it('is removed too where that is asked for as soon as it is done', async () => {
    harness.addAddon()
    await harness.clock.pass(2 * 3_600_000)
    const measured = Promise.withResolvers<{ sizeBytes: number; freeBytes: null }>()
    harness.node.node.measure = () => measured.promise
    const { backups, actor, clock } = harness
    const { id } = backups.create(actor, 'addon:shop-db', wish())
    await clock.pass(1_000)
    expect(backups.get(actor, id).state).toBe('done')

    backups.remove(actor, id, 'shop-db')
    await clock.settle()
    measured.resolve({ sizeBytes: 1, freeBytes: null })
    await clock.settle()

    expect(harness.list()).toEqual([])
    expect(harness.node.snapshots()).toEqual([])
  })

  it('is read by two of one person at a time, and the platform’s own by nobody', async () => {
    harness.addAddon()
    const { id } = await harness.backUp('addon:shop-db')
    const get = () => harness.download(harness.actor, id, undefined, new AbortController().signal)

    const first = await get()
    await get()
    await expect(get()).rejects.toMatchObject({ code: 'BACKUP_TOO_MANY' })
    expect(await text(first.content)).toBe('rows rows rows END')
    await harness.clock.settle()
    expect(await text((await get()).content)).toBe('rows rows rows END')

    const subject = { type: 'platform' as const, id: '', name: 'platform' }
    expect(() => mustBeReadable({ subject, state: 'done' })).toThrow(
      expect.objectContaining({ code: 'BACKUP_NOT_READY' }),
    )
  })

  it('of one team does not take the room of the others', async () => {
    harness.addAddon()
    harness.node.mishaps.push('hang')
    const ask = () => harness.backups.create(harness.actor, 'addon:shop-db', wish())
    for (let count = 0; count < 200; count += 1) ask()

    expect(ask).toThrow(expect.objectContaining({ code: 'BACKUP_TOO_MANY' }))
    await harness.stop()
  })

  it('is nothing to another team', async () => {
    harness.addAddon()
    const { id } = await harness.backUp('addon:shop-db')
    const { stranger, backups } = harness

    expect(() => backups.get(stranger, id)).toThrow(
      expect.objectContaining({ code: 'BACKUP_NOT_FOUND' }),
    )
    expect(backups.list(stranger, { limit: 50 }).items).toEqual([])
    expect(() => backups.create(stranger, 'addon:shop-db', wish())).toThrow(
      expect.objectContaining({ code: 'BACKUP_SUBJECT_NOT_FOUND' }),
    )
    expect(() => backups.create(stranger, 'platform', wish())).toThrow(
      expect.objectContaining({ code: 'BACKUP_SUBJECT_NOT_FOUND' }),
    )
  })
})

describe('a daemon that is killed', () => {
  it.each(['backup.begun', 'backup.stored', 'backup.verified'])(
    'at %s leaves a row that the next one ends, with one snapshot (K3)',
    async (crashAt) => {
      const first = createBackupHarness({ crashAt })
      await first.addDestination()
      first.addAddon()
      const { id } = first.backups.create(first.actor, 'addon:shop-db', wish())
      await first.clock.settle()
      expect(first.isDead()).toBe(true)
      expect(first.store.findForPlatform(id)?.state).toBe('running')

      const next = createBackupHarness({ world: first.world })
      const done = await next.end(id)

      expect(done.state).toBe('done')
      expect(next.node.snapshots().map(({ tags }) => tags[0])).toEqual([`backup=${id}`])
    },
  )

  it.each(['backup.removing', 'backup.removed'])(
    'at %s leaves a removal that the next one ends',
    async (crashAt) => {
      const first = createBackupHarness({ crashAt })
      await first.addDestination()
      first.addAddon()
      const { id } = await first.backUp('addon:shop-db')
      first.backups.remove(first.actor, id, 'shop-db')
      await first.clock.settle()
      expect(first.isDead()).toBe(true)

      const next = createBackupHarness({ world: first.world })
      await next.clock.settle()

      expect(next.node.snapshots()).toEqual([])
      expect(next.list()).toEqual([])
    },
  )

  it('while an app was stopped for a backup has it started by the next one', async () => {
    const first = createBackupHarness({ crashAt: 'backup.stored' })
    await first.addDestination()
    first.addApp('shop')
    await first.deploy('a1', { appName: 'shop' })
    first.addVolume('shop', 'uploads', { 'a.txt': 'one' })
    first.backups.create(first.actor, 'volume:shop/uploads', wish({ mode: 'stopped' }))
    await first.clock.settle()

    const next = createBackupHarness({ world: first.world })
    await next.clock.settle()

    expect(first.held).toHaveLength(1)
    expect(next.held).toEqual([`release ${next.app('shop').id}`])
    expect(next.list()[0]).toMatchObject({ state: 'done', mode: 'stopped' })
  })
})
