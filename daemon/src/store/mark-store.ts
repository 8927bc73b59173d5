import { DeploymentState, DeploymentTrigger } from '@vastrox/shared/deployment.ts'
import type { Database } from '#store/database.ts'

interface Between {
  app: string
  from: string
  to: string
  limit: number
}

interface DeploymentRow {
  number: number
  state: string
  trigger: string
  at: string
  switched: number
  release: number | null
}

/** What happened to an app between two moments, the newest first, for the marks on its charts. */
export function createMarkStore(db: Database) {
  // By when it was asked for, so that the index is of use: one takes no more than a few hours.
  const deployments = db.prepare<Between & { asked: string }, DeploymentRow>(
    `SELECT d.number, d.state, d.trigger, coalesce(d.switched_at, d.created_at) AS at,
       d.switched_at IS NOT NULL AS switched, r.number AS release
     FROM deployments d LEFT JOIN releases r ON r.id = d.release_id
     WHERE d.app_id = @app AND d.created_at >= @asked AND d.created_at < @to
       AND coalesce(d.switched_at, d.created_at) >= @from AND coalesce(d.switched_at, d.created_at) < @to
     ORDER BY d.number DESC LIMIT @limit`,
  )
  const crashes = db.prepare<
    Between,
    {
      at: string
      number: number
      process: string
      ordinal: number
      exit_code: number | null
      oom_killed: number
    }
  >(
    `SELECT at, number, process, ordinal, exit_code, oom_killed FROM crashes
     WHERE app_id = @app AND at >= @from AND at < @to ORDER BY id DESC LIMIT @limit`,
  )
  const envChanges = db.prepare<Between, { at: string; number: number; actor: string }>(
    `SELECT at, number, actor FROM env_changes
     WHERE app_id = @app AND at >= @from AND at < @to ORDER BY number DESC LIMIT @limit`,
  )

  const alerts = db.prepare<
    { team: string; app: string | null; kinds: string; subject: string | null } & Omit<
      Between,
      'app'
    >,
    { at: string; title: string; link: string }
  >(
    `SELECT fired_at AS at, title, link FROM alerts
     WHERE team_id = @team AND fired_at >= @from AND fired_at < @to AND because_of IS NULL
       AND (app_id = @app OR (@app IS NULL AND instr(@kinds, subject_kind) > 0
         AND (@subject IS NULL OR subject_id = @subject)))
     ORDER BY fired_at DESC LIMIT @limit`,
  )

  return {
    /** Of an app, or those about things of those kinds, or about one of them. */
    alertsForPlatform: (
      team: string,
      about: { app: string } | { kinds: readonly string[]; subject?: string },
      between: Omit<Between, 'app'>,
    ) =>
      alerts.all({
        ...between,
        team,
        app: 'app' in about ? about.app : null,
        kinds: 'app' in about ? '' : about.kinds.join(' '),
        subject: 'app' in about ? null : (about.subject ?? null),
      }),
    deploymentsForPlatform: (between: Between) =>
      deployments
        .all({
          ...between,
          asked: new Date(Date.parse(between.from) - LONGEST_MS).toISOString(),
        })
        .map(({ state, trigger, switched, ...row }) => ({
          ...row,
          state: DeploymentState.parse(state),
          trigger: DeploymentTrigger.parse(trigger),
          isSwitched: switched === 1,
        })),
    crashesForPlatform: (between: Between) =>
      crashes.all(between).map((row) => ({
        at: row.at,
        number: row.number,
        process: row.process,
        ordinal: row.ordinal,
        exitCode: row.exit_code,
        oomKilled: row.oom_killed === 1,
      })),
    envChangesForPlatform: (between: Between) => envChanges.all(between),
  }
}
export type MarkStore = ReturnType<typeof createMarkStore>

const LONGEST_MS = 12 * 3_600_000
