import type { Actor } from '@vastrox/shared/actor.ts'
import { Backup, BackupMode, BackupState, BackupSubject } from '@vastrox/shared/backup.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

/** What was known of the content when it was backed up: what a drill compares with (rule B1). */
export const BackupManifest = z.object({
  /** The one file of a dump or a tar of ours; null for the files of a volume. */
  fileName: z.string().nullable(),
  /** Rows per table, and whatever else can be counted, before and after: the content lies between. */
  counts: z
    .object({
      before: z.record(z.string(), z.number()),
      after: z.record(z.string(), z.number()),
    })
    .nullable(),
  sizeBytes: z.int(),
  sha256: z.string().nullable(),
  toolVersion: z.string(),
  files: z.int(),
  /** `postgresql 15` of an add-on; what a restore needs to know of where it came from. */
  origin: z.record(z.string(), z.string()).default({}),
  /** Files that changed or went while they were read. */
  warnings: z.array(z.string()).max(50),
})
export type BackupManifest = z.infer<typeof BackupManifest>

const DrillNote = Backup.shape.drill
export type DrillNote = z.infer<typeof DrillNote>

/** `safety`: of what is there, before a restore writes over it. */
const Purpose = z.enum(['asked', 'schedule', 'safety'])
const WantedMode = z.enum(['live', 'paused', 'stopped'])

export interface BackupRecord {
  /** In the order in which they were asked for; given by the database. */
  seq: number
  id: string
  teamId: string
  groupId: string
  node: string
  subject: BackupSubject
  /** The app that it is of; null for add-ons and the platform. */
  appId: string | null
  destinationId: string
  scheduleId: string | null
  purpose: z.infer<typeof Purpose>
  /** Who asked for it. */
  actor: string
  state: BackupState
  wantedMode: z.infer<typeof WantedMode>
  mode: BackupMode | null
  allowSmaller: boolean
  isKept: boolean
  attempts: number
  snapshotId: string | null
  /** It failed, and something of it may be at the destination: it is looked for there, and removed. */
  mayLinger: boolean
  /** Its app was stopped for it, and is started again whatever becomes of it. */
  holdsApp: boolean
  sizeBytes: number | null
  addedBytes: number | null
  reason: string | null
  manifest: BackupManifest | null
  /** Its content was read again and is what was written. */
  verifiedAt: string | null
  /** What a check has found to be wrong with it. */
  damage: string | null
  /** The newest drill of it that ended. */
  drill: DrillNote
  /** When it was last restored for proof. */
  provenAt: string | null
  /** When it counts as made, for retention: its own time, unless the clock had been moved. */
  countedAt: string
  askedAt: string
  startedAt: string | null
  endedAt: string | null
}

interface Row {
  seq: number
  id: string
  team_id: string
  group_id: string
  node: string
  subject_type: string
  subject_id: string
  subject_name: string
  app_id: string | null
  destination_id: string
  schedule_id: string | null
  purpose: string
  actor: string
  state: string
  wanted_mode: string
  mode: string | null
  allow_smaller: number
  is_kept: number
  attempts: number
  snapshot_id: string | null
  may_linger: number
  holds_app: number
  size_bytes: number | null
  added_bytes: number | null
  reason: string | null
  manifest_json: string | null
  verified_at: string | null
  damage: string | null
  drill_json: string | null
  proven_at: string | null
  counted_at: string | null
  asked_at: string
  started_at: string | null
  ended_at: string | null
}

export interface BackupFilter {
  subject?: { type: string; id: string } | undefined
  destinationId?: string | undefined
  state?: BackupState | undefined
  groupId?: string | undefined
  /** Of that app, and of the groups that were made for it. */
  appId?: string | undefined
}

/** Of a backup, what says whether there is a way back, and what it takes. */
export type ProofRow = Pick<
  BackupRecord,
  'startedAt' | 'damage' | 'provenAt' | 'sizeBytes' | 'addedBytes'
> & {
  state: string
  drill: { state: string; durationMs: number | null; reason: string | null } | null
}

interface RawProofRow
  extends Pick<
    Row,
    'state' | 'started_at' | 'damage' | 'proven_at' | 'size_bytes' | 'added_bytes'
  > {
  place: number
  drill_state: string | null
  drill_ms: number | null
  drill_reason: string | null
}

interface PageWish {
  team: string
  before: number
  type: string | null
  subject: string | null
  destination: string | null
  state: string | null
  group: string | null
  app: string | null
  limit: number
}

type SubjectKey = Pick<BackupSubject, 'type' | 'id'>

/** Rows of one subject at one destination that are looked at, newest first. */
const MOST_OF_SUBJECT = 5_000
const MAX_UNDER_WAY = 10_000

export function createBackupStore(db: Database) {
  const insert = db.prepare<Omit<Row, 'seq'>>(
    `INSERT INTO backups (id, team_id, group_id, node, subject_type, subject_id, subject_name, app_id,
       destination_id, schedule_id, purpose, actor, state, wanted_mode, mode, allow_smaller, is_kept,
       attempts, snapshot_id, may_linger, holds_app, size_bytes, added_bytes, reason, manifest_json,
       verified_at, damage, drill_json, proven_at, counted_at, asked_at, started_at,
       ended_at)
     VALUES (@id, @team_id, @group_id, @node, @subject_type, @subject_id, @subject_name, @app_id,
       @destination_id, @schedule_id, @purpose, @actor, @state, @wanted_mode, @mode, @allow_smaller,
       @is_kept, @attempts, @snapshot_id, @may_linger, @holds_app, @size_bytes, @added_bytes, @reason,
       @manifest_json, @verified_at, @damage, @drill_json, @proven_at, @counted_at, @asked_at,
       @started_at, @ended_at)`,
  )
  // What others write meanwhile (kept, drills, damage) is not written here.
  const update = db.prepare<Row>(
    `UPDATE backups SET state = @state, mode = @mode, attempts = @attempts,
       snapshot_id = @snapshot_id, may_linger = @may_linger, holds_app = @holds_app, size_bytes = @size_bytes,
       added_bytes = @added_bytes, reason = @reason, manifest_json = @manifest_json,
       verified_at = @verified_at, counted_at = @counted_at, started_at = @started_at, ended_at = @ended_at
     WHERE seq = @seq`,
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM backups WHERE id = ?')
  const page = db.prepare<PageWish, Row>(
    `SELECT * FROM backups WHERE team_id = @team AND seq < @before
       AND (@type IS NULL OR (subject_type = @type AND subject_id = @subject))
       AND (@destination IS NULL OR destination_id = @destination)
       AND (@state IS NULL OR state = @state)
       AND (@group IS NULL OR group_id = @group)
       AND (@app IS NULL OR app_id = @app
         OR group_id IN (SELECT group_id FROM backups WHERE app_id = @app))
     ORDER BY seq DESC LIMIT @limit`,
  )
  const ofSubject = db.prepare<[type: string, id: string, limit: number], Row>(
    `SELECT * FROM backups WHERE subject_type = ? AND subject_id = ? ORDER BY seq DESC LIMIT ?`,
  )
  const proofOfSubjects = db.prepare<[keysJson: string], RawProofRow>(
    `SELECT wanted.key AS place, state, started_at, damage, proven_at, size_bytes, added_bytes,
       drill_json ->> '$.state' AS drill_state, drill_json ->> '$.durationMs' AS drill_ms,
       drill_json ->> '$.reason' AS drill_reason
     FROM json_each(?) AS wanted
     CROSS JOIN backups ON subject_type = wanted.value ->> 0 AND subject_id = wanted.value ->> 1
     ORDER BY seq DESC`,
  )
  const ofDestination = db.prepare<[destination: string, limit: number], Row>(
    'SELECT * FROM backups WHERE destination_id = ? ORDER BY seq DESC LIMIT ?',
  )
  const countOfDestination = db
    .prepare<[destination: string], number>('SELECT count(*) FROM backups WHERE destination_id = ?')
    .pluck()
  // With the name that the newest backup of it has.
  const subjects = db.prepare<
    [team: string],
    Pick<Row, 'subject_type' | 'subject_id' | 'subject_name'>
  >(
    `SELECT subject_type, subject_id, subject_name, max(seq) FROM backups WHERE team_id = ?
     GROUP BY subject_type, subject_id LIMIT 10000`,
  )
  const addedHere = db.prepare<[], { type: Row['subject_type']; id: string; bytes: number }>(
    `SELECT subject_type AS type, subject_id AS id, sum(coalesce(added_bytes, 0)) AS bytes
     FROM backups JOIN destinations ON destinations.id = backups.destination_id
     WHERE destinations.kind = 'local' AND backups.state = 'done'
     GROUP BY subject_type, subject_id LIMIT 10000`,
  )
  const underWay = db.prepare<[limit: number], Row>(
    `SELECT * FROM backups WHERE state IN ('queued', 'running', 'removing') ORDER BY seq LIMIT ?`,
  )
  const newestGood = db.prepare<[limit: number], Row>(
    `SELECT * FROM backups WHERE seq IN
       (SELECT max(seq) FROM backups WHERE state = 'done' AND damage IS NULL
        GROUP BY subject_type, subject_id)
     ORDER BY seq LIMIT ?`,
  )
  const newestGoodOf = db.prepare<[type: string, id: string, destination: string], Row>(
    `SELECT * FROM backups WHERE subject_type = ? AND subject_id = ? AND destination_id = ?
       AND state = 'done' AND damage IS NULL ORDER BY seq DESC LIMIT 1`,
  )
  const isUnderWay = db
    .prepare<[type: string, id: string, destination: string], number>(
      `SELECT EXISTS (SELECT 1 FROM backups WHERE state IN ('queued', 'running')
         AND subject_type = ? AND subject_id = ? AND destination_id = ?)`,
    )
    .pluck()
  const isNeeded = db
    .prepare<{ id: string }, number>(
      `SELECT EXISTS (SELECT 1 FROM restores
         WHERE ended_at IS NULL AND (backup_id = @id OR safety_backup_id = @id))`,
    )
    .pluck()
  const isAnyNeeded = db
    .prepare<[destination: string], number>(
      `SELECT EXISTS (SELECT 1 FROM restores JOIN backups
         ON backups.id = restores.backup_id OR backups.id = restores.safety_backup_id
         WHERE restores.ended_at IS NULL AND backups.destination_id = ?)`,
    )
    .pluck()
  const lingering = db.prepare<[destination: string], Row>(
    `SELECT * FROM backups WHERE destination_id = ? AND may_linger = 1 AND state = 'failed'
     ORDER BY seq LIMIT 1000`,
  )
  const setKept = db.prepare<[kept: number, id: string, team: string]>(
    'UPDATE backups SET is_kept = ? WHERE id = ? AND team_id = ?',
  )
  const setDamage = db.prepare<[damage: string | null, id: string]>(
    'UPDATE backups SET damage = ? WHERE id = ?',
  )
  const setDrill = db.prepare<[drill: string, provenAt: string | null, id: string]>(
    'UPDATE backups SET drill_json = ?, proven_at = coalesce(?, proven_at) WHERE id = ?',
  )
  const remove = db.prepare<[id: string]>(
    "DELETE FROM backups WHERE id = ? AND state IN ('removing', 'failed')",
  )
  // Rows alone: nothing of a failed one is kept anywhere.
  const dropFailed = db.prepare<[kept: number]>(
    `DELETE FROM backups WHERE state = 'failed' AND may_linger = 0 AND holds_app = 0 AND seq IN
       (SELECT seq FROM
          (SELECT seq, row_number() OVER
             (PARTITION BY subject_type, subject_id ORDER BY seq DESC) AS place
           FROM backups WHERE state = 'failed')
        WHERE place > ?)`,
  )
  const moveSubject = db.prepare<[to: string, type: string, from: string]>(
    'UPDATE backups SET subject_id = ? WHERE subject_type = ? AND subject_id = ?',
  )
  const forgetAll = db.prepare<[destination: string]>(
    "DELETE FROM backups WHERE destination_id = ? AND state IN ('done', 'failed', 'removing')",
  )

  return {
    /** What the backups of each subject have added to folders of this server. */
    addedOnNodeForPlatform: () => addedHere.all(),
    /** Newest first; `cursor` is the seq of the last one that was given. */
    list: (
      actor: Actor,
      filter: BackupFilter,
      { cursor, limit }: { cursor?: number | undefined; limit: number },
    ): BackupRecord[] =>
      page
        .all({
          team: actor.teamId,
          before: cursor ?? Number.MAX_SAFE_INTEGER,
          type: filter.subject?.type ?? null,
          subject: filter.subject?.id ?? null,
          destination: filter.destinationId ?? null,
          state: filter.state ?? null,
          group: filter.groupId ?? null,
          app: filter.appId ?? null,
          limit,
        })
        .map(toRecord),
    find: (actor: Actor, id: string): BackupRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId ? toRecord(row) : undefined
    },
    setKept: (actor: Actor, id: string, isKept: boolean): void => {
      setKept.run(isKept ? 1 : 0, id, actor.teamId)
    },

    insertForPlatform: (record: Omit<BackupRecord, 'seq'>): void => {
      insert.run(toRow({ ...record, seq: 0 }))
    },
    saveForPlatform: (record: BackupRecord): void => {
      update.run(toRow(record))
    },
    findForPlatform: (id: string): BackupRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    /** Newest first. */
    listOfSubjectForPlatform: ({ type, id }: SubjectKey, destinationId?: string): BackupRecord[] =>
      ofSubject
        .all(type, id, MOST_OF_SUBJECT)
        .filter((row) => destinationId === undefined || row.destination_id === destinationId)
        .map(toRecord),
    /** Of each of these subjects, in their order, newest first. */
    listProofForPlatform(subjects: readonly SubjectKey[]): ProofRow[][] {
      const found = subjects.map((): ProofRow[] => [])
      const keys = JSON.stringify(subjects.map(({ type, id }) => [type, id]))
      for (const row of proofOfSubjects.iterate(keys)) {
        const own = found[row.place]
        if (own && own.length < MOST_OF_SUBJECT) own.push(toProofRow(row))
      }
      return found
    },
    /** Newest first. */
    listOfDestinationForPlatform: (
      destinationId: string,
      limit = MOST_OF_SUBJECT,
    ): BackupRecord[] => ofDestination.all(destinationId, limit).map(toRecord),
    countOfDestinationForPlatform: (destinationId: string): number =>
      countOfDestination.get(destinationId) ?? 0,
    /** Those that have gone too, as long as there are backups of them. */
    subjectsOfTeamForPlatform: (teamId: string): BackupSubject[] =>
      subjects.all(teamId).map(toSubject),
    /** In the order in which they were asked for. */
    listUnderWayForPlatform: (): BackupRecord[] => underWay.all(MAX_UNDER_WAY).map(toRecord),
    /** Waits, or is being made. */
    isUnderWayForPlatform: ({ type, id }: SubjectKey, destinationId: string): boolean =>
      isUnderWay.get(type, id, destinationId) === 1,
    /** A restore that has not ended reads it, or puts it back where it fails. */
    isNeededForPlatform: (id: string): boolean => isNeeded.get({ id }) === 1,
    isAnyNeededForPlatform: (destinationId: string): boolean =>
      isAnyNeeded.get(destinationId) === 1,
    /** The newest of a subject at a destination that can be restored. */
    findNewestGoodForPlatform: (
      { type, id }: SubjectKey,
      destinationId: string,
    ): BackupRecord | undefined => {
      const row = newestGoodOf.get(type, id, destinationId)
      return row && toRecord(row)
    },
    /** The newest of each subject that can be restored. */
    listNewestGoodForPlatform: (): BackupRecord[] => newestGood.all(MAX_UNDER_WAY).map(toRecord),
    listLingeringForPlatform: (destinationId: string): BackupRecord[] =>
      lingering.all(destinationId).map(toRecord),
    setDamageForPlatform: (id: string, damage: string | null): void => {
      setDamage.run(damage, id)
    },
    /** What became of the newest drill of it. */
    noteDrillForPlatform: (id: string, drill: NonNullable<DrillNote>): void => {
      const provenAt = drill.state === 'proven' ? drill.endedAt : null
      setDrill.run(JSON.stringify(drill), provenAt, id)
    },
    /** Only one whose removal was written down before, or that failed. */
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
    /** Of each subject the newest of those that failed say enough. Gives how many rows went. */
    dropFailedForPlatform: (kept: number): number => dropFailed.run(kept).changes,
    /** Another has taken its place: the backups of the one are those of the other. */
    moveSubjectForPlatform: ({ type, id }: SubjectKey, to: string): void => {
      moveSubject.run(to, type, id)
    },
    /** The rows alone: what is at the destination stays there, also what was to be removed from it. */
    forgetDestinationForPlatform: (destinationId: string): void => {
      forgetAll.run(destinationId)
    },
  }
}
export type BackupStore = ReturnType<typeof createBackupStore>

const toSubject = (
  row: Pick<Row, 'subject_type' | 'subject_id' | 'subject_name'>,
): BackupSubject => ({
  type: BackupSubject.shape.type.parse(row.subject_type),
  id: row.subject_id,
  name: row.subject_name,
})

const toProofRow = (row: RawProofRow): ProofRow => ({
  state: row.state,
  startedAt: row.started_at,
  damage: row.damage,
  provenAt: row.proven_at,
  sizeBytes: row.size_bytes,
  addedBytes: row.added_bytes,
  drill:
    row.drill_state === null
      ? null
      : { state: row.drill_state, durationMs: row.drill_ms, reason: row.drill_reason },
})

const toRecord = (row: Row): BackupRecord => ({
  seq: row.seq,
  id: row.id,
  teamId: row.team_id,
  groupId: row.group_id,
  node: row.node,
  subject: {
    type: BackupSubject.shape.type.parse(row.subject_type),
    id: row.subject_id,
    name: row.subject_name,
  },
  appId: row.app_id,
  destinationId: row.destination_id,
  scheduleId: row.schedule_id,
  purpose: Purpose.parse(row.purpose),
  actor: row.actor,
  state: BackupState.parse(row.state),
  wantedMode: WantedMode.parse(row.wanted_mode),
  mode: BackupMode.nullable().parse(row.mode),
  allowSmaller: row.allow_smaller === 1,
  isKept: row.is_kept === 1,
  attempts: row.attempts,
  snapshotId: row.snapshot_id,
  mayLinger: row.may_linger === 1,
  holdsApp: row.holds_app === 1,
  sizeBytes: row.size_bytes,
  addedBytes: row.added_bytes,
  reason: row.reason,
  manifest: row.manifest_json === null ? null : fromJson(BackupManifest, row.manifest_json),
  verifiedAt: row.verified_at,
  damage: row.damage,
  drill: row.drill_json === null ? null : fromJson(DrillNote, row.drill_json),
  provenAt: row.proven_at,
  countedAt: row.counted_at ?? row.started_at ?? row.asked_at,
  askedAt: row.asked_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
})

const toRow = (record: BackupRecord): Row => ({
  seq: record.seq,
  id: record.id,
  team_id: record.teamId,
  group_id: record.groupId,
  node: record.node,
  subject_type: record.subject.type,
  subject_id: record.subject.id,
  subject_name: record.subject.name,
  app_id: record.appId,
  destination_id: record.destinationId,
  schedule_id: record.scheduleId,
  purpose: record.purpose,
  actor: record.actor,
  state: record.state,
  wanted_mode: record.wantedMode,
  mode: record.mode,
  allow_smaller: record.allowSmaller ? 1 : 0,
  is_kept: record.isKept ? 1 : 0,
  attempts: record.attempts,
  snapshot_id: record.snapshotId,
  may_linger: record.mayLinger ? 1 : 0,
  holds_app: record.holdsApp ? 1 : 0,
  size_bytes: record.sizeBytes,
  added_bytes: record.addedBytes,
  reason: record.reason,
  manifest_json: record.manifest === null ? null : JSON.stringify(record.manifest),
  verified_at: record.verifiedAt,
  damage: record.damage,
  drill_json: record.drill === null ? null : JSON.stringify(record.drill),
  proven_at: record.provenAt,
  counted_at: record.countedAt,
  asked_at: record.askedAt,
  started_at: record.startedAt,
  ended_at: record.endedAt,
})
