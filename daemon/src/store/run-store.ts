import type { Actor } from '@vastrox/shared/actor.ts'
import { RunKind, RunState } from '@vastrox/shared/run.ts'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** A command in a container of its own. The row is written before the container exists (rule K3). */
export interface RunRecord {
  id: string
  teamId: string
  appId: string
  /** Counts up per app. */
  number: number
  kind: RunKind
  releaseNumber: number | null
  jobId: string | null
  deploymentNumber: number | null
  /** As it may be shown. */
  command: string
  state: RunState
  exitCode: number | null
  oomKilled: boolean
  reason: string | null
  actor: string
  actorId: string
  dueAt: string | null
  startedAt: string
  endedAt: string | null
}

interface RunRow {
  id: string
  team_id: string
  app_id: string
  number: number
  kind: string
  release_number: number | null
  job_id: string | null
  deployment_number: number | null
  command: string
  state: string
  exit_code: number | null
  oom_killed: number
  reason: string | null
  actor: string
  actor_id: string
  due_at: string | null
  started_at: string
  ended_at: string | null
}

export function createRunStore(db: Database) {
  const upsert = db.prepare<RunRow>(
    `INSERT INTO runs (id, team_id, app_id, number, kind, release_number, job_id, deployment_number,
       command, state, exit_code, oom_killed, reason, actor, actor_id, due_at, started_at, ended_at)
     VALUES (@id, @team_id, @app_id, @number, @kind, @release_number, @job_id, @deployment_number,
       @command, @state, @exit_code, @oom_killed, @reason, @actor, @actor_id, @due_at, @started_at, @ended_at)
     ON CONFLICT (id) DO UPDATE SET state = @state, exit_code = @exit_code, oom_killed = @oom_killed,
       reason = @reason, ended_at = @ended_at`,
  )
  const byId = db.prepare<[id: string], RunRow>('SELECT * FROM runs WHERE id = ?')
  const byNumber = db.prepare<[appId: string, number: number], RunRow>(
    'SELECT * FROM runs WHERE app_id = ? AND number = ?',
  )
  const pageOfApp = db.prepare<[appId: string, before: number, limit: number], RunRow>(
    'SELECT * FROM runs WHERE app_id = ? AND number < ? ORDER BY number DESC LIMIT ?',
  )
  const pageOfJob = db.prepare<[jobId: string, before: number, limit: number], RunRow>(
    'SELECT * FROM runs WHERE job_id = ? AND number < ? ORDER BY number DESC LIMIT ?',
  )
  const inState = db.prepare<[state: string], RunRow>(
    'SELECT * FROM runs WHERE state = ? ORDER BY started_at, number',
  )
  const pruneApp = db.prepare<[appId: string, same: string, kept: number]>(
    `DELETE FROM runs WHERE app_id = ? AND job_id IS NULL AND state <> 'running' AND number NOT IN (
       SELECT number FROM runs WHERE app_id = ? AND job_id IS NULL ORDER BY number DESC LIMIT ?)`,
  )
  const pruneJob = db.prepare<[jobId: string, same: string, kept: number]>(
    `DELETE FROM runs WHERE job_id = ? AND state <> 'running' AND number NOT IN (
       SELECT number FROM runs WHERE job_id = ? ORDER BY number DESC LIMIT ?)`,
  )
  const removeJob = db.prepare<[jobId: string]>(
    "DELETE FROM runs WHERE job_id = ? AND state <> 'running'",
  )
  const visible = (actor: Actor, rows: RunRow[]): RunRecord[] =>
    rows.filter((row) => isVisible(actor, row)).map(toRun)

  return {
    /** Newest first, below the number. */
    listPage: (actor: Actor, appId: string, before: number, limit: number): RunRecord[] =>
      visible(actor, pageOfApp.all(appId, before, limit)),
    listPageOfJob: (actor: Actor, jobId: string, before: number, limit: number): RunRecord[] =>
      visible(actor, pageOfJob.all(jobId, before, limit)),
    findByNumber: (actor: Actor, appId: string, number: number): RunRecord | undefined => {
      const row = byNumber.get(appId, number)
      return row && isVisible(actor, row) ? toRun(row) : undefined
    },

    /** Writes the row, or what may change of one that is there: how it is going. */
    saveForPlatform: (run: RunRecord): void => {
      upsert.run(toRow(run))
    },
    findForPlatform: (id: string): RunRecord | undefined => {
      const row = byId.get(id)
      return row && toRun(row)
    },
    listInStateForPlatform: (state: RunState): RunRecord[] => inState.all(state).map(toRun),
    /** Newest first. */
    listOfJobForPlatform: (jobId: string, limit: number): RunRecord[] =>
      pageOfJob.all(jobId, Number.MAX_SAFE_INTEGER, limit).map(toRun),
    /** The history of a job that is no more. */
    removeOfJobForPlatform: (jobId: string): void => {
      removeJob.run(jobId)
    },
    /** Forgets all but the last that have ended, with their logs. */
    pruneForPlatform: ({ appId, jobId }: RunRecord, kept: number): void => {
      if (jobId === null) pruneApp.run(appId, appId, kept)
      else pruneJob.run(jobId, jobId, kept)
    },
  }
}
export type RunStore = ReturnType<typeof createRunStore>

const toRun = (row: RunRow): RunRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  number: row.number,
  kind: RunKind.parse(row.kind),
  releaseNumber: row.release_number,
  jobId: row.job_id,
  deploymentNumber: row.deployment_number,
  command: row.command,
  state: RunState.parse(row.state),
  exitCode: row.exit_code,
  oomKilled: row.oom_killed === 1,
  reason: row.reason,
  actor: row.actor,
  actorId: row.actor_id,
  dueAt: row.due_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
})

const toRow = (run: RunRecord): RunRow => ({
  id: run.id,
  team_id: run.teamId,
  app_id: run.appId,
  number: run.number,
  kind: run.kind,
  release_number: run.releaseNumber,
  job_id: run.jobId,
  deployment_number: run.deploymentNumber,
  command: run.command,
  state: run.state,
  exit_code: run.exitCode,
  oom_killed: run.oomKilled ? 1 : 0,
  reason: run.reason,
  actor: run.actor,
  actor_id: run.actorId,
  due_at: run.dueAt,
  started_at: run.startedAt,
  ended_at: run.endedAt,
})
