import { z } from 'zod'
import { Proof } from './addon.ts'

/**
 * What a backup is of. An app's is its sources, releases' configuration and env; its volumes and the
 * add-ons that are attached to it are backups of their own, made by the same act (`groupId`).
 */
export const BackupSubject = z.object({
  type: z.enum(['addon', 'volume', 'app', 'platform']),
  /** Stable when names change or are given again (rule B6). Empty for the platform. */
  id: z.string().max(64),
  /** For people: `shop-db`, `shop/uploads`, `shop`, `platform`. */
  name: z.string().max(100),
})
export type BackupSubject = z.infer<typeof BackupSubject>

/**
 * queued, running: under way. failed: nothing of it is kept, `reason` says why. removing: its snapshot
 * is being removed from the destination, by somebody's act or by a schedule's retention.
 */
export const BackupState = z.enum(['queued', 'running', 'done', 'failed', 'removing'])
export type BackupState = z.infer<typeof BackupState>

/**
 * How still the subject was: `dump` by the database's own tool; `live` files were copied while they
 * were written; `paused` its processes stood still meanwhile; `stopped` nothing ran.
 */
export const BackupMode = z.enum(['dump', 'live', 'paused', 'stopped'])
export type BackupMode = z.infer<typeof BackupMode>

export const DrillState = z.enum(['queued', 'running', 'proven', 'failed', 'skipped'])

/** One look at restored content: `orders: 1,204 rows`, `amcheck`, `4,211 files`. */
export const DrillCheck = z.object({
  what: z.string().max(200),
  expected: z.string().max(200).nullable(),
  found: z.string().max(200).nullable(),
  isGood: z.boolean(),
})
export type DrillCheck = z.infer<typeof DrillCheck>

/** A restore into a throw-away place, for proof. */
export const Drill = z.object({
  id: z.string(),
  backupId: z.string(),
  subject: BackupSubject,
  state: DrillState,
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** From the first byte that was fetched to the last check. */
  durationMs: z.int().nullable(),
  checks: z.array(DrillCheck).max(1_000),
  /** Why it failed, or was put off. */
  reason: z.string().nullable(),
})
export type Drill = z.infer<typeof Drill>

export const Backup = z.object({
  id: z.string(),
  /** Of one act: everything that "Back up now" on an app made together. */
  groupId: z.string(),
  subject: BackupSubject,
  /** Name of the destination. */
  destination: z.string(),
  state: BackupState,
  mode: BackupMode.nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** Between 0 and 1; null where it cannot be known. */
  progress: z.number().nullable(),
  /** What is in it, unpacked. */
  sizeBytes: z.int().nullable(),
  /** What it added to the destination, after deduplication and compression. */
  addedBytes: z.int().nullable(),
  /** Not removed by retention. */
  isKept: z.boolean(),
  /** Made by a schedule; null where somebody asked for it. */
  schedule: z.string().nullable(),
  /** In one line, where it failed. */
  reason: z.string().nullable(),
  /** The newest drill of it that ended. */
  drill: Drill.pick({ state: true, endedAt: true, durationMs: true, reason: true }).nullable(),
  /** When its content was read again and was what had been sent. */
  verifiedAt: z.iso.datetime().nullable().optional(),
  /** What a check of the destination found to be wrong with it; null: nothing. */
  damage: z.string().nullable().optional(),
  /** Files that changed or went while they were read. */
  warnings: z.array(z.string()).max(50).optional(),
})
export type Backup = z.infer<typeof Backup>

export const DestinationName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
    'Use 2 to 40 lower-case letters, digits or hyphens, beginning with a letter.',
  )

/** Where backups are kept. What is secret in its settings is shown to nobody again. */
export const Destination = z.object({
  name: DestinationName,
  /** An entry of the catalog: `local`, `sftp`, `s3`. */
  kind: z.string(),
  title: z.string(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Where the repository lies, as restic would be told; nothing in it is secret. */
  location: z.string().optional(),
  isDefault: z.boolean(),
  /** KiB a second; null: as fast as it goes. */
  uploadLimitKib: z.int().nullable(),
  /** Of everything in it, as the last look said. */
  sizeBytes: z.int().nullable(),
  freeBytes: z.int().nullable(),
  /** The last verification of its content. */
  checkedAt: z.iso.datetime().nullable(),
  checkFailure: z.string().nullable(),
  createdAt: z.iso.datetime(),
})
export type Destination = z.infer<typeof Destination>

export const CreateDestination = z.object({
  name: DestinationName,
  kind: z.string().max(40),
  settings: z.record(
    z.string().max(60),
    z.union([z.string().max(20_000), z.number(), z.boolean()]),
  ),
  isDefault: z.boolean().default(false),
  uploadLimitKib: z.int().min(16).max(10_000_000).nullable().default(null),
})
export type CreateDestination = z.infer<typeof CreateDestination>

export const ChangeDestination = CreateDestination.omit({ name: true, kind: true }).partial()
export type ChangeDestination = z.infer<typeof ChangeDestination>

/** What opens the repository, with restic alone and anywhere. */
export const DestinationKey = z.object({
  repositoryKey: z.string(),
  location: z.string(),
  /** What losing it means. */
  meaning: z.string(),
})
export type DestinationKey = z.infer<typeof DestinationKey>

/** With its key, shown this once. */
export const CreatedDestination = DestinationKey.extend({ destination: Destination })
export type CreatedDestination = z.infer<typeof CreatedDestination>

/** An entry of the catalog, for drawing its form. */
export const DestinationKindInfo = z.object({
  kind: z.string(),
  title: z.string(),
  /** Settings that nobody is shown again. */
  neverShown: z.array(z.string()),
  /** As JSON Schema. */
  settings: z.record(z.string(), z.unknown()),
})
export type DestinationKindInfo = z.infer<typeof DestinationKindInfo>

/** A place on this server's own disks, as root registered it. */
export const BackupRoot = z.object({
  rootId: z.string(),
  path: z.string(),
  freeBytes: z.int().nullable(),
})
export type BackupRoot = z.infer<typeof BackupRoot>

/** The name of what goes, once more. */
export const ConfirmName = z.object({ confirm: z.string().max(100) })

/** How many of the newest are kept, by hour, day, week and month. At least three always are (rule B6). */
export const Retention = z.object({
  last: z.int().min(3).max(1_000).default(7),
  daily: z.int().min(0).max(366).default(14),
  weekly: z.int().min(0).max(104).default(8),
  monthly: z.int().min(0).max(120).default(6),
})
export type Retention = z.infer<typeof Retention>

export const BackupSchedule = z.object({
  id: z.string(),
  subject: BackupSubject,
  destination: DestinationName,
  /** Five fields of cron, or @daily and the like. */
  schedule: z.string(),
  timeZone: z.string().nullable(),
  retention: Retention,
  /** For volumes. */
  mode: z.enum(['live', 'paused', 'stopped']),
  isEnabled: z.boolean(),
  /** With its jitter. */
  nextAt: z.iso.datetime().nullable(),
})
export type BackupSchedule = z.infer<typeof BackupSchedule>

/** A subject as people name it: `addon:shop-db`, `volume:shop/uploads`, `app:shop`, `platform`. */
export const SubjectRef = z
  .string()
  .regex(/^(?:platform|(?:addon|app):[a-z0-9-]{2,40}|volume:[a-z0-9-]{2,40}\/[a-z0-9-]{2,40})$/)

export const CreateBackupSchedule = z.object({
  subject: SubjectRef,
  /** The default one where it is left out. */
  destination: DestinationName.optional(),
  schedule: z.string().max(100).default('@daily'),
  timeZone: z.string().max(60).nullable().default(null),
  retention: Retention.default(Retention.parse({})),
  mode: z.enum(['live', 'paused', 'stopped']).default('live'),
})
export type CreateBackupSchedule = z.infer<typeof CreateBackupSchedule>

export const CreateBackup = z.object({
  destination: DestinationName.optional(),
  mode: z.enum(['live', 'paused', 'stopped']).default('live'),
  /** Not to be removed by retention. */
  keep: z.boolean().default(false),
  /** It may be less than a tenth of the one before, which is otherwise taken for a failure (rule B3). */
  allowSmaller: z.boolean().default(false),
})
export type CreateBackup = z.infer<typeof CreateBackup>

/** Of one subject alone. */
export const CreateSubjectBackup = CreateBackup.extend({ subject: SubjectRef })
export type CreateSubjectBackup = z.infer<typeof CreateSubjectBackup>

export const ChangeBackup = z.object({ isKept: z.boolean() })
export type ChangeBackup = z.infer<typeof ChangeBackup>

export const ChangeBackupSchedule = z.object({
  schedule: z.string().max(100).optional(),
  timeZone: z.string().max(60).nullable().optional(),
  retention: Retention.optional(),
  mode: z.enum(['live', 'paused', 'stopped']).optional(),
  isEnabled: z.boolean().optional(),
})
export type ChangeBackupSchedule = z.infer<typeof ChangeBackupSchedule>

/** What a schedule's retention would do now (rule B6). */
export const RetentionPlan = z.object({
  keep: z
    .array(z.object({ id: z.string(), startedAt: z.string(), why: z.array(z.string()) }))
    .max(5_000),
  remove: z.array(z.object({ id: z.string(), startedAt: z.string() })).max(1_000),
  /** Not needed either, but no more goes in one run. */
  later: z.int(),
  /** Why nothing is removed at all. */
  refused: z.string().nullable(),
})
export type RetentionPlan = z.infer<typeof RetentionPlan>

/** Something that can be backed up, or that was, with the way back there is. */
export const SubjectOverview = z.object({
  subject: BackupSubject,
  /** False: it has gone, and its backups are what is left. */
  isThere: z.boolean(),
  proof: Proof,
  /** How many can be restored. */
  backups: z.int(),
  /** Of the newest, unpacked. */
  sizeBytes: z.int().nullable(),
  /** What all of them take at their destinations, after deduplication and compression. */
  storedBytes: z.int(),
  /** What those of the last 30 days added. */
  grownBytes: z.int(),
  /** Ids of its schedules. */
  schedules: z.array(z.string()),
  /** Where it has none, and could. */
  proposedSchedule: z.string().nullable(),
})
export type SubjectOverview = z.infer<typeof SubjectOverview>

/**
 * Where a restore goes: `new` makes an add-on or a volume of that name beside what is there; `switch`
 * makes it and then lets it take the place of what is there, which is kept in the trash for 7 days;
 * `in-place` writes over what is there, after a backup of it. Files: of a volume, into a folder
 * `restored-<time>` of the same volume.
 */
export const CreateRestore = z.object({
  how: z.enum(['new', 'switch', 'in-place', 'files']),
  /** Of the new add-on or volume. */
  name: z.string().max(40).optional(),
  /** Of `files`. */
  paths: z.array(z.string().max(4_096)).max(1_000).optional(),
  /** For `switch` and `in-place`: the name of what is replaced, once more. */
  confirm: z.string().max(100).optional(),
})
export type CreateRestore = z.infer<typeof CreateRestore>

export const Restore = z.object({
  id: z.string(),
  /** null for an import of somebody's own dump. */
  backupId: z.string().nullable(),
  subject: BackupSubject,
  how: CreateRestore.shape.how,
  /** What it made, or wrote to. */
  target: z.string().nullable(),
  state: z.enum(['queued', 'saving', 'restoring', 'checking', 'switching', 'done', 'failed']),
  progress: z.number().nullable(),
  /** The backup of what was there, made before anything was written over. */
  safetyBackupId: z.string().nullable(),
  checks: z.array(DrillCheck).max(1_000),
  reason: z.string().nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})
export type Restore = z.infer<typeof Restore>

/** A file or folder in a backup of a volume or an app. */
export const BackupFile = z.object({
  path: z.string(),
  type: z.enum(['file', 'dir', 'symlink', 'other']),
  sizeBytes: z.int(),
  modifiedAt: z.iso.datetime(),
})
export type BackupFile = z.infer<typeof BackupFile>
