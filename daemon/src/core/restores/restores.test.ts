import { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { owner } from '#test/fakes/actors.ts'
import {
  createWayBackHarness,
  createWayBackWorld,
  type WayBackHarness,
  type WayBackWorld,
} from '#test/way-back-harness.ts'

let world: WayBackWorld
let daemon: WayBackHarness
beforeEach(() => {
  world = createWayBackWorld()
  daemon = createWayBackHarness(world)
})
afterEach(async () => {
  await daemon.stop()
  world.end()
})

const settled = async (id: string) => {
  await world.clock.settle()
  return daemon.restores.get(daemon.actor, id)
}
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('an add-on comes back', () => {
  const NOW = { orders: 9 }
  const THEN = { orders: 4, items: 2 }
  let addonId: string
  let backupId: string
  beforeEach(() => {
    addonId = world.fakes.addServer('shop-db', NOW).id
    backupId = world.fakes.addBackup({ type: 'addon', id: addonId, name: 'shop-db' }, THEN).id
  })
  const ask = (wish: Parameters<WayBackHarness['restores']['request']>[2]) =>
    daemon.restores.request(daemon.actor, backupId, wish)

  it('beside what is there, under a name of its own', async () => {
    const restore = await settled(ask({ how: 'new', name: 'shop-then' }).id)

    expect(restore).toMatchObject({ state: 'done', target: 'shop-then', reason: null })
    expect(restore.checks.every(({ isGood }) => isGood)).toBe(true)
    expect(daemon.fakes.servers.find(daemon.actor, 'shop-then')).toBeDefined()
    expect(world.fakes.tablesOf(addonId)).toEqual(NOW)
    expect(daemon.auditOf('restore.done')).toHaveLength(1)
  })

  it('in its place: loaded and looked at elsewhere first, the old data in the trash', async () => {
    const restore = await settled(ask({ how: 'switch', confirm: 'shop-db' }).id)

    expect(restore.state).toBe('done')
    expect(world.fakes.tablesOf(addonId)).toEqual(THEN)
    expect(world.fakes.trash.get(addonId)).toEqual(NOW)
    expect(world.fakes.thrownAway()).toEqual([])
    expect(world.fakes.volumes.size).toBe(0)
  })

  it('over what is there, after a backup of that', async () => {
    const restore = await settled(ask({ how: 'in-place', confirm: 'shop-db' }).id)

    expect(restore.state).toBe('done')
    expect(world.fakes.tablesOf(addonId)).toEqual(THEN)
    const safety = world.fakes.kept.findForPlatform(restore.safetyBackupId ?? '')
    expect(world.fakes.restoring.size).toBe(0)
    expect(safety?.content.counts?.after).toEqual(NOW)
  })

  it('not at all where it does not load: what was there serves on, and nothing is left', async () => {
    const words = 'pg_restore: error: input file appears to be a text format dump'
    const failed = new CodedError('RESTORE_FAILED', { reason: words })
    for (const wish of [
      { how: 'switch' as const, confirm: 'shop-db' },
      { how: 'new' as const, name: 'shop-then' },
    ]) {
      world.fakes.breakNext('restore', failed)
      expect(await settled(ask(wish).id)).toMatchObject({ state: 'failed', reason: words })
    }

    expect(world.fakes.tablesOf(addonId)).toEqual(NOW)
    expect(world.fakes.thrownAway()).toEqual([])
    expect(world.fakes.volumes.size).toBe(0)
    expect(world.fakes.servers.isNameTaken('team1', 'shop-then')).toBe(false)
    expect(daemon.auditOf('restore.fail')).toHaveLength(2)
  })

  it('not at all where the server finds damage in what was loaded', async () => {
    world.fakes.complain('index is corrupt')

    const restore = await settled(ask({ how: 'switch', confirm: 'shop-db' }).id)

    expect(restore).toMatchObject({ state: 'failed', reason: 'fsck: found index is corrupt' })
    expect(world.fakes.tablesOf(addonId)).toEqual(NOW)
  })

  it('not over what is there where that could not be backed up first', async () => {
    world.fakes.breakNext('save', new CodedError('DISK_FULL', { reason: 'it is full' }))

    const restore = await settled(ask({ how: 'in-place', confirm: 'shop-db' }).id)

    expect(restore).toMatchObject({ state: 'failed', reason: 'it is full', safetyBackupId: null })
    expect(world.fakes.tablesOf(addonId)).toEqual(NOW)
    expect(world.fakes.log).not.toContain('clear')
  })

  it('over what is there and fails: what was there is put back, and that is said', async () => {
    world.fakes.breakNext('restore', new CodedError('RESTORE_FAILED', { reason: 'cut off.' }))

    const restore = await settled(ask({ how: 'in-place', confirm: 'shop-db' }).id)

    expect(restore).toMatchObject({
      state: 'failed',
      reason: 'cut off. What was there before is back.',
    })
    expect(world.fakes.tablesOf(addonId)).toEqual(NOW)
  })

  it('only with its name once more, to its own team, by who may, and one at a time', async () => {
    const stranger = owner({ id: 'user2', teamId: 'team2' })
    const developer = owner({ permissions: new Set(['backup.read', 'backup.create']) })

    expect(() => ask({ how: 'switch' })).toThrow(code('CONFIRMATION_WRONG'))
    expect(() => ask({ how: 'in-place', confirm: 'shop' })).toThrow(code('CONFIRMATION_WRONG'))
    expect(() => ask({ how: 'new', name: 'shop-db' })).toThrow(code('ADDON_NAME_TAKEN'))
    expect(() => ask({ how: 'new', name: 'No Name' })).toThrow(code('REQUEST_INVALID'))
    expect(() => ask({ how: 'files', paths: ['/a'] })).toThrow(code('REQUEST_INVALID'))
    const wish = { how: 'new' as const, name: 'theirs' }
    expect(() => daemon.restores.request(stranger, backupId, wish)).toThrow(
      code('BACKUP_NOT_FOUND'),
    )
    expect(() => daemon.restores.request(developer, backupId, wish)).toThrow(
      code('PERMISSION_DENIED'),
    )
    ask(wish)
    expect(() => ask({ how: 'switch', confirm: 'shop-db' })).toThrow(code('RESTORE_UNDER_WAY'))
    await world.clock.settle()
    expect(daemon.restores.list(stranger, { limit: 10 }).items).toEqual([])
    expect(daemon.restores.list(daemon.actor, { limit: 10 }).items).toHaveLength(1)
  })

  it.each([
    ['restore.restoring', 'switch', 'failed', NOW],
    ['restore.checked', 'switch', 'failed', NOW],
    ['restore.switching', 'switch', 'failed', NOW],
    ['restore.switched', 'switch', 'done', THEN],
    ['restore.saved', 'in-place', 'failed', NOW],
    ['restore.cleared', 'in-place', 'failed', NOW],
    ['restore.beside', 'new', 'failed', NOW],
  ] as const)(
    'with the daemon killed at %s of %s: %s after the next start (rule K3)',
    async (crashAt, how, state, tables) => {
      await daemon.stop()
      const dying = createWayBackHarness(world, { crashAt })
      const wish = how === 'new' ? { how, name: 'shop-then' } : { how, confirm: 'shop-db' }
      const { id } = dying.restores.request(dying.actor, backupId, wish)
      await world.clock.settle()
      expect(dying.isDead()).toBe(true)
      await dying.stop()

      world.fakes.removeLeftovers()
      daemon = createWayBackHarness(world)
      daemon.start()
      await world.clock.settle()

      expect(daemon.restores.get(daemon.actor, id)).toMatchObject({ state })
      expect(world.fakes.tablesOf(addonId)).toEqual(tables)
      expect(world.fakes.restoring.size).toBe(0)
      expect(world.fakes.servers.isNameTaken('team1', 'shop-then')).toBe(false)
      expect(world.fakes.volumes.size).toBe(0)
      expect(daemon.problems).toEqual([])
    },
  )
})

describe('what a crash has left of a restore', () => {
  const NOW = { orders: 9 }
  let addonId: string
  let backupId: string
  beforeEach(() => {
    addonId = world.fakes.addServer('shop-db', NOW).id
    backupId = world.fakes.addBackup({ type: 'addon', id: addonId, name: 'shop-db' }, {}).id
  })

  async function killAt(
    crashAt: string,
    wish: Parameters<WayBackHarness['restores']['request']>[2],
  ): Promise<string> {
    await daemon.stop()
    const dying = createWayBackHarness(world, { crashAt })
    const { id } = dying.restores.request(dying.actor, backupId, wish)
    await world.clock.settle()
    expect(dying.isDead()).toBe(true)
    await dying.stop()
    daemon = createWayBackHarness(world)
    return id
  }

  it('is put back as soon as the server answers again', async () => {
    const id = await killAt('restore.cleared', { how: 'in-place', confirm: 'shop-db' })
    world.fakes.breakNext('clear', new CodedError('ADDON_NOT_RUNNING'))

    daemon.start()
    await world.clock.settle()
    expect(daemon.restores.get(daemon.actor, id).endedAt).toBeNull()
    expect([...world.fakes.restoring]).toEqual([addonId])
    await world.clock.pass(2_000)

    expect(daemon.restores.get(daemon.actor, id)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/What was there before is back\.$/),
    })
    expect(world.fakes.tablesOf(addonId)).toEqual(NOW)
    expect(world.fakes.restoring.size).toBe(0)
  })

  it('is no server that was being made when the daemon ended', async () => {
    world.fakes.slowDown()
    const wish = { how: 'new' as const, name: 'shop-then' }
    const { id } = daemon.restores.request(daemon.actor, backupId, wish)
    await world.clock.settle()
    expect(world.fakes.servers.isNameTaken('team1', 'shop-then')).toBe(true)
    await daemon.stop()

    daemon = createWayBackHarness(world)
    daemon.start()
    await world.clock.settle()

    expect(daemon.restores.get(daemon.actor, id)).toMatchObject({ state: 'failed' })
    expect(world.fakes.servers.isNameTaken('team1', 'shop-then')).toBe(false)
  })

  it('keeps no other waiting for ever where it cannot be taken up', async () => {
    const id = await killAt('restore.beside', { how: 'new', name: 'shop-then' })
    world.fakes.servers.destroy = async () => {
      throw new CodedError('VOLUME_IN_USE')
    }

    daemon.start()
    await world.clock.pass(120_000)

    expect(daemon.restores.get(daemon.actor, id)).toMatchObject({ state: 'failed' })
    const next = daemon.restores.request(daemon.actor, backupId, { how: 'new', name: 'other' })
    expect(await settled(next.id)).toMatchObject({ state: 'done' })
  })
})

describe('people’s own dump', () => {
  const NOW = { orders: 9 }
  let addonId: string
  beforeEach(() => {
    addonId = world.fakes.addServer('shop-db', NOW).id
  })
  const bring = (body: string, change: object = {}) =>
    daemon.imports.ofAddon(daemon.actor, 'shop-db', Readable.from([Buffer.from(body)]), {
      fileName: 'dump.json',
      how: 'switch',
      confirm: 'shop-db',
      signal: new AbortController().signal,
      mayStill: () => true,
      ...change,
    })

  it('takes the place of what is there once it has been read and looked at', async () => {
    const restore = await bring('{"orders":2,"people":7}')

    expect(restore).toMatchObject({ state: 'done', backupId: null, target: 'shop-db' })
    expect(restore.checks.map(({ what, found }) => [what, found])).toEqual([
      ['orders', '2 rows'],
      ['people', '7 rows'],
      ['fsck', 'no complaint'],
    ])
    expect(world.fakes.tablesOf(addonId)).toEqual({ orders: 2, people: 7 })
    expect(world.fakes.trash.get(addonId)).toEqual(NOW)
    expect(daemon.auditOf('import.request')).toHaveLength(1)
  })

  it.each([
    ['that is no dump, in the words of the tool', 'nonsense', {}, /^syntax error at or near/],
    ['with nothing in it', '{}', {}, /nothing was in it/],
    ['whose sender may not any more', '{"a":1}', { mayStill: () => false }, /may not|permission/i],
  ])('%s leaves what is there serving', async (_what, body, change, reason) => {
    const restore = await bring(body, change)

    expect(restore).toMatchObject({ state: 'failed', reason: expect.stringMatching(reason) })
    expect(world.fakes.tablesOf(addonId)).toEqual(NOW)
    expect(world.fakes.thrownAway()).toEqual([])
    expect(world.fakes.volumes.size).toBe(0)
  })

  it('of a kind that the server does not read is refused before there is a row', async () => {
    await expect(bring('{"a":1}', { fileName: 'dump.bak' })).rejects.toThrow(code('IMPORT_REFUSED'))
    await expect(bring('{"a":1}', { confirm: 'shop' })).rejects.toThrow(code('CONFIRMATION_WRONG'))
    await expect(bring('{"a":1}', { how: 'in-place' })).rejects.toThrow(code('REQUEST_INVALID'))

    expect(daemon.restores.list(daemon.actor, { limit: 10 }).items).toEqual([])
  })

  it('with the daemon killed meanwhile ends, and the old one serves', async () => {
    await daemon.stop()
    const dying = createWayBackHarness(world, { crashAt: 'restore.restoring' })
    void dying.imports
      .ofAddon(dying.actor, 'shop-db', Readable.from([Buffer.from('{"a":1}')]), {
        fileName: 'dump.json',
        how: 'switch',
        confirm: 'shop-db',
        signal: new AbortController().signal,
        mayStill: () => true,
      })
      .catch(() => undefined)
    await world.clock.settle()
    await dying.stop()

    daemon = createWayBackHarness(world)
    daemon.start()
    await world.clock.settle()

    expect(daemon.restores.list(daemon.actor, { limit: 10 }).items).toEqual([
      expect.objectContaining({
        state: 'failed',
        reason: 'Vastrox ended while it was restoring. What was there is as it was.',
      }),
    ])
    expect(world.fakes.tablesOf(addonId)).toEqual(NOW)
  })
})
