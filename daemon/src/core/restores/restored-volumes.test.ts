import { Readable } from 'node:stream'
import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { Retention } from '@vastrox/shared/backup.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBackupScheduleStore } from '#store/backup-schedule-store.ts'
import {
  createWayBackHarness,
  createWayBackWorld,
  type WayBackHarness,
  type WayBackWorld,
} from '#test/way-back-harness.ts'

const SUBJECT = { type: 'volume' as const, id: 'uploads0', name: 'shop/uploads' }
const FILES = { 'a.png': 1, 'b.png': 2 }
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('a volume comes back', () => {
  let world: WayBackWorld
  let daemon: WayBackHarness
  let backupId: string
  beforeEach(() => {
    world = createWayBackWorld()
    daemon = createWayBackHarness(world)
    const at = world.clock.now().toISOString()
    daemon.apps.insert({
      id: 'app00000',
      teamId: 'team1',
      name: 'shop',
      stack: null,
      settings: DEFAULT_APP_SETTINGS,
      scale: {},
      processLimits: {},
      wanted: true,
      liveReleaseId: null,
      createdAt: at,
      destroyedAt: null,
    })
    daemon.volumeRows.saveForPlatform({
      id: SUBJECT.id,
      teamId: 'team1',
      appId: 'app00000',
      appName: 'shop',
      node: 'local',
      name: 'uploads',
      mountPath: '/data/uploads',
      processes: null,
      exclusive: true,
      createdAt: at,
      madeAt: at,
      destroyedAt: null,
      purgingAt: null,
    })
    backupId = world.fakes.addBackup(SUBJECT, FILES).id
  })
  afterEach(async () => {
    await daemon.stop()
    world.end()
  })

  /** What runs gets other instances by a deployment. */
  function goLive(): void {
    daemon.db.pragma('foreign_keys = OFF')
    daemon.db.prepare("UPDATE apps SET live_release_id = 'release0'").run()
    daemon.db.pragma('foreign_keys = ON')
  }
  const rows = () => daemon.volumeRows.listForAppForPlatform('app00000')
  const ask = (wish: Parameters<WayBackHarness['restores']['request']>[2]) =>
    daemon.restores.request(daemon.actor, backupId, wish)
  const settled = async (id: string) => {
    await world.clock.settle()
    return daemon.restores.get(daemon.actor, id)
  }

  it('in its place: another volume under its name and path, the old one in the trash', async () => {
    goLive()
    const restore = await settled(ask({ how: 'switch', confirm: 'shop/uploads' }).id)

    expect(restore).toMatchObject({ state: 'done', target: 'shop/uploads', reason: null })
    const [now] = rows()
    expect(rows()).toEqual([
      expect.objectContaining({ name: 'uploads', mountPath: '/data/uploads', exclusive: true }),
    ])
    expect(now?.id).not.toBe(SUBJECT.id)
    expect(now?.madeAt).not.toBeNull()
    expect(world.fakes.volumes.get(now?.id ?? '')).toEqual(FILES)
    expect(daemon.volumeRows.findForPlatform(SUBJECT.id)?.destroyedAt).not.toBeNull()
    expect(daemon.deployed).toEqual(['shop: volume shop/uploads: restored'])
  })

  /** Daily, to a destination of no more than a row. */
  function schedule() {
    const at = world.clock.now().toISOString()
    daemon.db.pragma('foreign_keys = OFF')
    createBackupScheduleStore(daemon.db).save(daemon.actor, {
      id: 'schedule0',
      teamId: 'team1',
      subject: SUBJECT,
      destinationId: 'vault000',
      schedule: '@daily',
      timeZone: null,
      retention: Retention.parse({}),
      mode: 'live',
      isEnabled: true,
      settledUntil: at,
      overdueToldAt: null,
      createdAt: at,
    })
    daemon.db.pragma('foreign_keys = ON')
  }
  const scheduled = () => createBackupScheduleStore(daemon.db).findForPlatform('schedule0')?.subject

  it('in its place: what backs it up goes on with the other one', async () => {
    schedule()

    await settled(ask({ how: 'switch', confirm: 'shop/uploads' }).id)

    expect(scheduled()?.id).toBe(rows()[0]?.id)
    expect(scheduled()?.id).not.toBe(SUBJECT.id)
  })

  it('in its place once more, from the same backups: no point is lost by a switch', async () => {
    goLive()
    await settled(ask({ how: 'switch', confirm: 'shop/uploads' }).id)
    const [first] = rows()

    const again = await settled(ask({ how: 'switch', confirm: 'shop/uploads' }).id)

    expect(again).toMatchObject({ state: 'done', target: 'shop/uploads' })
    expect(rows().map(({ name, mountPath }) => [name, mountPath])).toEqual([
      ['uploads', '/data/uploads'],
    ])
    expect(rows()[0]?.id).not.toBe(first?.id)
    expect(daemon.volumeRows.findForPlatform(first?.id ?? '')?.destroyedAt).not.toBeNull()
    const files = await settled(ask({ how: 'files', paths: ['/a.png'] }).id)
    expect(files.state).toBe('done')
  })

  it('and comes back to the one before where that serves on', async () => {
    goLive()
    schedule()
    daemon.outcomes.push({ state: 'failed', reason: 'nothing listens on port 3000' })

    await settled(ask({ how: 'switch', confirm: 'shop/uploads' }).id)

    expect(scheduled()?.id).toBe(SUBJECT.id)
  })

  it('beside it, where nothing of the app looks yet', async () => {
    const restore = await settled(ask({ how: 'new', name: 'uploads-then' }).id)

    expect(restore).toMatchObject({ state: 'done', target: 'shop/uploads-then' })
    expect(rows().map(({ name, mountPath }) => [name, mountPath])).toEqual([
      ['uploads', '/data/uploads'],
      ['uploads-then', '/restored/uploads-then'],
    ])
    expect(daemon.deployed).toEqual([])
  })

  it('as single files in a folder of the same volume', async () => {
    const restore = await settled(ask({ how: 'files', paths: ['/a.png', '/sub'] }).id)

    expect(restore).toMatchObject({
      state: 'done',
      target: 'shop/uploads/restored-2026-11-22-120000',
    })
    expect(world.fakes.log).toContain('volume restored-2026-11-22-120000 /a.png /sub')
    expect(rows().map(({ id }) => id)).toEqual([SUBJECT.id])
  })

  it('over what is there by a backup of that and another volume: no file is written over', async () => {
    const restore = await settled(ask({ how: 'in-place', confirm: 'shop/uploads' }).id)

    expect(restore.state).toBe('done')
    expect(restore.safetyBackupId).not.toBeNull()
    expect(daemon.volumeRows.findForPlatform(SUBJECT.id)?.destroyedAt).not.toBeNull()
  })

  it('not where it cannot be read: nothing is left of it, and nothing has changed', async () => {
    const reason = 'pack 41bc: wrong bytes'
    world.fakes.breakNext('restore', new CodedError('RESTORE_FAILED', { reason }))

    const restore = await settled(ask({ how: 'switch', confirm: 'shop/uploads' }).id)

    expect(restore).toMatchObject({ state: 'failed', reason })
    expect(rows().map(({ id }) => id)).toEqual([SUBJECT.id])
    expect(world.removedVolumes).toHaveLength(1)
  })

  it('not where its deployment does not come into force: the one before has its name again', async () => {
    goLive()
    daemon.outcomes.push({ state: 'failed', reason: 'nothing listens on port 3000' })

    const restore = await settled(ask({ how: 'switch', confirm: 'shop/uploads' }).id)

    expect(restore).toMatchObject({
      state: 'failed',
      reason:
        'Deployment 1 did not bring it into force: nothing listens on port 3000. What was there serves on.',
    })
    expect(rows().map(({ id }) => id)).toEqual([SUBJECT.id])
    expect(daemon.volumeRows.listDestroyed(daemon.actor)).toHaveLength(1)
  })

  it('only to where it fits, with its name once more, and by paths that stay inside', () => {
    expect(() => ask({ how: 'switch', confirm: 'uploads' })).toThrow(code('CONFIRMATION_WRONG'))
    expect(() => ask({ how: 'new', name: 'uploads' })).toThrow(code('VOLUME_NAME_TAKEN'))
    expect(() => ask({ how: 'files', paths: ['/../etc/shadow'] })).toThrow(code('REQUEST_INVALID'))
    expect(() => ask({ how: 'files' })).toThrow(code('REQUEST_INVALID'))
  })

  it.each([
    ['restore.restoring', 'failed', 1],
    ['restore.checked', 'failed', 1],
    ['restore.switching', 'done', 0],
  ] as const)(
    'with the daemon killed at %s: %s after the next start (rule K3)',
    async (crashAt, state, removed) => {
      goLive()
      await daemon.stop()
      const dying = createWayBackHarness(world, { crashAt })
      const wish = { how: 'switch' as const, confirm: 'shop/uploads' }
      const { id } = dying.restores.request(dying.actor, backupId, wish)
      await world.clock.settle()
      expect(dying.isDead()).toBe(true)
      await dying.stop()

      daemon = createWayBackHarness(world)
      daemon.start()
      await world.clock.settle()

      expect(daemon.restores.get(daemon.actor, id).state).toBe(state)
      expect(rows()).toHaveLength(1)
      expect(rows()[0]?.id === SUBJECT.id).toBe(state === 'failed')
      expect(world.removedVolumes).toHaveLength(removed)
      expect(daemon.problems).toEqual([])
    },
  )

  it('from people’s own tar, and not from what is none', async () => {
    const tar = Buffer.alloc(512)
    tar.write('ustar', 257, 'latin1')
    const wish = {
      fileName: 'files.tar',
      how: 'switch' as const,
      confirm: 'shop/uploads',
      signal: new AbortController().signal,
      mayStill: () => true,
    }
    const bring = (body: Buffer) =>
      daemon.imports.ofVolume(daemon.actor, ['shop', 'uploads'], Readable.from([body]), wish)

    await expect(bring(Buffer.from('not a tar'))).rejects.toThrow(code('IMPORT_REFUSED'))
    const restore = await bring(tar)

    // The fake reads JSON alone: what the tool says is told, and the old one serves.
    expect(restore).toMatchObject({ state: 'failed', backupId: null })
    expect(rows().map(({ id }) => id)).toEqual([SUBJECT.id])
  })
})
