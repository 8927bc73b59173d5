import type { Actor } from '@vastrox/shared/actor.ts'
import { BackupSubject, Drill, DrillCheck } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export type DrillCause = z.infer<typeof Cause>

export interface DrillRecord extends Drill {
  teamId: string
  cause: DrillCause
  attempts: number
  askedAt: string
  /** It is not begun before. */
  notBefore: string
}

interface Row {
  id: string
  team_id: string
  backup_id: string
  subject_type: string
  subject_id: string
  subject_name: string
  cause: string
  state: string
  attempts: number
  asked_at: string
  not_before: string
  started_at: string | null
  ended_at: string | null
  duration_ms: number | null
  checks_json: string
  reason: string | null
}

type SubjectKey = Pick<BackupSubject, 'type' | 'id'>

const Cause = z.enum(['after-backup', 'weekly', 'asked'])
const Checks = z.array(DrillCheck)
const { type: SubjectType } = BackupSubject.shape
const { state: State } = Drill.shape

/** Drills, those of a team for its own people; each subject keeps its last ones. */
export function createDrillStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO drills (id, team_id, backup_id, subject_type, subject_id, subject_name, cause,
       state, attempts, asked_at, not_before, started_at, ended_at, duration_ms, checks_json, reason)
     VALUES (@id, @team_id, @backup_id, @subject_type, @subject_id, @subject_name, @cause,
       @state, @attempts, @asked_at, @not_before, @started_at, @ended_at, @duration_ms,
       @checks_json, @reason)
     ON CONFLICT (id) DO UPDATE SET state = @state, attempts = @attempts, not_before = @not_before,
       started_at = @started_at, ended_at = @ended_at, duration_ms = @duration_ms,
       checks_json = @checks_json, reason = @reason`,
  )
  const prune = db.prepare<[type: string, id: string, type: string, id: string, kept: number]>(
    `DELETE FROM drills WHERE subject_type = ? AND subject_id = ? AND ended_at IS NOT NULL
     AND id NOT IN (SELECT id FROM drills WHERE subject_type = ? AND subject_id = ?
       ORDER BY id DESC LIMIT ?)`,
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM drills WHERE id = ?')
  const page = db.prepare<
    [team: string, before: string, type: string, id: string, backup: string, limit: number],
    Row
  >(
    `SELECT * FROM drills WHERE team_id = ? AND id < ? AND ? IN ('', subject_type)
     AND ? IN ('', subject_id) AND ? IN ('', backup_id) ORDER BY id DESC LIMIT ?`,
  )
  const open = db.prepare<[], Row>(
    'SELECT * FROM drills WHERE ended_at IS NULL ORDER BY not_before, id LIMIT 10000',
  )
  const isAnyOpen = db
    .prepare<[], number>('SELECT EXISTS (SELECT 1 FROM drills WHERE ended_at IS NULL)')
    .pluck()
  const judged = db.prepare<[type: string, id: string], Row>(
    `SELECT * FROM drills WHERE subject_type = ? AND subject_id = ?
     AND state IN ('proven', 'failed') ORDER BY ended_at DESC LIMIT 1`,
  )

  return {
    /** Newest first, those before the id. */
    listPage: (
      actor: Actor,
      filter: { subject?: SubjectKey | undefined; backupId?: string | undefined },
      before: string | undefined,
      limit: number,
    ): DrillRecord[] =>
      page
        .all(
          actor.teamId,
          before ?? '~',
          filter.subject?.type ?? '',
          filter.subject?.id ?? '',
          filter.backupId ?? '',
          limit,
        )
        .map(toDrill),
    find: (actor: Actor, id: string): DrillRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId ? toDrill(row) : undefined
    },

    /** Keeps the last ones of its subject besides those that wait. */
    saveForPlatform: (drill: DrillRecord, kept: number): void => {
      upsert.run(toRow(drill))
      const { type, id } = drill.subject
      prune.run(type, id, type, id, kept)
    },
    findForPlatform: (id: string): DrillRecord | undefined => {
      const row = byId.get(id)
      return row && toDrill(row)
    },
    /** Cheap: nothing of drills is loaded where none waits. */
    isAnyOpenForPlatform: (): boolean => isAnyOpen.get() === 1,
    /** Those that wait, and one that is under way: what is due first comes first. */
    listOpenForPlatform: (): DrillRecord[] => open.all().map(toDrill),
    /** The last that said yes or no. */
    newestJudgedForPlatform: ({ type, id }: SubjectKey): DrillRecord | undefined => {
      const row = judged.get(type, id)
      return row && toDrill(row)
    },
  }
}
export type DrillStore = ReturnType<typeof createDrillStore>

const toDrill = (row: Row): DrillRecord => ({
  id: row.id,
  teamId: row.team_id,
  backupId: row.backup_id,
  subject: {
    type: SubjectType.parse(row.subject_type),
    id: row.subject_id,
    name: row.subject_name,
  },
  cause: Cause.parse(row.cause),
  state: State.parse(row.state),
  attempts: row.attempts,
  askedAt: row.asked_at,
  notBefore: row.not_before,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  durationMs: row.duration_ms,
  checks: fromJson(Checks, row.checks_json),
  reason: row.reason,
})

const toRow = (drill: DrillRecord): Row => ({
  id: drill.id,
  team_id: drill.teamId,
  backup_id: drill.backupId,
  subject_type: drill.subject.type,
  subject_id: drill.subject.id,
  subject_name: drill.subject.name,
  cause: drill.cause,
  state: drill.state,
  attempts: drill.attempts,
  asked_at: drill.askedAt,
  not_before: drill.notBefore,
  started_at: drill.startedAt,
  ended_at: drill.endedAt,
  duration_ms: drill.durationMs,
  checks_json: JSON.stringify(drill.checks),
  reason: drill.reason,
})
