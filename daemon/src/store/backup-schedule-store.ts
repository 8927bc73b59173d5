import type { Actor } from '@vastrox/shared/actor.ts'
import { BackupSchedule, BackupSubject, Retention } from '@vastrox/shared/backup.ts'
import { type Database, fromJson } from '#store/database.ts'

/** When a subject is backed up, where to, and what is kept of it. */
export interface BackupScheduleRecord {
  id: string
  teamId: string
  subject: BackupSubject
  destinationId: string
  schedule: string
  /** null: UTC. */
  timeZone: string | null
  retention: Retention
  mode: BackupSchedule['mode']
  isEnabled: boolean
  /** Up to here every due time has been dealt with. */
  settledUntil: string
  /** Somebody was told that no backup came of it; null once one has. */
  overdueToldAt: string | null
  createdAt: string
}

interface Row {
  id: string
  team_id: string
  subject_type: string
  subject_id: string
  subject_name: string
  destination_id: string
  schedule: string
  time_zone: string | null
  retention_json: string
  mode: string
  is_enabled: number
  settled_until: string
  overdue_told_at: string | null
  created_at: string
}

const MAX_LISTED = 5_000

export function createBackupScheduleStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO backup_schedules (id, team_id, subject_type, subject_id, subject_name,
       destination_id, schedule, time_zone, retention_json, mode, is_enabled, settled_until,
       overdue_told_at, created_at)
     VALUES (@id, @team_id, @subject_type, @subject_id, @subject_name, @destination_id, @schedule,
       @time_zone, @retention_json, @mode, @is_enabled, @settled_until, @overdue_told_at,
       @created_at)
     ON CONFLICT (id) DO UPDATE SET schedule = @schedule, time_zone = @time_zone,
       retention_json = @retention_json, mode = @mode, is_enabled = @is_enabled,
       settled_until = @settled_until
     WHERE team_id = @team_id`,
  )
  const ofTeam = db.prepare<[team: string, limit: number], Row>(
    'SELECT * FROM backup_schedules WHERE team_id = ? ORDER BY id LIMIT ?',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM backup_schedules WHERE id = ?')
  const enabled = db.prepare<[limit: number], Row>(
    'SELECT * FROM backup_schedules WHERE is_enabled = 1 ORDER BY id LIMIT ?',
  )
  const ofPair = db.prepare<[type: string, id: string, destination: string], Row>(
    `SELECT * FROM backup_schedules WHERE subject_type = ? AND subject_id = ? AND destination_id = ?`,
  )
  const countOfDestination = db
    .prepare<[id: string], number>('SELECT count(*) FROM backup_schedules WHERE destination_id = ?')
    .pluck()
  const settle = db.prepare<[until: string, id: string]>(
    'UPDATE backup_schedules SET settled_until = ? WHERE id = ?',
  )
  // What is due counts from the beginning: the other one has no backup yet.
  const moveSubject = db.prepare<[to: string, type: string, from: string]>(
    `UPDATE backup_schedules SET subject_id = ?, settled_until = created_at
     WHERE subject_type = ? AND subject_id = ?`,
  )
  const setTold = db.prepare<[at: string | null, id: string]>(
    'UPDATE backup_schedules SET overdue_told_at = ? WHERE id = ?',
  )
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM backup_schedules WHERE id = ? AND team_id = ?',
  )

  return {
    list: (actor: Actor): BackupScheduleRecord[] =>
      ofTeam.all(actor.teamId, MAX_LISTED).map(toRecord),
    find: (actor: Actor, id: string): BackupScheduleRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId ? toRecord(row) : undefined
    },
    save: (_actor: Actor, record: BackupScheduleRecord): void => {
      upsert.run(toRow(record))
    },
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,

    listEnabledForPlatform: (): BackupScheduleRecord[] => enabled.all(MAX_LISTED).map(toRecord),
    findForPlatform: (id: string): BackupScheduleRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    /** The one of a subject at a destination. */
    findOfPairForPlatform: (
      { type, id }: Pick<BackupSubject, 'type' | 'id'>,
      destinationId: string,
    ): BackupScheduleRecord | undefined => {
      const row = ofPair.get(type, id, destinationId)
      return row && toRecord(row)
    },
    countOfDestinationForPlatform: (id: string): number => countOfDestination.get(id) ?? 0,
    settleForPlatform: (id: string, until: string): void => {
      settle.run(until, id)
    },
    /** Another has taken its place: it is backed up from now on, and soon for the first time. */
    moveSubjectForPlatform: (
      { type, id }: Pick<BackupSubject, 'type' | 'id'>,
      to: string,
    ): void => {
      moveSubject.run(to, type, id)
    },
    setOverdueToldForPlatform: (id: string, at: string | null): void => {
      setTold.run(at, id)
    },
  }
}
export type BackupScheduleStore = ReturnType<typeof createBackupScheduleStore>

const toRecord = (row: Row): BackupScheduleRecord => ({
  id: row.id,
  teamId: row.team_id,
  subject: {
    type: BackupSubject.shape.type.parse(row.subject_type),
    id: row.subject_id,
    name: row.subject_name,
  },
  destinationId: row.destination_id,
  schedule: row.schedule,
  timeZone: row.time_zone,
  retention: fromJson(Retention, row.retention_json),
  mode: BackupSchedule.shape.mode.parse(row.mode),
  isEnabled: row.is_enabled === 1,
  settledUntil: row.settled_until,
  overdueToldAt: row.overdue_told_at,
  createdAt: row.created_at,
})

const toRow = (record: BackupScheduleRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  subject_type: record.subject.type,
  subject_id: record.subject.id,
  subject_name: record.subject.name,
  destination_id: record.destinationId,
  schedule: record.schedule,
  time_zone: record.timeZone,
  retention_json: JSON.stringify(record.retention),
  mode: record.mode,
  is_enabled: record.isEnabled ? 1 : 0,
  settled_until: record.settledUntil,
  overdue_told_at: record.overdueToldAt,
  created_at: record.createdAt,
})
