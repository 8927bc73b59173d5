import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createNewId } from '#adapters/system/ids.ts'
import { createEventStream } from '#adapters/system/event-stream.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import type { BackupNews } from '#core/backups/backup-news.ts'
import { isTrouble } from '#test/backup-harness.ts'
import type { NodeNow } from '#core/drills/drill-room.ts'
import type { AppContents } from '#core/restores/restore-app.ts'
import { createNodeTurns } from '#core/backups/node-turns.ts'
import { createAppStore } from '#store/app-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { transactionOf } from '#store/database.ts'
import { openTestDatabase } from '#test/test-database.ts'
import { createDrillStore } from '#store/drill-store.ts'
import { createRestoreStore } from '#store/restore-store.ts'
import { createTeamStore } from '#store/team-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createFakeWayBack } from '#test/fakes/way-back.ts'
import { composeWayBack } from '../src/compose-way-back.ts'

const GIB = 2 ** 30

/** What is there whether a daemon runs or not. */
export function createWayBackWorld() {
  const folder = mkdtempSync(`${tmpdir()}/vastrox-way-back-`)
  const clock = createFakeClock()
  const node: NodeNow = {
    cpus: 2,
    loadAverage: 0.1,
    memoryBytes: 4 * GIB,
    memoryAvailableBytes: 3 * GIB,
    disks: [],
  }
  return {
    folder,
    clock,
    node,
    fakes: createFakeWayBack(),
    newId: createNewId(() => clock.now().getTime()),
    removedVolumes: [] as string[],
    isNew: true,
    end: () => rmSync(folder, { recursive: true, force: true }),
  }
}
export type WayBackWorld = ReturnType<typeof createWayBackWorld>

interface Options {
  crashAt?: string
  contents?: AppContents
}

/** A daemon over a world, as far as it proves backups and puts them back. */
export function createWayBackHarness(
  world: WayBackWorld = createWayBackWorld(),
  { crashAt, contents = NO_APPS }: Options = {},
) {
  const { clock, fakes, newId } = world
  const db = openTestDatabase(`${world.folder}/control.db`, { create: world.isNew })
  const actor = owner()
  if (world.isNew)
    createTeamStore(db).insertForPlatform(actor.teamId, 'team', clock.now().toISOString())
  world.isNew = false
  let isDead = false
  const problems: string[] = []
  const news: BackupNews[] = []
  const listeners = new Set<(one: BackupNews) => void>()
  const events = createEventStream(clock)
  const audit = createAuditLog({ audit: createAuditStore(db), clock, key: Buffer.alloc(32, 7) })
  const deployed: string[] = []
  const turns = createNodeTurns()
  const drillNotes = new Map<string, unknown>()
  const outcomes: { state: string; reason: string | null }[] = []

  const parts = composeWayBack({
    db,
    servers: dying(fakes.servers, () => isDead),
    backups: dying(fakes.kept, () => isDead),
    addons: dying(fakes.addons, () => isDead),
    node: dying(fakes.node, () => isDead),
    agent: dying(
      {
        describe: async () => world.node,
        removeVolume: async (_appId: string, volumeId: string) => {
          world.removedVolumes.push(volumeId)
          fakes.volumes.delete(volumeId)
        },
      },
      () => isDead,
    ),
    deployments: {
      request: (_actor, app, { description }) => {
        deployed.push(`${app.name}: ${description}`)
        return { id: `deployment${deployed.length}` }
      },
      untilSwitched: async () => ({
        number: deployed.length,
        ...(outcomes.shift() ?? { state: 'live', reason: null }),
      }),
    },
    contents,
    turns,
    noteDrill: (backupId, note) => drillNotes.set(backupId, note),
    audit,
    events,
    noteNews(each) {
      if (isTrouble(each)) news.push(each)
      for (const listener of listeners) listener(each)
    },
    clock,
    newId,
    nodeName: 'local',
    crashPoint(name) {
      if (name !== crashAt) return
      isDead = true
      db.close()
      throw new Error('the daemon was killed')
    },
    onProblem: (what, error) => {
      if (!isDead) problems.push(`${what}: ${String(error)}`)
    },
  })

  return {
    ...world,
    ...parts,
    world,
    actor,
    db,
    apps: createAppStore(db),
    drillRows: createDrillStore(db),
    restoreRows: createRestoreStore(db),
    volumeRows: createVolumeStore(db),
    transact: transactionOf(db),
    audit,
    /** Of what went wrong. */
    news,
    /** Of all, that something is well again too. */
    onNews: (listener: (one: BackupNews) => void): void => void listeners.add(listener),
    drillNotes,
    turns,
    problems,
    deployed,
    outcomes,
    auditOf: (action: string) =>
      audit.list(actor, { limit: 200 }).items.filter((event) => event.action === action),
    isDead: () => isDead,
    async stop(): Promise<void> {
      const stopped = parts.stop()
      // Of a dead one nothing comes back.
      if (isDead) return
      await stopped
      db.close()
    },
  }
}
export type WayBackHarness = ReturnType<typeof createWayBackHarness>

const NO_APPS: AppContents = {
  deploy: () => Promise.reject(new Error('no app is restored here')),
  untilInForce: () => Promise.reject(new Error('no app is restored here')),
}

/** As a daemon that may die sees it: afterwards nothing reaches the other side, and nothing comes back. */
function dying<Port extends object>(port: Port, isDead: () => boolean): Port {
  return new Proxy(port, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) =>
        isDead() ? new Promise(() => {}) : Reflect.apply(value, target, args)
    },
  })
}
