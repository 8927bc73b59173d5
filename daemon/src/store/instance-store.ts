import type { Actor } from '@vastrox/shared/actor.ts'
import type { ProcessLimits } from '@vastrox/shared/process.ts'
import { z } from 'zod'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

export const InstanceRecordState = z.enum([
  'starting',
  'live',
  'held',
  'warm',
  'draining',
  'crashed',
  'asleep',
])
/**
 * starting: being checked; live: routed; held: stopped so that another can have its volume, comes back
 * where that fails (rule D5); warm: replaced, unrouted, kept running while the new release
 * is watched; draining: on its way out; crashed: crash-looping: unrouted, tried again now and then;
 * asleep: stopped but kept, until somebody visits the app.
 */
export type InstanceRecordState = z.infer<typeof InstanceRecordState>

/** An instance that should exist. The row is written before its container is started (rule K3). */
export interface InstanceRecord {
  /** The container's name. */
  name: string
  teamId: string
  appId: string
  releaseId: string
  deploymentId: string
  process: string
  ordinal: number
  generation: number
  node: string
  host: string | null
  port: number | null
  state: InstanceRecordState
  /** Those it was started with; a change of the settings is for the instances after it. */
  limits: ProcessLimits
  createdAt: string
}

interface InstanceRow {
  name: string
  team_id: string
  app_id: string
  release_id: string
  deployment_id: string
  process: string
  ordinal: number
  generation: number
  node: string
  host: string | null
  port: number | null
  state: string
  memory_bytes: number
  cpu_millis: number
  stop_grace_ms: number
  created_at: string
}

/** Of an instance, how it stands. */
export type InstanceStanding = Pick<InstanceRecord, 'appId' | 'name' | 'state'>

export function createInstanceStore(db: Database) {
  const upsert = db.prepare<InstanceRow>(
    `INSERT INTO instances (name, team_id, app_id, release_id, deployment_id, process, ordinal,
       generation, node, host, port, state, memory_bytes, cpu_millis, stop_grace_ms, created_at)
     VALUES (@name, @team_id, @app_id, @release_id, @deployment_id, @process, @ordinal,
       @generation, @node, @host, @port, @state, @memory_bytes, @cpu_millis, @stop_grace_ms, @created_at)
     ON CONFLICT (name) DO UPDATE SET node = @node, host = @host, port = @port, state = @state`,
  )
  const ofApp = db.prepare<[appId: string], InstanceRow>(
    'SELECT * FROM instances WHERE app_id = ? ORDER BY generation, process, ordinal',
  )
  const statesOfApps = db.prepare<
    [appIdsJson: string],
    Pick<InstanceRow, 'app_id' | 'name' | 'state'>
  >(
    `SELECT app_id, name, state FROM json_each(?) AS wanted
     CROSS JOIN instances ON app_id = wanted.value`,
  )
  const all = db.prepare<[], InstanceRow>('SELECT * FROM instances ORDER BY app_id, name')
  const byName = db.prepare<[name: string], InstanceRow>('SELECT * FROM instances WHERE name = ?')
  const removeDrained = db.prepare<[name: string]>(
    "DELETE FROM instances WHERE name = ? AND state = 'draining'",
  )

  return {
    listForApp: (actor: Actor, appId: string): InstanceRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toInstance),

    /** Writes the row, or what may change of one that is there: place and state. */
    saveForPlatform: (instance: InstanceRecord): void => {
      upsert.run(toRow(instance))
    },
    listForAppForPlatform: (appId: string): InstanceRecord[] => ofApp.all(appId).map(toInstance),
    /** By app, where nothing more of them is asked: for lists of hundreds of apps. */
    listStatesForPlatform(appIds: readonly string[]): ReadonlyMap<string, InstanceStanding[]> {
      const rows = statesOfApps.all(JSON.stringify(appIds))
      return Map.groupBy(
        rows.map(({ app_id, name, state }) => ({
          appId: app_id,
          name,
          state: InstanceRecordState.parse(state),
        })),
        ({ appId }) => appId,
      )
    },
    listForPlatform: (): InstanceRecord[] => all.all().map(toInstance),
    findForPlatform: (name: string): InstanceRecord | undefined => {
      const row = byName.get(name)
      return row && toInstance(row)
    },
    /** Forgets one that was on its way out; one that has another state by now stays. */
    removeDrainedForPlatform: (name: string): void => {
      removeDrained.run(name)
    },
  }
}
export type InstanceStore = ReturnType<typeof createInstanceStore>

const toInstance = (row: InstanceRow): InstanceRecord => ({
  name: row.name,
  teamId: row.team_id,
  appId: row.app_id,
  releaseId: row.release_id,
  deploymentId: row.deployment_id,
  process: row.process,
  ordinal: row.ordinal,
  generation: row.generation,
  node: row.node,
  host: row.host,
  port: row.port,
  state: InstanceRecordState.parse(row.state),
  limits: {
    memoryBytes: row.memory_bytes,
    cpuMillis: row.cpu_millis,
    stopGraceMs: row.stop_grace_ms,
  },
  createdAt: row.created_at,
})

const toRow = (instance: InstanceRecord): InstanceRow => ({
  name: instance.name,
  team_id: instance.teamId,
  app_id: instance.appId,
  release_id: instance.releaseId,
  deployment_id: instance.deploymentId,
  process: instance.process,
  ordinal: instance.ordinal,
  generation: instance.generation,
  node: instance.node,
  host: instance.host,
  port: instance.port,
  state: instance.state,
  memory_bytes: instance.limits.memoryBytes,
  cpu_millis: instance.limits.cpuMillis,
  stop_grace_ms: instance.limits.stopGraceMs,
  created_at: instance.createdAt,
})
