import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CodedError } from '@vastrox/shared/errors.ts'
import { compareCounts } from '#core/drills/drill-checks.ts'
import { owner } from '#test/fakes/actors.ts'
import {
  createWayBackHarness,
  createWayBackWorld,
  type WayBackHarness,
  type WayBackWorld,
} from '#test/way-back-harness.ts'

const SHOP = { type: 'addon' as const, id: 'shopdb00', name: 'shop-db' }
const UPLOADS = { type: 'volume' as const, id: 'uploads0', name: 'shop/uploads' }
const GIB = 2 ** 30
const PAGE = { limit: 50 }

describe('a drill', () => {
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
    return daemon.drills.get(daemon.actor, id)
  }

  it('puts a backup into a server that is thrown away, and says what it looked at', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { 'public.orders': 1_204, 'shop.items': 3 })

    const drill = await settled(daemon.drills.request(daemon.actor, id).id)

    expect(drill).toMatchObject({ state: 'proven', reason: null, subject: SHOP })
    expect(drill.checks.map(({ what, found, isGood }) => [what, found, isGood])).toEqual([
      ['the whole dump (SHA-256)', expect.any(String), true],
      ['public.orders', '1,204 rows', true],
      ['shop.items', '3 rows', true],
      ['fsck', 'no complaint', true],
    ])
    expect(daemon.fakes.thrownAway()).toEqual([])
    expect(daemon.drillNotes.get(id)).toEqual({
      state: 'proven',
      endedAt: drill.endedAt,
      durationMs: drill.durationMs,
      reason: null,
    })
    expect(daemon.news).toEqual([])
  })

  it('is an alarm where a table came back short: audit event, news and the reason on its proof', async () => {
    const recorded = { 'public.orders': 1_204, 'public.items': 5 }
    const { id } = daemon.fakes.addBackup(SHOP, recorded, { now: { 'public.orders': 1_203 } })

    const drill = await settled(daemon.drills.request(daemon.actor, id).id)

    const reason = 'public.items: found nothing, expected 5 rows; 1 more'
    expect(drill).toMatchObject({ state: 'failed', reason })
    expect(daemon.news).toEqual([
      expect.objectContaining({
        event: 'drill.failed',
        data: { subject: 'addon:shop-db', backup: id, drill: drill.id, reason },
      }),
    ])
    expect(daemon.auditOf('drill.fail')).toEqual([
      expect.objectContaining({ target: 'shop-db', result: 'failed' }),
    ])
    expect(daemon.drillNotes.get(id)).toMatchObject({ state: 'failed', reason })
    expect(daemon.fakes.thrownAway()).toEqual([])
  })

  it('fails where the server itself finds damage, and where the tool says no, in their words', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    daemon.fakes.complain('heap check failed for "a"')
    const damaged = await settled(daemon.drills.request(daemon.actor, id).id)
    daemon.fakes.complain(undefined)
    const words = 'pg_restore: error: could not read from input file: end of file'
    daemon.fakes.breakNext('restore', new CodedError('RESTORE_FAILED', { reason: words }))
    const refused = await settled(daemon.drills.request(daemon.actor, id).id)

    expect(damaged).toMatchObject({
      state: 'failed',
      reason: 'fsck: found heap check failed for "a"',
    })
    expect(refused).toMatchObject({ state: 'failed', reason: words })
    expect(daemon.fakes.thrownAway()).toEqual([])
  })

  it('of files goes into a scratch directory and is compared by number and bytes', async () => {
    const { id } = daemon.fakes.addBackup(UPLOADS, { 'a.png': 1, 'b.png': 2 })

    const drill = await settled(daemon.drills.request(daemon.actor, id).id)

    expect(drill.checks.map(({ what, expected, found }) => [what, expected, found])).toEqual([
      ['files', '2', '2'],
      ['content of every file, read again and compared', '21 bytes', '21 bytes'],
    ])
    expect(drill.state).toBe('proven')
  })

  it('after a backup waits while the server is busy or short, says so, and then runs', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    world.node.loadAverage = 9
    daemon.drills.afterBackup(id)
    await world.clock.settle()
    const [busy] = daemon.drills.list(daemon.actor, {}, PAGE).items
    world.node.loadAverage = 0
    world.node.memoryAvailableBytes = 0.3 * GIB
    await world.clock.pass(61_000)
    const [short] = daemon.drills.list(daemon.actor, {}, PAGE).items
    world.node.memoryAvailableBytes = 3 * GIB
    await world.clock.pass(61_000)

    expect(busy).toMatchObject({
      state: 'queued',
      reason: 'put off: the server is busy (load 9.0 on 2 cores)',
    })
    expect(short?.reason).toMatch(/^put off: it takes 320 MB of memory and 307 MB are free/)
    expect(daemon.drills.list(daemon.actor, {}, PAGE).items).toEqual([
      expect.objectContaining({ state: 'proven', reason: null }),
    ])
  })

  it('that somebody asked for does not mind the load, and one that waited a day neither', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    world.node.loadAverage = 9
    daemon.drills.afterBackup(id)
    await world.clock.pass(23 * 3_600_000)
    const [waiting] = daemon.drills.list(daemon.actor, {}, PAGE).items
    await world.clock.pass(2 * 3_600_000)
    const asked = await settled(daemon.drills.request(daemon.actor, id).id)

    expect(waiting?.state).toBe('queued')
    expect(daemon.drills.list(daemon.actor, {}, PAGE).items.map(({ state }) => state)).toEqual([
      'proven',
      'proven',
    ])
    expect(asked.state).toBe('proven')
  })

  it('gives way when what lives needs the memory, and begins anew later', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    const { promise, resolve } = Promise.withResolvers<void>()
    const restore = daemon.fakes.node.restore.bind(daemon.fakes.node)
    let tries = 0
    world.fakes.node.restore = async (...given) => {
      tries += 1
      if (tries > 1) return restore(...given)
      const [, , signal] = given
      signal.addEventListener('abort', () => resolve())
      await promise
      throw signal.reason
    }
    const { id: drillId } = daemon.drills.request(daemon.actor, id)
    await world.clock.settle()
    world.node.memoryAvailableBytes = 0.05 * GIB
    await world.clock.pass(16_000)
    const put = daemon.drills.get(daemon.actor, drillId)
    world.node.memoryAvailableBytes = 3 * GIB
    await world.clock.pass(16 * 60_000)

    expect(put).toMatchObject({
      state: 'queued',
      reason: 'put off: the server was short of memory',
    })
    expect(daemon.drills.get(daemon.actor, drillId).state).toBe('proven')
    expect(daemon.fakes.thrownAway()).toEqual([])
  })

  it('waits for the turn of a backup that is under way', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    const endTurn = await daemon.turns.take('local', 'backup', new AbortController().signal)
    const { id: drillId } = daemon.drills.request(daemon.actor, id)
    await world.clock.settle()
    const waiting = daemon.drills.get(daemon.actor, drillId)
    endTurn()
    await world.clock.settle()

    expect(waiting).toMatchObject({ state: 'queued', startedAt: null })
    expect(daemon.drills.get(daemon.actor, drillId).state).toBe('proven')
  })

  it('is no alarm where the backup went while it waited for its turn', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    const endTurn = await daemon.turns.take('local', 'backup', new AbortController().signal)
    const { id: drillId } = daemon.drills.request(daemon.actor, id)
    await world.clock.settle()
    daemon.fakes.dropBackup(id)
    endTurn()
    await world.clock.settle()

    expect(daemon.drills.get(daemon.actor, drillId).state).toBe('skipped')
    expect(daemon.news).toEqual([])
  })

  it('is tried again where the destination is away, three times, and is an alarm then', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    const away = (): Error =>
      new CodedError('DESTINATION_UNREACHABLE', { reason: 'connection refused' })
    world.fakes.node.restore = () => Promise.reject(away())
    const { id: drillId } = daemon.drills.request(daemon.actor, id)
    await world.clock.settle()
    const once = daemon.drills.get(daemon.actor, drillId)
    await world.clock.pass(31 * 60_000)

    expect(once).toMatchObject({ state: 'queued', reason: 'put off: connection refused' })
    expect(daemon.drills.get(daemon.actor, drillId)).toMatchObject({ state: 'failed' })
    expect(daemon.news).toHaveLength(1)
  })

  it('of an old backup is left out once a newer one waits, and one whose backup has gone', async () => {
    world.node.loadAverage = 9
    const older = daemon.fakes.addBackup(SHOP, { a: 1 })
    daemon.drills.afterBackup(older.id)
    await world.clock.settle()
    const newer = daemon.fakes.addBackup(SHOP, { a: 2 })
    daemon.drills.afterBackup(newer.id)
    const gone = daemon.fakes.addBackup(UPLOADS, { f: 1 })
    daemon.drills.afterBackup(gone.id)
    daemon.fakes.dropBackup(gone.id)
    await world.clock.settle()
    world.node.loadAverage = 0
    await world.clock.pass(120_000)

    const { items } = daemon.drills.list(daemon.actor, {}, PAGE)
    expect(items.map(({ backupId, state, reason }) => [backupId, state, reason])).toEqual([
      [gone.id, 'skipped', 'the backup is not there any more, or was found damaged'],
      [newer.id, 'proven', null],
      [older.id, 'skipped', 'a newer backup is drilled'],
    ])
    expect(daemon.news).toEqual([])
  })

  it('comes for the newest backup of every subject once a week, and not more often', async () => {
    daemon.fakes.addBackup(SHOP, { a: 1 })
    const newest = daemon.fakes.addBackup(SHOP, { a: 2 })
    const files = daemon.fakes.addBackup(UPLOADS, { f: 1 })

    expect(await daemon.queueWeekly()).toBe(2)
    await world.clock.settle()
    const first = daemon.drills.list(daemon.actor, {}, PAGE).items
    expect(await daemon.queueWeekly()).toBe(0)
    await world.clock.pass(7 * 24 * 3_600_000)
    expect(await daemon.queueWeekly()).toBe(2)

    expect(first.map(({ backupId, state }) => [backupId, state])).toEqual([
      [files.id, 'proven'],
      [newest.id, 'proven'],
    ])
  })

  it('that the daemon did not survive begins anew, and is given up after three times', async () => {
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    await daemon.stop()
    for (const round of [1, 2, 3]) {
      const dying = createWayBackHarness(world, { crashAt: 'drill.running' })
      if (round === 1) dying.drills.request(dying.actor, id)
      else dying.start()
      await world.clock.pass(130_000)
      expect(dying.isDead()).toBe(true)
      await dying.stop()
    }
    daemon = createWayBackHarness(world)
    daemon.start()
    await world.clock.settle()

    expect(daemon.drills.list(daemon.actor, {}, PAGE).items).toEqual([
      expect.objectContaining({
        state: 'failed',
        reason: 'Vastrox ended 3 times while it ran.',
      }),
    ])
    expect(daemon.news).toHaveLength(1)
  })

  it('of another team is nobody else’s: neither seen, nor asked for', async () => {
    const stranger = owner({ id: 'user2', teamId: 'team2' })
    const { id } = daemon.fakes.addBackup(SHOP, { a: 1 })
    const { id: drillId } = daemon.drills.request(daemon.actor, id)

    expect(daemon.drills.list(stranger, {}, PAGE).items).toEqual([])
    expect(() => daemon.drills.get(stranger, drillId)).toThrow(
      expect.objectContaining({ code: 'DRILL_NOT_FOUND' }),
    )
    expect(() => daemon.drills.request(stranger, id)).toThrow(
      expect.objectContaining({ code: 'BACKUP_NOT_FOUND' }),
    )
    await world.clock.settle()
  })
})

describe('what was counted around a backup', () => {
  const judge = (before: number | undefined, after: number | undefined, found?: number) => {
    const of = (value: number | undefined) => (value === undefined ? {} : { t: value })
    return compareCounts({ before: of(before), after: of(after) }, of(found))[0]?.isGood
  }

  it('leaves room for what people wrote meanwhile, and for no more', () => {
    expect(judge(10, 20, 10)).toBe(true)
    expect(judge(10, 20, 20)).toBe(true)
    expect(judge(20, 10, 15)).toBe(true)
    expect(judge(10, 20, 21)).toBe(false)
    expect(judge(10, 20, 9)).toBe(false)
    expect(judge(10, 10)).toBe(false)
  })

  it('lets a table that came or went meanwhile be there or not, and no other', () => {
    expect(judge(undefined, 5)).toBe(true)
    expect(judge(undefined, 5, 3)).toBe(true)
    expect(judge(5, undefined)).toBe(true)
    expect(judge(undefined, undefined, 1)).toBe(false)
  })

  it('is told of in a list with an end, the bad ones first', () => {
    const many = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, at) => [`t${String(at).padStart(4, '0')}`, at]),
    )
    const checks = compareCounts({ before: many, after: many }, { ...many, t4999: 1 })

    expect(checks).toHaveLength(202)
    expect(checks[0]).toMatchObject({ what: 't4999', isGood: false })
    expect(checks.at(-1)).toMatchObject({ what: '4,799 more tables', isGood: true })
  })
})
