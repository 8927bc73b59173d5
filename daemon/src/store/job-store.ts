import type { Actor } from '@vastrox/shared/actor.ts'
import { Overlap, ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** A command that runs at certain times. */
export interface JobRecord {
  id: string
  teamId: string
  appId: string
  name: string
  origin: ScheduledJob['origin']
  schedule: string
  timeZone: string
  command: string
  overlap: Overlap
  timeoutMs: number
  memoryBytes: number | null
  runLate: boolean
  enabled: boolean
  /** Every time up to here has been dealt with. */
  settledUntil: string
  createdAt: string
  changedAt: string
}

interface JobRow {
  id: string
  team_id: string
  app_id: string
  name: string
  origin: string
  schedule: string
  time_zone: string
  command: string
  overlap: string
  timeout_ms: number
  memory_bytes: number | null
  run_late: number
  enabled: number
  settled_until: string
  created_at: string
  changed_at: string
}

export function createJobStore(db: Database) {
  const upsert = db.prepare<JobRow>(
    `INSERT INTO scheduled_jobs (id, team_id, app_id, name, origin, schedule, time_zone, command,
       overlap, timeout_ms, memory_bytes, run_late, enabled, settled_until, created_at, changed_at)
     VALUES (@id, @team_id, @app_id, @name, @origin, @schedule, @time_zone, @command,
       @overlap, @timeout_ms, @memory_bytes, @run_late, @enabled, @settled_until, @created_at, @changed_at)
     ON CONFLICT (id) DO UPDATE SET origin = @origin, schedule = @schedule, time_zone = @time_zone,
       command = @command, overlap = @overlap, timeout_ms = @timeout_ms, memory_bytes = @memory_bytes,
       run_late = @run_late, enabled = @enabled, settled_until = @settled_until, changed_at = @changed_at`,
  )
  const ofApp = db.prepare<[appId: string], JobRow>(
    'SELECT * FROM scheduled_jobs WHERE app_id = ? ORDER BY name',
  )
  const byName = db.prepare<[appId: string, name: string], JobRow>(
    'SELECT * FROM scheduled_jobs WHERE app_id = ? AND name = ?',
  )
  const byId = db.prepare<[id: string], JobRow>('SELECT * FROM scheduled_jobs WHERE id = ?')
  /** Of apps that are there, wanted and live. */
  const due = db.prepare<[], JobRow>(
    `SELECT scheduled_jobs.* FROM scheduled_jobs JOIN apps ON apps.id = app_id
     WHERE enabled = 1 AND wanted = 1 AND live_release_id IS NOT NULL AND destroyed_at IS NULL
     ORDER BY scheduled_jobs.id`,
  )
  const settle = db.prepare<[until: string, id: string]>(
    'UPDATE scheduled_jobs SET settled_until = ? WHERE id = ?',
  )
  const remove = db.prepare<[id: string]>('DELETE FROM scheduled_jobs WHERE id = ?')

  return {
    listForApp: (actor: Actor, appId: string): JobRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toJob),
    findByName: (actor: Actor, appId: string, name: string): JobRecord | undefined => {
      const row = byName.get(appId, name)
      return row && isVisible(actor, row) ? toJob(row) : undefined
    },

    saveForPlatform: (job: JobRecord): void => {
      upsert.run(toRow(job))
    },
    listForAppForPlatform: (appId: string): JobRecord[] => ofApp.all(appId).map(toJob),
    findForPlatform: (id: string): JobRecord | undefined => {
      const row = byId.get(id)
      return row && toJob(row)
    },
    /** Those that are to run at their times: switched on, of apps that are live and not stopped. */
    listActiveForPlatform: (): JobRecord[] => due.all().map(toJob),
    settleForPlatform: (id: string, until: string): void => {
      settle.run(until, id)
    },
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
  }
}
export type JobStore = ReturnType<typeof createJobStore>

const toJob = (row: JobRow): JobRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  name: row.name,
  origin: ScheduledJob.shape.origin.parse(row.origin),
  schedule: row.schedule,
  timeZone: row.time_zone,
  command: row.command,
  overlap: Overlap.parse(row.overlap),
  timeoutMs: row.timeout_ms,
  memoryBytes: row.memory_bytes,
  runLate: row.run_late === 1,
  enabled: row.enabled === 1,
  settledUntil: row.settled_until,
  createdAt: row.created_at,
  changedAt: row.changed_at,
})

const toRow = (job: JobRecord): JobRow => ({
  id: job.id,
  team_id: job.teamId,
  app_id: job.appId,
  name: job.name,
  origin: job.origin,
  schedule: job.schedule,
  time_zone: job.timeZone,
  command: job.command,
  overlap: job.overlap,
  timeout_ms: job.timeoutMs,
  memory_bytes: job.memoryBytes,
  run_late: job.runLate ? 1 : 0,
  enabled: job.enabled ? 1 : 0,
  settled_until: job.settledUntil,
  created_at: job.createdAt,
  changed_at: job.changedAt,
})
