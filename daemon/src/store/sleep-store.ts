import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** One time that an app was asleep. */
export interface SleepRecord {
  teamId: string
  appId: string
  beganAt: string
  /** null while it sleeps. */
  endedAt: string | null
  /** What its instances had in use before. */
  memoryBytes: number
  /** How long visitors waited for it to wake; null where nobody did. */
  wakeMs: number | null
}

interface SleepRow {
  team_id: string
  app_id: string
  began_at: string
  ended_at: string | null
  memory_bytes: number
  wake_ms: number | null
}

export function createSleepStore(db: Database) {
  const insert = db.prepare<SleepRow>(
    `INSERT INTO sleeps (team_id, app_id, began_at, ended_at, memory_bytes, wake_ms)
     VALUES (@team_id, @app_id, @began_at, @ended_at, @memory_bytes, @wake_ms)`,
  )
  const end = db.prepare<[endedAt: string, wakeMs: number | null, appId: string]>(
    'UPDATE sleeps SET ended_at = ?, wake_ms = ? WHERE app_id = ? AND ended_at IS NULL',
  )
  const since = db.prepare<[appId: string, at: string], SleepRow>(
    'SELECT * FROM sleeps WHERE app_id = ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY began_at',
  )
  const prune = db.prepare<[before: string]>('DELETE FROM sleeps WHERE ended_at < ?')

  return {
    beginForPlatform: (sleep: Omit<SleepRecord, 'endedAt' | 'wakeMs'>): void => {
      insert.run({
        team_id: sleep.teamId,
        app_id: sleep.appId,
        began_at: sleep.beganAt,
        ended_at: null,
        memory_bytes: sleep.memoryBytes,
        wake_ms: null,
      })
    },
    /** Nothing happens to an app that is awake. */
    endForPlatform: (appId: string, at: string, wakeMs: number | null): void => {
      end.run(at, wakeMs, appId)
    },
    /** Those that had not ended before, oldest first. */
    listSince: (actor: Actor, appId: string, at: string): SleepRecord[] =>
      since
        .all(appId, at)
        .filter((row) => isVisible(actor, row))
        .map(toSleep),
    pruneForPlatform: (before: string): void => {
      prune.run(before)
    },
  }
}
export type SleepStore = ReturnType<typeof createSleepStore>

const toSleep = (row: SleepRow): SleepRecord => ({
  teamId: row.team_id,
  appId: row.app_id,
  beganAt: row.began_at,
  endedAt: row.ended_at,
  memoryBytes: row.memory_bytes,
  wakeMs: row.wake_ms,
})
