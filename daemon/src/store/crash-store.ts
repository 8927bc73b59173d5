import type { Actor } from '@vastrox/shared/actor.ts'
import { ChangeBefore, type CrashDetails } from '@vastrox/shared/process.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** How an instance, or a command of an app, ended by itself. */
export interface CrashRecord extends CrashDetails {
  teamId: string
  appId: string
  /** Of a command that was run once, or of a job's; null for an instance. */
  run: number | null
}

/** As it is written: its number is given by the store. */
export type NewCrash = Omit<CrashRecord, 'number'>

interface CrashRow {
  team_id: string
  app_id: string
  number: number
  instance: string
  process: string
  ordinal: number
  release_number: number
  exit_code: number | null
  signal: string | null
  oom_killed: number
  explanation: string | null
  memory_bytes: number
  requests_in_flight: number | null
  healthy_at: string | null
  lines_json: string
  details_json: string
  run_number: number | null
  at: string
}

const Lines = z.array(z.string())
/** Of one that was written by a version before, nothing. */
const Details = z.object({
  curve: z
    .object({
      times: z.array(z.number()),
      memory: z.array(z.number().nullable()),
      cpu: z.array(z.number().nullable()),
    })
    .default({ times: [], memory: [], cpu: [] }),
  changes: z.array(ChangeBefore).default([]),
})

/** The black box of each app: how its instances ended, newest first. */
export function createCrashStore(db: Database) {
  const insert = db.prepare<CrashRow>(
    `INSERT INTO crashes (team_id, app_id, number, instance, process, ordinal, release_number,
       exit_code, signal, oom_killed, explanation, memory_bytes, requests_in_flight, healthy_at,
       lines_json, details_json, run_number, at)
     VALUES (@team_id, @app_id, @number, @instance, @process, @ordinal, @release_number,
       @exit_code, @signal, @oom_killed, @explanation, @memory_bytes, @requests_in_flight, @healthy_at,
       @lines_json, @details_json, @run_number, @at)`,
  )
  const lastNumber = db
    .prepare<[appId: string], number | null>('SELECT max(number) FROM crashes WHERE app_id = ?')
    .pluck()
  const page = db.prepare<[appId: string, before: number, limit: number], CrashRow>(
    'SELECT * FROM crashes WHERE app_id = ? AND number < ? ORDER BY number DESC LIMIT ?',
  )
  const byNumber = db.prepare<[appId: string, number: number], CrashRow>(
    'SELECT * FROM crashes WHERE app_id = ? AND number = ?',
  )
  const lastOf = db.prepare<[instance: string], CrashRow>(
    'SELECT * FROM crashes WHERE instance = ? ORDER BY id DESC LIMIT 1',
  )
  const lastOfProcess = db.prepare<[appId: string, process: string], CrashRow>(
    `SELECT * FROM crashes WHERE app_id = ? AND process = ? AND run_number IS NULL
     ORDER BY id DESC LIMIT 1`,
  )
  const addInFlight = db.prepare<[more: number, appId: string, number: number]>(
    `UPDATE crashes SET requests_in_flight = coalesce(requests_in_flight, 0) + ?
     WHERE app_id = ? AND number = ?`,
  )
  const prune = db.prepare<{ app: string; isRun: number; kept: number }>(
    `DELETE FROM crashes WHERE app_id = @app AND (run_number IS NOT NULL) = @isRun AND id NOT IN (
       SELECT id FROM crashes WHERE app_id = @app AND (run_number IS NOT NULL) = @isRun
       ORDER BY id DESC LIMIT @kept)`,
  )

  return {
    /** Newest first, those whose number is below `before`. */
    listForApp: (
      actor: Actor,
      appId: string,
      limit: number,
      before = Number.MAX_SAFE_INTEGER,
    ): CrashRecord[] =>
      page
        .all(appId, before, limit)
        .filter((row) => isVisible(actor, row))
        .map(toCrash),
    find: (actor: Actor, appId: string, number: number): CrashRecord | undefined => {
      const row = byNumber.get(appId, number)
      return row && isVisible(actor, row) ? toCrash(row) : undefined
    },

    lastForPlatform: (instance: string): CrashRecord | undefined => {
      const row = lastOf.get(instance)
      return row && toCrash(row)
    },
    /** Of whichever instance of the process. */
    lastOfProcessForPlatform: (appId: string, process: string): CrashRecord | undefined => {
      const row = lastOfProcess.get(appId, process)
      return row && toCrash(row)
    },
    /** Keeps the app's last ones: of instances, or of what was run once. Gives its number. */
    insertForPlatform: (crash: NewCrash, kept: number): number => {
      const number = (lastNumber.get(crash.appId) ?? 0) + 1
      insert.run(toRow({ ...crash, number }))
      prune.run({ app: crash.appId, isRun: crash.run === null ? 0 : 1, kept })
      return number
    },
    /** The proxy has told of more requests that broke off with it. */
    addInFlightForPlatform: (appId: string, number: number, more: number): void => {
      addInFlight.run(more, appId, number)
    },
  }
}
export type CrashStore = ReturnType<typeof createCrashStore>

const toCrash = (row: CrashRow): CrashRecord => ({
  ...fromJson(Details, row.details_json),
  teamId: row.team_id,
  appId: row.app_id,
  number: row.number,
  instance: row.instance,
  process: row.process,
  ordinal: row.ordinal,
  release: row.release_number,
  exitCode: row.exit_code,
  signal: row.signal,
  oomKilled: row.oom_killed === 1,
  explanation: row.explanation,
  memoryBytes: row.memory_bytes,
  requestsInFlight: row.requests_in_flight,
  healthyAt: row.healthy_at,
  lines: fromJson(Lines, row.lines_json),
  run: row.run_number,
  at: row.at,
})

const toRow = (crash: CrashRecord): CrashRow => ({
  team_id: crash.teamId,
  app_id: crash.appId,
  number: crash.number,
  instance: crash.instance,
  process: crash.process,
  ordinal: crash.ordinal,
  release_number: crash.release,
  exit_code: crash.exitCode,
  signal: crash.signal,
  oom_killed: crash.oomKilled ? 1 : 0,
  explanation: crash.explanation,
  memory_bytes: crash.memoryBytes,
  requests_in_flight: crash.requestsInFlight,
  healthy_at: crash.healthyAt,
  lines_json: JSON.stringify(crash.lines),
  details_json: JSON.stringify({ curve: crash.curve, changes: crash.changes }),
  run_number: crash.run,
  at: crash.at,
})
