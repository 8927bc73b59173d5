import type { Actor } from '@vastrox/shared/actor.ts'
import type { Crash } from '@vastrox/shared/process.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** How an instance ended by itself. */
export interface CrashRecord extends Crash {
  teamId: string
  appId: string
  /** The container's name. */
  instance: string
}

interface CrashRow {
  team_id: string
  app_id: string
  instance: string
  process: string
  ordinal: number
  release_number: number
  exit_code: number | null
  oom_killed: number
  memory_bytes: number
  lines_json: string
  at: string
}

const Lines = z.array(z.string())

/** The black box of each app: how its instances ended, newest first. */
export function createCrashStore(db: Database) {
  const insert = db.prepare<CrashRow>(
    `INSERT INTO crashes (team_id, app_id, instance, process, ordinal, release_number, exit_code,
       oom_killed, memory_bytes, lines_json, at)
     VALUES (@team_id, @app_id, @instance, @process, @ordinal, @release_number, @exit_code,
       @oom_killed, @memory_bytes, @lines_json, @at)`,
  )
  const ofApp = db.prepare<[appId: string, limit: number], CrashRow>(
    'SELECT * FROM crashes WHERE app_id = ? ORDER BY id DESC LIMIT ?',
  )
  const lastOf = db.prepare<[instance: string], CrashRow>(
    'SELECT * FROM crashes WHERE instance = ? ORDER BY id DESC LIMIT 1',
  )
  const prune = db.prepare<[appId: string, sameAppId: string, kept: number]>(
    `DELETE FROM crashes WHERE app_id = ? AND id NOT IN (
       SELECT id FROM crashes WHERE app_id = ? ORDER BY id DESC LIMIT ?)`,
  )

  return {
    listForApp: (actor: Actor, appId: string, limit: number): CrashRecord[] =>
      ofApp
        .all(appId, limit)
        .filter((row) => isVisible(actor, row))
        .map(toCrash),

    lastForPlatform: (instance: string): CrashRecord | undefined => {
      const row = lastOf.get(instance)
      return row && toCrash(row)
    },
    /** Keeps the app's last ones. */
    insertForPlatform: (crash: CrashRecord, kept: number): void => {
      insert.run(toRow(crash))
      prune.run(crash.appId, crash.appId, kept)
    },
  }
}
export type CrashStore = ReturnType<typeof createCrashStore>

const toCrash = (row: CrashRow): CrashRecord => ({
  teamId: row.team_id,
  appId: row.app_id,
  instance: row.instance,
  process: row.process,
  ordinal: row.ordinal,
  release: row.release_number,
  exitCode: row.exit_code,
  oomKilled: row.oom_killed === 1,
  memoryBytes: row.memory_bytes,
  lines: fromJson(Lines, row.lines_json),
  at: row.at,
})

const toRow = (crash: CrashRecord): CrashRow => ({
  team_id: crash.teamId,
  app_id: crash.appId,
  instance: crash.instance,
  process: crash.process,
  ordinal: crash.ordinal,
  release_number: crash.release,
  exit_code: crash.exitCode,
  oom_killed: crash.oomKilled ? 1 : 0,
  memory_bytes: crash.memoryBytes,
  lines_json: JSON.stringify(crash.lines),
  at: crash.at,
})
