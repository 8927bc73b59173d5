import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBackupSchedule } from '@vastrox/shared/backup.ts'
import { BuiltInRule } from '@vastrox/shared/alert-rule.ts'
import { describe, expect, it } from 'vitest'
import { AuthorityError } from '#ports/certificate-authority.ts'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { createDiskDayStore } from '#store/disk-day-store.ts'
import { createPlatformStore } from '#store/platform-store.ts'
import { createCertificateRig } from '#test/acme/certificate-rig.ts'
import { createFakeAuthority } from '#test/acme/fake-authority.ts'
import { createAlertHarness, createAlertsOver } from '#test/alert-harness.ts'
import { createBackupHarness } from '#test/backup-harness.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'
import { createFakeClock, NOON } from '#test/fakes/clock.ts'
import { createNewId } from '#adapters/system/ids.ts'
import { createWorld } from '#test/harness.ts'
import { createWayBackHarness, createWayBackWorld } from '#test/way-back-harness.ts'
import { BUILT_IN_RULES } from '#core/alerts/built-in-rules.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const GB = 1e9
const ONCE = ['alert', 'resolved']

describe('rules over what the machine measures', () => {
  const WELL = {
    'disk:local/data/total': 100 * GB,
    'disk:local/data/available': 60 * GB,
    'disk:local/data/inodesUsed': 20,
    'node:local/memoryTotal': 8 * GB,
    'node:local/memoryAvailable': 5 * GB,
    'node:local/memoryPressure': 0,
    'node:local/swapIn': 0,
    'node:local/swapOut': 0,
    'node:local/cpuSteal': 0,
    'node:local/cpuPressure': 5,
  }

  it.each([
    ['disk-low', { 'disk:local/data/available': 12 * GB }, 3],
    ['disk-full', { 'disk:local/data/available': 5 * GB }, 2],
    ['inodes', { 'disk:local/data/inodesUsed': 95 }, 3],
    ['memory-low', { 'node:local/memoryAvailable': 0.3 * GB, 'node:local/memoryPressure': 40 }, 2],
    ['swap-thrash', { 'node:local/swapIn': 20e6, 'node:local/swapOut': 20e6 }, 4],
    ['cpu-steal', { 'node:local/cpuSteal': 45 }, 16],
    ['cpu-pressure', { 'node:local/cpuPressure': 90 }, 16],
  ] as const)('%s is told within its time, once, and resolved', async (rule, bad, minutes) => {
    const { metrics, toldOf, notified, problems } = createAlertHarness()
    metrics.set(WELL)
    await metrics.pass(5 * MINUTE)

    metrics.set(bad)
    await metrics.pass(minutes * MINUTE)
    expect(toldOf(rule)).toEqual(['alert'])
    await metrics.pass(10 * MINUTE)
    metrics.set(WELL)
    await metrics.pass(5 * MINUTE)

    expect(toldOf(rule)).toEqual(ONCE)
    expect(notified.every(({ key }) => key.startsWith(`${rule}:`) || key.startsWith('disk-'))).toBe(
      true,
    )
    expect(problems).toEqual([])
  })

  it('disk-forecast is told within an hour and a half of a disk that fills day by day', async () => {
    const harness = createAlertHarness()
    const { metrics, toldOf, db } = harness
    const days = createDiskDayStore(db)
    for (let day = 0; day < 10; day += 1) {
      const at = new Date(NOON.getTime() - (10 - day) * DAY).toISOString().slice(0, 10)
      const subjects = [{ subject: 'disk:data', bytes: (20 + day * 5) * GB }]
      harness.db.transaction(() => days.saveForPlatform('local', at, subjects))()
    }
    metrics.set({ ...WELL, 'disk:local/data/available': 28 * GB })

    await metrics.pass(90 * MINUTE)

    expect(toldOf('disk-forecast')).toEqual(['alert'])
    expect(harness.titles()[0]).toMatch(/will be full in 5\.\d days/)
    metrics.set({ 'disk:local/data/available': 90 * GB })
    await metrics.pass(15 * MINUTE)
    expect(toldOf('disk-forecast')).toEqual(ONCE)
  })

  it('memory-limit is told of an instance that stays at its limit', async () => {
    const harness = createAlertHarness()
    const { metrics, toldOf } = harness
    const { id } = harness.addApp('shop')
    const used = (share: number) => ({
      [`app:${id}/web.1/memory`]: share * 512e6,
      [`app:${id}/web.1/memoryLimit`]: 512e6,
    })
    metrics.set(used(0.97))
    await metrics.pass(12 * MINUTE)
    expect(toldOf('memory-limit')).toEqual(['alert'])

    metrics.set(used(0.4))
    await metrics.pass(5 * MINUTE)

    expect(toldOf('memory-limit')).toEqual(ONCE)
  })

  it('says nothing on a machine that works hard and is well', async () => {
    const harness = createAlertHarness()
    const { metrics, notified, rows } = harness
    const { id } = harness.addApp('shop')
    for (let minute = 0; minute < 24 * 60; minute += 5) {
      const isBusy = minute % 60 < 20
      metrics.set({
        ...WELL,
        'disk:local/data/available': (40 + (minute % 7)) * GB,
        'node:local/memoryAvailable': (isBusy ? 0.5 : 4) * GB,
        'node:local/memoryPressure': isBusy ? 2 : 0,
        'node:local/cpuPressure': isBusy ? 95 : 10,
        'node:local/swapOut': isBusy ? 40e6 : 0,
        [`edge:${id}/requests`]: isBusy ? 200 : 0.1,
        [`edge:${id}/serverErrors`]: isBusy ? 2 : 0,
        [`edge:${id}/p95`]: isBusy ? 90 : 20,
      })
      await metrics.pass((isBusy ? 2.5 : 5) * MINUTE)
    }
    expect(notified).toEqual([])
    expect(rows.listOpenForPlatform().filter(({ state }) => state === 'firing')).toEqual([])
  })
})

describe('rules about apps', () => {
  async function live() {
    const harness = createAlertHarness()
    harness.addApp()
    await harness.start()
    await harness.deploy('a1')
    await harness.clock.pass(61_000)
    const [name = ''] = harness.node.running()
    return { ...harness, name }
  }

  it('crash-loop: an app that crashes 5 times is told within a minute, once, and resolved when it serves', async () => {
    const { node, clock, name, toldOf, notified, announced } = await live()
    node.behave = () => ({ exitCode: 3 })
    for (let crash = 0; crash < 5; crash += 1) {
      node.crash(name, 3)
      await clock.pass(1_100)
    }
    await clock.pass(MINUTE)
    expect(toldOf('crash-loop')).toEqual(['alert'])
    expect(notified[0]).toMatchObject({ severity: 'critical', app: 'hello' })
    expect(notified[0]?.text).toContain('deployment 1 of hello')
    await clock.pass(30 * MINUTE)
    expect(toldOf('crash-loop')).toEqual(['alert'])

    node.behave = () => ({})
    await clock.pass(15 * MINUTE)

    expect(toldOf('crash-loop')).toEqual(ONCE)
    expect(announced.map(({ event }) => event)).toEqual(['alert.firing', 'alert.resolved'])
  })

  it('out-of-memory: what the kernel ends is told, and is over after half an hour without', async () => {
    const { node, clock, name, toldOf, titles } = await live()
    node.emit({ type: 'instance', name, action: 'oom', exitCode: null })
    node.crash(name, 137)
    await clock.pass(MINUTE)
    node.emit({ type: 'instance', name, action: 'oom', exitCode: null })
    await clock.pass(20 * MINUTE)
    expect(toldOf('out-of-memory')).toEqual(['alert'])
    expect(titles()[0]).toBe('hello ran out of memory: web.1')

    await clock.pass(15 * MINUTE)

    expect(toldOf('out-of-memory')).toEqual(ONCE)
  })

  it('deployment-failed: until one goes live', async () => {
    const harness = await live()
    const { clock, toldOf, notified } = harness
    harness.node.behave = () => ({ exitCode: 1 })
    const failed = await harness.deploy('b2')
    expect(failed.state).toBe('failed')
    await clock.pass(MINUTE)
    expect(toldOf('deployment-failed')).toEqual(['alert'])
    expect(notified[0]?.title).toBe('Deployment 2 of hello failed')
    expect(notified[0]?.url).toMatch(/\/apps\/hello\/deployments\/2$/)

    harness.node.behave = () => ({})
    await harness.deploy('c3')
    await clock.pass(20 * MINUTE)

    expect(toldOf('deployment-failed')).toEqual(ONCE)
  })

  it('lines-dropped: what an app prints beyond its rate is told, and is over half an hour later', async () => {
    const { alerts, clock, toldOf, titles, app, problems } = await live()
    const logs = createAppLogs({
      archive: createFakeLogArchive().archive,
      clock,
      onProblem: (what) => problems.push(what),
      onDrop: (appId, count) => alerts.hear.ofDroppedLines(appId, count),
    })
    for (let second = 0; second < 120; second += 1) {
      logs.drop(app().id, 'web.1', 400, 1)
      await clock.pass(1_000)
    }
    expect(toldOf('lines-dropped')).toEqual(['alert'])
    expect(titles()).toEqual(['Log lines of hello are left out'])
    await clock.pass(35 * MINUTE)
    expect(toldOf('lines-dropped')).toEqual(ONCE)
  })

  it('app-down: as the uptime check tells it, and settles', async () => {
    const { alerts, clock, toldOf, app, actor } = await live()
    const { id } = app()
    alerts.note({
      teamId: actor.teamId,
      key: 'uptime:check1',
      rule: 'app-down',
      subject: { kind: 'app', id, name: 'hello' },
      appId: id,
      title: 'hello does not answer',
      detail: 'Its address: no answer.',
      link: '/uptime/check1',
    })
    await clock.pass(MINUTE)
    expect(toldOf('uptime')).toEqual(['alert'])
    alerts.settle('uptime:check1')
    await clock.pass(2 * MINUTE)
    expect(toldOf('uptime')).toEqual(ONCE)
  })
})

describe('rules about the node and Vastrox itself', () => {
  it('node-silent: an agent that does not answer is told after 2 minutes, holds what follows, and resolves', async () => {
    const harness = createAlertHarness()
    const { metrics, clock, machine, toldOf, notified, alerts, actor } = harness
    const app = harness.addApp('shop')
    metrics.set({ 'node:local/memoryTotal': 8 * GB, 'node:local/memoryAvailable': 5 * GB })
    await metrics.pass(2 * MINUTE)

    machine.isReachable = false
    await clock.pass(4 * MINUTE)
    expect(toldOf('node-silent')).toEqual(['alert'])
    alerts.note({
      teamId: actor.teamId,
      key: `crash-loop:${app.id}`,
      rule: 'crash-loop',
      subject: { kind: 'app', id: app.id, name: 'shop' },
      appId: app.id,
      title: 'shop is crash-looping',
      detail: '',
      link: '/apps/shop',
    })
    await clock.pass(10 * MINUTE)
    expect(notified.map(({ title }) => title)).toEqual([
      'The agent of local does not answer',
      'Still: The agent of local does not answer (and 1 that may come of it)',
    ])

    machine.isReachable = true
    await metrics.pass(20 * MINUTE)

    expect(toldOf('node-silent')).toEqual(['alert', 'alert', 'resolved'])
  })

  it('node-care: what the host care finds is told by its weight, and goes when it is right', async () => {
    const { clock, machine, notified, firing } = createAlertHarness()
    machine.findings = [
      { check: 'clock', level: 'bad', message: 'The clock is 40 s off.', hint: 'Start chrony.' },
      { check: 'updates', level: 'warn', message: 'A restart is due.' },
    ]
    await clock.pass(10 * MINUTE)
    expect(notified.map(({ severity }) => severity).toSorted()).toEqual(['warning'])
    expect(await firing()).toEqual(['node-care', 'node-care'])

    machine.findings = []
    await clock.pass(70 * MINUTE)

    expect(await firing()).toEqual([])
  })

  it('proxy-workers: one that stays away for a minute is told, once, and resolved', async () => {
    const { clock, machine, toldOf } = createAlertHarness()
    machine.workers = 0
    await clock.pass(30_000)
    machine.workers = 1
    await clock.pass(2 * MINUTE)
    expect(toldOf('proxy-workers')).toEqual([])

    machine.workers = 0
    await clock.pass(2 * MINUTE)
    expect(toldOf('proxy-workers')).toEqual(['alert'])
    machine.workers = 1
    await clock.pass(3 * MINUTE)

    expect(toldOf('proxy-workers')).toEqual(ONCE)
  })

  it('daemon-restarted: after an end that nobody asked for, and not after one that was', async () => {
    const world = createWorld()
    const first = createAlertHarness(world)
    const below = { ...first, audit: first.audit }
    await first.stopAlerts()
    const clean = createAlertsOver(below)
    await first.clock.pass(2 * MINUTE)
    expect(clean.notified).toEqual([])

    // That one dies: nobody stops it.
    const after = createAlertsOver(below)
    await first.clock.pass(2 * MINUTE)
    const afterBoot = createAlertsOver(below, 'boot2')

    const all = [clean, after, afterBoot]
    expect(all.flatMap(({ titles }) => titles())).toEqual([
      'Vastrox was started again after a crash',
    ])
    await Promise.all([clean.stopAlerts(), after.stopAlerts()])
    await first.clock.pass(70 * MINUTE)
    expect(afterBoot.toldOf('daemon-restarted')).toEqual(['resolved'])
  })

  it('daemon-restarted: not of the mark in a backup that was restored elsewhere', async () => {
    const world = createWorld()
    const running = createAlertHarness(world)
    const restored = createAlertsOver({ ...running, audit: running.audit }, 'boot2', '1:2')
    await running.clock.pass(2 * MINUTE)

    expect(restored.notified).toEqual([])
    await restored.stopAlerts()
  })

  it('channel-failing: is told, so that the other channels tell of it', async () => {
    const { clock, audit, actor, firing, toldOf } = createAlertHarness()
    const act = (action: string, result: 'ok' | 'failed') =>
      audit.append({ actor, action, target: 'ops', result, details: { id: 'c1', kind: 'mail' } })
    act('channel.failing', 'failed')
    await clock.pass(5 * MINUTE)
    expect(await firing()).toEqual(['channel-failing'])

    act('channel.well', 'ok')
    await clock.pass(5 * MINUTE)

    expect(await firing()).toEqual([])
    expect(toldOf('channel-failing')).toEqual(['alert', 'resolved'])
  })
})

describe('rules about certificates', () => {
  const HOST = 'blog.acme-corp.com'

  it('tells of a certificate that ends and cannot be renewed, once, and that it is well again', async () => {
    const clock = createFakeClock()
    const fake = createFakeAuthority(clock)
    let shown: { token: string; keyAuthorization: string }[] = []
    fake.seen = (_type, _name, token) =>
      shown.find((each) => each.token === token)?.keyAuthorization
    const problems: string[] = []
    let over: ReturnType<typeof createAlertsOver> | undefined
    const rig = createCertificateRig({
      clock,
      preflight: async () => ({ ok: true }),
      publish: async ({ challenges }) => {
        shown = challenges
      },
      served: { isServed: async () => true },
      openAuthority: async () => fake.authority,
      noteNews: (news) => over?.alerts.hear.ofCertificate(news),
      told: () => over?.alerts.hear,
    })
    const below = {
      db: rig.db,
      clock,
      newId: createNewId(() => clock.now().getTime()),
      actor: owner({ teamId: 'team-1' }),
      problems,
      audit: rig.audit,
    }
    over = createAlertsOver(below)
    rig.service.start()
    rig.service.want([HOST])
    await clock.until(
      (async () => {
        while (rig.service.stateOf(HOST).state !== 'valid') await clock.sleep(1_000)
      })(),
    )
    await clock.pass(5 * MINUTE)
    expect(over.notified).toEqual([])
    // Weeks without a round of its own: what is told is in rows.
    await over.stopAlerts()

    fake.before = () => {
      throw new AuthorityError('The CA cannot be reached.', {})
    }
    for (let day = 0; day < 80; day += 1) {
      await clock.pass(DAY)
      await rig.service.housekeep()
    }
    over = createAlertsOver(below)
    await clock.pass(5 * MINUTE)
    const told = over.titles()
    expect(told.filter((title) => title === `No certificate for ${HOST}`)).toHaveLength(1)
    expect(told.filter((title) => title === `The certificate of ${HOST} ends soon`)).toHaveLength(1)

    fake.before = undefined
    await clock.pass(DAY)
    expect(over.titles().slice(-2).toSorted()).toEqual([
      `Well again: No certificate for ${HOST}`,
      `Well again: The certificate of ${HOST} ends soon`,
    ])
    expect(problems).toEqual([])
    await over.stopAlerts()
    await rig.end()
  }, 120_000)
})

describe('rules about backups', () => {
  function backups() {
    const harness = createBackupHarness()
    const over = createAlertsOver(harness)
    harness.onNews((news) => over.alerts.hear.ofBackup(news))
    return { ...harness, ...over }
  }

  it('backup-failed: until one of the same is good', async () => {
    const harness = backups()
    const { clock, toldOf, notified } = harness
    await harness.addDestination()
    harness.addAddon()
    harness.node.mishaps.push('full')
    await harness.backUp('addon:shop-db')
    await clock.pass(MINUTE)
    expect(toldOf('backup-failed')).toEqual(['alert'])
    expect(notified[0]).toMatchObject({
      title: 'The backup of shop-db failed',
      text: expect.stringContaining('The destination is full.'),
    })

    await harness.backUp('addon:shop-db')
    await clock.pass(5 * MINUTE)

    expect(toldOf('backup-failed')).toEqual(ONCE)
  })

  it('backup-overdue: a schedule that brings nothing for two of its times', async () => {
    const harness = backups()
    const { clock, toldOf, schedules, actor } = harness
    await harness.addDestination()
    const { id } = harness.addAddon('shop-db', 'no end')
    schedules.create(actor, CreateBackupSchedule.parse({ subject: 'addon:shop-db' }))
    await clock.pass(5 * DAY)
    expect(toldOf('backup-overdue').at(0)).toBe('alert')

    harness.node.addons.set(id, Buffer.from('rows END'))
    await clock.pass(2 * DAY)

    expect(toldOf('backup-overdue').filter((kind) => kind === 'resolved')).toHaveLength(1)
  }, 60_000)

  it('backup-overdue: is over where the schedule is switched off, and told anew when it is on', async () => {
    const harness = backups()
    const { clock, toldOf, schedules, actor, audit } = harness
    await harness.addDestination()
    harness.addAddon('shop-db', 'no end')
    const wish = CreateBackupSchedule.parse({ subject: 'addon:shop-db' })
    const { id } = schedules.create(actor, wish)
    await clock.pass(5 * DAY)
    const before = toldOf('backup-overdue').length

    schedules.change(actor, id, { isEnabled: false })
    const [act] = audit.list(actor, { limit: 1 }).items
    const { action = '', target = '', details } = act ?? {}
    harness.alerts.hear.ofAct({ actor, action, target, details: { ...details } })
    await clock.pass(5 * MINUTE)

    expect(toldOf('backup-overdue').slice(before)).toEqual(['resolved'])
    expect(toldOf('backup-failed').at(-1)).toBe('resolved')
    schedules.change(actor, id, { isEnabled: true })
    await clock.pass(DAY)
    expect(toldOf('backup-overdue').slice(before)).toEqual(['resolved', 'alert'])
  }, 60_000)

  it('database-damaged: a backup of the platform reads all of it, and finds a page that is damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vastrox-damaged-'))
    const file = join(folder, 'control.db')
    const db = openDatabase(file, { create: true })
    let over: ReturnType<typeof createAlertsOver> | undefined
    try {
      const harness = createBackupHarness({
        onProblem: (what, error) => over?.alerts.ofProblem(what, error),
        async platform(backupId) {
          await createPlatformStore(db).copyForPlatform(join(folder, backupId))
          return {
            content: { type: 'platform', stagingName: 'staging', imageIds: [] },
            body: null,
            mode: null,
            fileName: null,
            origin: {},
            holdAppId: null,
          }
        },
      })
      over = createAlertsOver(harness)
      await harness.addDestination()
      const { clock } = harness
      expect(await harness.backUp('platform')).toMatchObject({ state: 'done' })

      const mend = damage(db, file)
      expect(await harness.backUp('platform')).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('The database is damaged.'),
      })
      await clock.pass(MINUTE)
      expect(over.toldOf('database-damaged')).toEqual(['alert'])
      expect(over.notified[0]).toMatchObject({ severity: 'critical' })
      await clock.pass(DAY / 2)
      await harness.backUp('platform')
      await clock.pass(0.75 * DAY)
      expect(over.toldOf('database-damaged')).not.toContain('resolved')

      mend()
      expect(await harness.backUp('platform')).toMatchObject({ state: 'done' })
      await clock.pass(DAY / 2)
      expect(over.toldOf('database-damaged').filter((kind) => kind === 'resolved')).toHaveLength(1)
      await over.stopAlerts()
    } finally {
      db.close()
      rmSync(folder, { recursive: true })
    }
  }, 60_000)

  it('destination-failed: until all there is sound again', async () => {
    const harness = backups()
    const { store, checks, actor, clock, ...rest } = harness
    await harness.addDestination()
    harness.addAddon()
    const { id } = await harness.backUp('addon:shop-db')
    const snapshot = store.findForPlatform(id)?.snapshotId ?? ''
    const check = async () => {
      checks.check(actor, 'vault')
      await clock.until(checks.until(rest.destinations.find(actor, 'vault').id))
    }
    harness.node.flip(snapshot)
    await check()
    await clock.pass(MINUTE)
    expect(rest.toldOf('destination-failed')).toEqual(['alert'])

    harness.node.flip(snapshot)
    await check()
    await clock.pass(5 * MINUTE)

    expect(rest.toldOf('destination-failed')).toEqual(ONCE)
  })

  it('drill-failed: a backup that cannot be restored, until one can', async () => {
    const world = createWayBackWorld()
    const daemon = createWayBackHarness(world)
    const over = createAlertsOver({ ...daemon, clock: world.clock, newId: world.newId })
    daemon.onNews((news) => over.alerts.hear.ofBackup(news))
    const shop = { type: 'addon' as const, id: 'shopdb00', name: 'shop-db' }
    const short = daemon.fakes.addBackup(
      shop,
      { 'public.orders': 5 },
      { now: { 'public.orders': 4 } },
    )
    daemon.drills.request(daemon.actor, short.id)
    await world.clock.pass(MINUTE)
    expect(over.toldOf('drill-failed')).toEqual(['alert'])

    const good = daemon.fakes.addBackup(shop, { 'public.orders': 5 })
    daemon.drills.request(daemon.actor, good.id)
    await world.clock.pass(5 * MINUTE)

    expect(over.toldOf('drill-failed')).toEqual(ONCE)
    await over.stopAlerts()
    await daemon.stop()
    world.end()
  })
})

/** Of one table, in the file of a database that is in use. Gives what puts it right again. */
function damage(db: Database, file: string): () => void {
  const at = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'passkeys'").pluck().get()
  const place = (Number(at) - 1) * Number(db.pragma('page_size', { simple: true }))
  function put(byte: number): number {
    const bytes = readFileSync(file)
    const before = bytes[place] ?? 0
    bytes[place] = byte
    writeFileSync(file, bytes)
    // Nothing of it is to be known from before.
    db.pragma('shrink_memory')
    return before
  }
  db.pragma('wal_checkpoint(TRUNCATE)')
  const before = put(0)
  return () => void put(before)
}

it('says of every built-in rule what it watches', () => {
  for (const id of BuiltInRule.options) {
    expect(BUILT_IN_RULES[id].words.length, id).toBeGreaterThan(10)
    expect(BUILT_IN_RULES[id].name.length, id).toBeLessThanOrEqual(80)
  }
})
