import type { Actor } from '@vastrox/shared/actor.ts'
import { BackupSubject, CreateRestore, DrillCheck, Restore } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface RestoreRecord extends Restore {
  teamId: string
  /** Of the new one. */
  name: string | null
  paths: string[]
  /** Who asked for it. */
  by: z.infer<typeof By>
  /** The add-on or volume that it makes, known before it is made (rule K3). */
  madeId: string | null
  /** From then on what was there is written over. */
  isTouched: boolean
  /** Of the app, which brings what was restored into force. */
  deploymentId: string | null
}

interface Row {
  id: string
  team_id: string
  backup_id: string | null
  subject_type: string
  subject_id: string
  subject_name: string
  how: string
  name: string | null
  paths_json: string
  by_json: string
  state: string
  progress: number | null
  target: string | null
  made_id: string | null
  is_touched: number
  deployment_id: string | null
  safety_backup_id: string | null
  checks_json: string
  reason: string | null
  started_at: string
  ended_at: string | null
}

const By = z.object({
  kind: z.enum(['user', 'token', 'system']),
  id: z.string(),
  name: z.string(),
  userId: z.string().nullable(),
})
const Checks = z.array(DrillCheck)
const Paths = z.array(z.string())
const { type: SubjectType } = BackupSubject.shape
const { how: How } = CreateRestore.shape
const { state: State } = Restore.shape

/** What was put back, or is being; of a team, for its own people. */
export function createRestoreStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO restores (id, team_id, backup_id, subject_type, subject_id, subject_name, how,
       name, paths_json, by_json, state, progress, target, made_id, is_touched, deployment_id,
       safety_backup_id, checks_json, reason, started_at, ended_at)
     VALUES (@id, @team_id, @backup_id, @subject_type, @subject_id, @subject_name, @how,
       @name, @paths_json, @by_json, @state, @progress, @target, @made_id, @is_touched,
       @deployment_id, @safety_backup_id, @checks_json, @reason, @started_at, @ended_at)
     ON CONFLICT (id) DO UPDATE SET state = @state, progress = @progress, target = @target,
       made_id = @made_id, is_touched = @is_touched, deployment_id = @deployment_id, safety_backup_id = @safety_backup_id,
       checks_json = @checks_json, reason = @reason, ended_at = @ended_at`,
  )
  const prune = db.prepare<[team: string, team: string, kept: number]>(
    `DELETE FROM restores WHERE team_id = ? AND ended_at IS NOT NULL
     AND id NOT IN (SELECT id FROM restores WHERE team_id = ? ORDER BY id DESC LIMIT ?)`,
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM restores WHERE id = ?')
  const page = db.prepare<[team: string, before: string, limit: number], Row>(
    'SELECT * FROM restores WHERE team_id = ? AND id < ? ORDER BY id DESC LIMIT ?',
  )
  const isAnyOpen = db
    .prepare<[], number>('SELECT EXISTS (SELECT 1 FROM restores WHERE ended_at IS NULL)')
    .pluck()
  const open = db.prepare<[], Row>(
    'SELECT * FROM restores WHERE ended_at IS NULL ORDER BY id LIMIT 1000',
  )

  return {
    /** Newest first, those before the id. */
    listPage: (actor: Actor, before: string | undefined, limit: number): RestoreRecord[] =>
      page.all(actor.teamId, before ?? '~', limit).map(toRestore),
    find: (actor: Actor, id: string): RestoreRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId ? toRestore(row) : undefined
    },

    /** Keeps the last ones of the team besides those under way. */
    saveForPlatform: (restore: RestoreRecord, kept: number): void => {
      upsert.run(toRow(restore))
      prune.run(restore.teamId, restore.teamId, kept)
    },
    findForPlatform: (id: string): RestoreRecord | undefined => {
      const row = byId.get(id)
      return row && toRestore(row)
    },
    /** Cheap: nothing of restores is loaded where none waits. */
    isAnyOpenForPlatform: (): boolean => isAnyOpen.get() === 1,
    /** In the order in which they were asked for. */
    listOpenForPlatform: (): RestoreRecord[] => open.all().map(toRestore),
  }
}
export type RestoreStore = ReturnType<typeof createRestoreStore>

const toRestore = (row: Row): RestoreRecord => ({
  id: row.id,
  teamId: row.team_id,
  backupId: row.backup_id,
  subject: {
    type: SubjectType.parse(row.subject_type),
    id: row.subject_id,
    name: row.subject_name,
  },
  how: How.parse(row.how),
  name: row.name,
  paths: fromJson(Paths, row.paths_json),
  by: fromJson(By, row.by_json),
  state: State.parse(row.state),
  progress: row.progress,
  target: row.target,
  madeId: row.made_id,
  isTouched: row.is_touched === 1,
  deploymentId: row.deployment_id,
  safetyBackupId: row.safety_backup_id,
  checks: fromJson(Checks, row.checks_json),
  reason: row.reason,
  startedAt: row.started_at,
  endedAt: row.ended_at,
})

const toRow = (restore: RestoreRecord): Row => ({
  id: restore.id,
  team_id: restore.teamId,
  backup_id: restore.backupId,
  subject_type: restore.subject.type,
  subject_id: restore.subject.id,
  subject_name: restore.subject.name,
  how: restore.how,
  name: restore.name,
  paths_json: JSON.stringify(restore.paths),
  by_json: JSON.stringify(restore.by),
  state: restore.state,
  progress: restore.progress,
  target: restore.target,
  made_id: restore.madeId,
  is_touched: restore.isTouched ? 1 : 0,
  deployment_id: restore.deploymentId,
  safety_backup_id: restore.safetyBackupId,
  checks_json: JSON.stringify(restore.checks),
  reason: restore.reason,
  started_at: restore.startedAt,
  ended_at: restore.endedAt,
})
