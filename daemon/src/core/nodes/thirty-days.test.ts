import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPurgeApp } from '#core/apps/purge-app.ts'
import { finishDestroyed } from '#core/apps/finish-destroyed.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { transactionOf } from '#store/database.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createRouteStore } from '#store/route-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'
import { emptyMeasure } from '#test/fakes/disk.ts'
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'
import { plantObjects } from '#test/planted-objects.ts'
import { hourlyTasks } from '../../compose-hourly.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Grow by themselves, or are about the last days alone. */
const MAY_CHANGE = new Set([
  'audit_events',
  'disk_days',
  'meta',
  'idempotency_keys',
  // One more each week.
  'drills',
  // A way in for some minutes, which are over.
  'addon_exceptions',
])

/** Everything of every kind, a database that somebody has stopped, and what is in the trash. */
async function setUp() {
  const server = await createFullServer()
  await plantObjects(server, 'kept-app')
  const { db, node, clock, actor, apps } = server
  const at = clock.now().toISOString()
  const volumes = createVolumeStore(db)
  const volume = { teamId: actor.teamId, node: 'local', mountPath: '/data', processes: null }
  const facts = { exclusive: false, createdAt: at, madeAt: at, purgingAt: null }

  const trashed = server.addApp('trashed-app')
  await server.deploy('b1', { appName: 'trashed-app' })
  const names = [
    ['ofkeptapp1', server.app('kept-app').id, null],
    ['oftrashed1', trashed.id, null],
    ['alonegone1', server.app('kept-app').id, at],
  ] as const
  for (const [id, appId, destroyedAt] of names) {
    volumes.saveForPlatform({
      ...volume,
      ...facts,
      id,
      appId,
      appName: 'kept-app',
      name: id,
      destroyedAt,
    })
    node.volumes.set(id, appId)
  }
  createAddonStore(db).insertForPlatform({
    id: 'stoppeddb',
    teamId: actor.teamId,
    node: 'local',
    name: 'shop-db',
    kind: 'postgresql',
    version: '17',
    serverId: 'serverofdb',
    isThrowAway: false,
    state: 'stopped',
    reason: null,
    wanted: false,
    memoryBytes: 2 ** 28,
    cpuMillis: 0,
    generation: 1,
    volumeId: 'volumeofdb',
    volumeMadeAt: at,
    rootSealed: Buffer.from('sealed'),
    nextRootSealed: null,
    createdAt: at,
    destroyedAt: null,
    purgingAt: null,
  })
  node.volumes.set('volumeofdb', 'serverofdb')
  apps.markDestroyed(actor, trashed.id, at)
  await server.deployments.takeDown(trashed.id)
  await clock.pass(120_000)
  node.disk.measured = {
    ...emptyMeasure(),
    volumes: [...node.volumes.keys()].map((volumeId) => ({ volumeId, sizeBytes: 1_000 })),
  }
  return server
}

function tasksOf(server: FullServer) {
  const { db, clock, audit, apps, problems } = server
  const agent = server.node.agent(() => false)
  const onProblem = (what: string, error: unknown) => void problems.push(`${what} ${String(error)}`)
  const done = async () => {}
  return [
    ...server.hourlyTasks,
    ...hourlyTasks({
      purgeApp: createPurgeApp({
        apps,
        volumes: createVolumeStore(db),
        agent,
        sourceControl: server.sourceControl,
        logs: createFakeLogArchive().archive,
        values: server.envParts.values,
        audit,
        clock,
        transact: transactionOf(db),
        crashPoint: () => {},
        onProblem,
      }),
      takeDownDestroyed: () =>
        finishDestroyed({
          apps,
          instances: createInstanceStore(db),
          routes: createRouteStore(db),
          retireApp: (appId) => server.deployments.takeDown(appId),
          clock,
        }),
      uploads: { tidy: done },
      backups: server.backups,
      drills: server.wayBack,
      apps,
      sourceControl: server.sourceControl,
      logs: createFakeLogArchive().archive,
      addons: createAddonStore(db),
      anchors: { add: done },
      tokens: server.access.tokens,
      renewCertificates: done,
      baseDomain: { tend: async () => (await server.baseDomain.load()).tend() },
      stackImages: { refreshWhenDue: done },
      keyRing: { ids: () => ['one'] },
      keyRotation: { start: () => {} },
      onProblem,
    }),
  ]
}

describe('nothing with data goes by itself (promise 5, B10)', () => {
  let server: FullServer
  let tasks: ReturnType<typeof tasksOf>
  let before: ReturnType<typeof whatIsThere>
  const removals = () =>
    server.node.calls.filter((call) => /^remove-(?:volume|app|addon)/.test(call))

  function whatIsThere() {
    const { db, node, sourceArchive, sourceControl } = server
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .pluck()
      .all()
      .filter((name) => !MAY_CHANGE.has(name) && !name.startsWith('sqlite_'))
    return {
      rows: Object.fromEntries(
        tables.map((name) => [name, db.prepare(`SELECT count(*) FROM ${name}`).pluck().get()]),
      ),
      volumes: [...node.volumes],
      images: [...node.images.keys()],
      sources: [...sourceArchive.tars.keys()],
      branches: [...sourceControl.refs],
    }
  }

  beforeAll(async () => {
    server = await setUp()
    // What a schedule makes is counted elsewhere.
    server.db.prepare('UPDATE backup_schedules SET is_enabled = 0').run()
    server.addons.start()
    tasks = tasksOf(server)
    before = whatIsThere()
  }, 60_000)
  afterAll(async () => {
    await server.addons.stop()
    await server.fastify.close()
  })

  async function everyJob(): Promise<void> {
    for (const { run } of tasks) await run()
    // Add-ons are looked after once a minute, and what waits for its turn goes on.
    await server.clock.pass(61_000)
    await server.ledger.makeRoom()
    const plan = await server.ledger.plan(server.actor)
    await server.ledger.run(server.actor, plan.id)
  }

  it('knows every job of the hour, and has something of most kinds to lose', () => {
    expect(tasks.map(({ name }) => name).toSorted()).toEqual([
      'asking for weekly drills',
      'checking where backups are',
      'finishing to destroy',
      'finishing to purge apps',
      'finishing to purge volumes',
      'forgetting old deployment logs',
      'forgetting old envs',
      'forgetting old sleeps',
      'letting go of log lines that are older than they are kept',
      'letting names from before end',
      'looking at the disk once a day',
      'packing repositories',
      'refreshing the stack images',
      'reminding of tokens that end',
      'removing old images',
      'removing old sources',
      'removing uploads of apps that are gone',
      'renewing certificates',
      'sealing with the newest master key',
      'signing the end of the audit log',
    ])
    const kinds = Object.values(before.rows).filter((count) => Number(count) > 0)
    expect(kinds.length).toBeGreaterThan(20)
    expect(before.volumes).toContainEqual(['volumeofdb', 'serverofdb'])
  })

  it('in 30 days of every clean-up job: a stopped database keeps its volume, and the trash all that is in it', async () => {
    for (let round = 0; round < 120; round += 1) {
      server.clock.jump(6 * HOUR_MS)
      await everyJob()
    }

    expect(whatIsThere()).toEqual(before)
    expect(removals()).toEqual([])
    const count = (table: string) =>
      server.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
    expect(count('drills')).toBeGreaterThan(1)
    expect(
      server.node.calls.filter((call) => call.startsWith('list-addons')).length,
    ).toBeGreaterThan(100)
    expect(server.problems).toEqual([])
  }, 120_000)

  it('with a clock that is a year ahead, nor when it is set back', async () => {
    server.clock.jump(365 * DAY_MS)
    for (let round = 0; round < 3; round += 1) await everyJob()
    expect(whatIsThere()).toEqual(before)

    server.clock.jump(-395 * DAY_MS)
    for (let round = 0; round < 3; round += 1) await everyJob()
    expect(whatIsThere()).toEqual(before)
    expect(removals()).toEqual([])
  }, 60_000)
})
