import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import { describe, expect, it } from 'vitest'
import { createLedgerService } from '#core/nodes/ledger-service.ts'
import { createAddonStore, type AddonRecord } from '#store/addon-store.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createDiskDayStore, KEPT_DAYS } from '#store/disk-day-store.ts'
import { transactionOf } from '#store/database.ts'
import { createTeamStore } from '#store/team-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { emptyMeasure } from '#test/fakes/disk.ts'
import { createHarness } from '#test/harness.ts'

const DAY_MS = 86_400_000
const layer = (bytes: number, isOthersToo = false) => ({ bytes, isOthersToo })
const image = (
  imageId: string,
  appId: string | null,
  layers: number[],
): DiskMeasure['images'][number] => ({
  imageId,
  kind: appId === null ? 'prepared' : 'build',
  appId,
  buildId: null,
  createdAt: '2026-11-01T00:00:00.000Z',
  sizeBytes: 0,
  layers,
  isUsed: false,
})

const addonRow = (teamId: string, createdAt: string): AddonRecord => ({
  id: 'addon0001',
  teamId,
  node: 'local',
  name: 'shop-db',
  kind: 'postgresql',
  version: '17',
  serverId: 'server0001',
  isThrowAway: false,
  state: 'stopped',
  reason: null,
  wanted: false,
  memoryBytes: 2 ** 28,
  cpuMillis: 0,
  generation: 1,
  volumeId: 'volumeofdb',
  volumeMadeAt: createdAt,
  rootSealed: Buffer.from('sealed'),
  nextRootSealed: null,
  createdAt,
  destroyedAt: null,
  purgingAt: null,
})

function setUp() {
  const harness = createHarness()
  const { db, node, clock } = harness
  const world = {
    gate: undefined as Promise<void> | undefined,
    backups: [] as { type: 'app' | 'addon' | 'volume' | 'platform'; id: string; bytes: number }[],
  }
  const days = createDiskDayStore(db)
  const addons = createAddonStore(db)
  addons.insertForPlatform(addonRow(harness.actor.teamId, clock.now().toISOString()))
  const measured = node.disk.agent(async () => world.gate)
  const service = createLedgerService({
    disk: measured,
    days,
    apps: harness.apps,
    volumes: createVolumeStore(db),
    deployments: createDeploymentStore(db),
    addons,
    backups: { addedOnNodeForPlatform: () => world.backups },
    node: 'local',
    clock,
    transact: transactionOf(db),
  })
  const measure = (changes: Partial<DiskMeasure>): void => {
    node.disk.measured = { ...emptyMeasure(), ...changes }
  }
  const addApp = (name: string, of = harness.actor) => harness.addApp(name, {}, of)
  return { ...harness, addApp, service, days, measure, world }
}

describe('where the bytes are', () => {
  it('counts each byte once: layers of several apps and of prepared images are nobody’s own', async () => {
    const { service, addApp, actor, measure } = setUp()
    const [one, two] = [addApp('one'), addApp('two')]
    measure({
      layers: [layer(1_000), layer(10), layer(200), layer(30), layer(4)],
      images: [
        image('base', null, [0]),
        image('one:1', one.id, [0, 1, 2]),
        image('one:2', one.id, [0, 1, 3]),
        image('two:1', two.id, [0, 4]),
      ],
      cacheBytes: 500,
      volumes: [
        { volumeId: 'volumeofdb', sizeBytes: 70_000 },
        { volumeId: 'ofnobody1', sizeBytes: 9 },
      ],
      folders: [
        { path: `daemon/repositories/${one.id}.git`, sizeBytes: 300 },
        { path: `daemon/uploads/${two.id}`, sizeBytes: 40 },
        { path: `daemon/logs/${two.id}`, sizeBytes: 5 },
        { path: 'daemon/repositories', sizeBytes: 304 },
        { path: 'log', sizeBytes: 60 },
      ],
      containers: [
        { owner: `app:${one.id}`, writesBytes: 7, logBytes: 8 },
        { owner: 'app:gone', writesBytes: 1, logBytes: 0 },
      ],
      dataBytes: 71_000,
      programBytes: 2_000,
    })

    const ledger = await service.get(actor)

    const of = (name: string) => ledger.lines.find((line) => line.name === name)
    expect(of('one')).toMatchObject({
      kind: 'app',
      parts: { images: 240, sources: 300, writes: 7, logs: 8 },
      sharedImageBytes: 1_000,
      bytes: 555,
      growthBytesPerDay: null,
    })
    expect(of('two')).toMatchObject({ parts: { images: 4, uploads: 40, logs: 5 } })
    expect(of('shop-db')).toMatchObject({ kind: 'addon', parts: { volumes: 70_000 } })
    expect(of('Vastrox')?.parts).toMatchObject({
      images: 1_000,
      cache: 500,
      volumes: 9,
      writes: 1,
      // The data directory without what has a name, and the programs.
      other: 71_000 - 70_414 + 2_000,
    })
    const whole = ledger.lines.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(whole).toBe(1_244 + 500 + 16 + 71_000 + 2_000)
    expect(ledger.disks).toMatchObject([{ holds: 'data', oursBytes: whole }])
    expect(ledger.lines.map(({ bytes }) => bytes)).toEqual(
      ledger.lines.map(({ bytes }) => bytes).toSorted((a, b) => b - a),
    )
  })

  it('shows apps of other teams as one, and to somebody with some apps the others so', async () => {
    const { service, addApp, actor, measure, db, clock } = setUp()
    const theirs = owner({ teamId: 'theirs' })
    createTeamStore(db).insertForPlatform('theirs', 'theirs', clock.now().toISOString())
    const [mine, secret, other] = [addApp('mine'), addApp('secret', theirs), addApp('other')]
    measure({
      containers: [mine, secret, other].map(({ id }, at) => ({
        owner: `app:${id}`,
        writesBytes: 100 + at,
        logBytes: 0,
      })),
    })

    const seen = async (who: typeof actor) =>
      (await service.get(who)).lines
        .filter(({ bytes }) => bytes > 0)
        .map(({ kind, name, bytes }) => `${kind} ${name} ${bytes}`)
        .toSorted()
    expect(await seen(actor)).toEqual(['app mine 100', 'app other 102', 'teams other teams 101'])
    const guest = { ...actor, appIds: new Set([mine.id]) }
    expect(await seen(guest)).toEqual(['app mine 100', 'teams other teams 203'])
  })

  it('gives what is in the trash with its bytes, and a volume whose app is gone', async () => {
    const { service, addApp, actor, apps, measure, db, clock } = setUp()
    const app = addApp('old')
    createVolumeStore(db).saveForPlatform({
      id: 'orphaned1',
      teamId: actor.teamId,
      appId: 'purgedapp',
      appName: 'purged',
      node: 'local',
      name: 'data',
      mountPath: '/data',
      processes: null,
      exclusive: false,
      createdAt: clock.now().toISOString(),
      madeAt: null,
      destroyedAt: clock.now().toISOString(),
      purgingAt: null,
    })
    apps.markDestroyed(actor, app.id, clock.now().toISOString())
    measure({
      volumes: [{ volumeId: 'orphaned1', sizeBytes: 50 }],
      folders: [{ path: `daemon/uploads/${app.id}`, sizeBytes: 40 }],
      dataBytes: 90,
    })

    const { lines } = await service.get(actor)
    expect(lines.filter(({ isInTrash }) => isInTrash).map(({ name }) => name)).toEqual([
      'purged',
      'old',
    ])
    expect(service.bytesOf(`app:${app.id}`)).toBe(40)
  })

  it('shares the bytes of backups on this server out by what each has added', async () => {
    const { service, addApp, actor, measure, world } = setUp()
    const app = addApp('one')
    world.backups = [
      { type: 'app', id: app.id, bytes: 30 },
      { type: 'volume', id: 'volumeofdb', bytes: 50 },
      { type: 'platform', id: '', bytes: 5 },
    ]
    measure({ backupBytes: 100 })
    const backups = async () =>
      (await service.get(actor)).lines.map(({ name, parts }) => `${name} ${parts.backups ?? 0}`)

    expect((await backups()).toSorted()).toEqual(['Vastrox 20', 'one 30', 'shop-db 50'])
  })

  it('tells two disks apart: what the engine keeps, and the rest', async () => {
    const { service, actor, measure } = setUp()
    const [disk] = emptyMeasure().disks
    if (!disk) throw new Error('there is no disk')
    measure({
      disks: [disk, { ...disk, holds: 'images', bytes: 1_000, availableBytes: 100 }],
      layers: [layer(300)],
      images: [image('base', null, [0])],
      cacheBytes: 200,
      dataBytes: 5_000,
    })

    expect((await service.get(actor)).disks).toMatchObject([
      { holds: 'data', oursBytes: 5_000 },
      { holds: 'images', oursBytes: 500, othersBytes: 400 },
    ])
  })
})

describe('how it is measured', () => {
  it('walks over the disk once for all who ask within a minute', async () => {
    const { service, actor, node, clock } = setUp()
    await Promise.all([service.get(actor), service.get(actor)])
    await service.get(actor)
    expect(node.disk.measurements).toBe(1)

    clock.jump(61_000)
    await service.get(actor)
    expect(node.disk.measurements).toBe(2)
  })

  it('gives the measurement before where the next takes long', async () => {
    const { service, actor, clock, world } = setUp()
    await service.get(actor)
    const first = clock.now().toISOString()
    clock.jump(120_000)
    const { promise, resolve } = Promise.withResolvers<void>()
    world.gate = promise

    expect((await clock.until(service.get(actor))).measuredAt).toBe(first)
    resolve()
    world.gate = undefined
    await clock.settle()
    expect((await service.get(actor)).measuredAt).not.toBe(first)
  })

  it('keeps a number a day, the newest ninety of them, and looks by itself once a day', async () => {
    const { service, actor, clock, measure, days, node } = setUp()
    const [disk] = emptyMeasure().disks
    if (!disk) throw new Error('there is no disk')
    for (let day = 0; day < KEPT_DAYS + 5; day += 1) {
      measure({ disks: [{ ...disk, availableBytes: 60 * 2 ** 30 - day * 2 ** 27 }] })
      expect(await service.keepToday()).toBe(true)
      expect(await service.keepToday()).toBe(false)
      clock.jump(DAY_MS)
    }

    expect(node.disk.measurements).toBe(KEPT_DAYS + 5)
    expect(days.listForPlatform('local', 'disk:data')).toHaveLength(KEPT_DAYS)
    const { disks } = await service.get(actor)
    expect(disks[0]?.forecast).toMatchObject({ state: 'filling', days: 30 })
    expect(disks[0]?.days).toHaveLength(KEPT_DAYS)
  })

  it('loses no day to a clock that was a year ahead', async () => {
    const { service, clock, days } = setUp()
    for (let day = 0; day < 10; day += 1) {
      await service.keepToday()
      clock.jump(DAY_MS)
    }
    clock.jump(365 * DAY_MS)
    await service.keepToday()
    clock.jump(-365 * DAY_MS)
    await service.keepToday()

    expect(days.listForPlatform('local', 'disk:data')).toHaveLength(12)
  })

  it('says what is missing, and takes it for no number of the day', async () => {
    const { service, actor, measure, days } = setUp()
    measure({ missing: ['volumes: measuring it took too long'], dataBytes: 100 })

    expect((await service.get(actor)).missing).toHaveLength(1)
    expect(days.listForPlatform('local', 'platform')).toEqual([])
    expect(days.listForPlatform('local', 'disk:data')).toHaveLength(1)
  })
})
