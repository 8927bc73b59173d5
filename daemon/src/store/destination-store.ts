import type { Actor } from '@vastrox/shared/actor.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

/** Where backups are kept: a repository of one team's. */
export interface DestinationRecord {
  id: string
  teamId: string
  name: string
  kind: string
  /** Without what is secret. */
  settings: Record<string, string | number | boolean>
  /** JSON of the secret settings, sealed with `destinations|<id>|secrets_sealed`. */
  secretsSealed: Buffer
  /** What opens the repository, sealed with `destinations|<id>|password_sealed`. */
  passwordSealed: Buffer
  /** Of this destination alone, where several share a place. */
  folder: string
  /** What the repository calls itself; null until it was opened. */
  repositoryId: string | null
  isDefault: boolean
  uploadLimitKib: number | null
  sizeBytes: number | null
  freeBytes: number | null
  measuredAt: string | null
  checkedAt: string | null
  checkFailure: string | null
  /** Which part of the content the next weekly check reads again. */
  nextPart: number
  createdAt: string
}

interface Row {
  id: string
  team_id: string
  name: string
  kind: string
  settings_json: string
  secrets_sealed: Buffer
  password_sealed: Buffer
  folder: string
  repository_id: string | null
  is_default: number
  upload_limit_kib: number | null
  size_bytes: number | null
  free_bytes: number | null
  measured_at: string | null
  checked_at: string | null
  check_failure: string | null
  next_part: number
  created_at: string
}

const Settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

export function createDestinationStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO destinations (id, team_id, name, kind, settings_json, secrets_sealed,
       password_sealed, folder, repository_id, is_default, upload_limit_kib, size_bytes, free_bytes,
       measured_at, checked_at, check_failure, next_part, created_at)
     VALUES (@id, @team_id, @name, @kind, @settings_json, @secrets_sealed,
       @password_sealed, @folder, @repository_id, @is_default, @upload_limit_kib, @size_bytes,
       @free_bytes, @measured_at, @checked_at, @check_failure, @next_part, @created_at)
     ON CONFLICT (id) DO UPDATE SET settings_json = @settings_json,
       secrets_sealed = @secrets_sealed, repository_id = @repository_id,
       is_default = @is_default, upload_limit_kib = @upload_limit_kib, size_bytes = @size_bytes,
       free_bytes = @free_bytes, measured_at = @measured_at, checked_at = @checked_at,
       check_failure = @check_failure, next_part = @next_part
     WHERE team_id = @team_id`,
  )
  const ofTeam = db.prepare<[team: string], Row>(
    'SELECT * FROM destinations WHERE team_id = ? ORDER BY name',
  )
  const byName = db.prepare<[team: string, name: string], Row>(
    'SELECT * FROM destinations WHERE team_id = ? AND name = ?',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM destinations WHERE id = ?')
  const all = db.prepare<[], Row>('SELECT * FROM destinations ORDER BY id')
  const clearDefault = db.prepare<[team: string, except: string]>(
    'UPDATE destinations SET is_default = 0 WHERE team_id = ? AND id <> ?',
  )
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM destinations WHERE id = ? AND team_id = ?',
  )
  const isAny = db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM destinations)').pluck()

  return {
    list: (actor: Actor): DestinationRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    findByName: (actor: Actor, name: string): DestinationRecord | undefined =>
      optional(byName.get(actor.teamId, name)),
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,

    /** Where it is the default one, no other of its team is any longer. */
    saveForPlatform: (record: DestinationRecord): void => {
      upsert.run(toRow(record))
      if (record.isDefault) clearDefault.run(record.teamId, record.id)
    },
    findForPlatform: (id: string): DestinationRecord | undefined => optional(byId.get(id)),
    listOfTeamForPlatform: (teamId: string): DestinationRecord[] =>
      ofTeam.all(teamId).map(toRecord),
    listForPlatform: (): DestinationRecord[] => all.all().map(toRecord),
    isAnyForPlatform: (): boolean => isAny.get() === 1,
  }
}
export type DestinationStore = ReturnType<typeof createDestinationStore>

const optional = (row: Row | undefined): DestinationRecord | undefined => row && toRecord(row)

const toRecord = (row: Row): DestinationRecord => ({
  id: row.id,
  teamId: row.team_id,
  name: row.name,
  kind: row.kind,
  settings: fromJson(Settings, row.settings_json),
  secretsSealed: row.secrets_sealed,
  passwordSealed: row.password_sealed,
  folder: row.folder,
  repositoryId: row.repository_id,
  isDefault: row.is_default === 1,
  uploadLimitKib: row.upload_limit_kib,
  sizeBytes: row.size_bytes,
  freeBytes: row.free_bytes,
  measuredAt: row.measured_at,
  checkedAt: row.checked_at,
  checkFailure: row.check_failure,
  nextPart: row.next_part,
  createdAt: row.created_at,
})

const toRow = (record: DestinationRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  name: record.name,
  kind: record.kind,
  settings_json: JSON.stringify(record.settings),
  secrets_sealed: record.secretsSealed,
  password_sealed: record.passwordSealed,
  folder: record.folder,
  repository_id: record.repositoryId,
  is_default: record.isDefault ? 1 : 0,
  upload_limit_kib: record.uploadLimitKib,
  size_bytes: record.sizeBytes,
  free_bytes: record.freeBytes,
  measured_at: record.measuredAt,
  checked_at: record.checkedAt,
  check_failure: record.checkFailure,
  next_part: record.nextPart,
  created_at: record.createdAt,
})
