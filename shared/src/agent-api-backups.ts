import { z } from 'zod'
import { Argv } from './agent-api-addons.ts'

const Id = z.string().regex(/^[a-z0-9]{8,40}$/)
const EnvRecord = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), z.string())
const SnapshotId = z.string().regex(/^[0-9a-f]{64}$/)
const FileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
const Folder = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/)

/** A restic repository: where it is, and what opens it. Travels in bodies only; kept and logged nowhere. */
export const Repository = z.object({
  location: z.discriminatedUnion('type', [
    /** Below a root that root registered (`vastrox destinations allow PATH`): the agent knows its path. */
    z.object({ type: z.literal('local'), rootId: Id, folder: Folder }),
    z.object({
      type: z.literal('sftp'),
      host: z.string().max(255),
      port: z.int().min(1).max(65_535),
      user: z.string().max(100),
      path: z.string().max(500),
      /** Lines of known_hosts without the name: `ssh-ed25519 AAAA…`. None other is taken. */
      hostKeys: z.array(z.string().max(5_000)).min(1).max(10),
      secret: z.union([
        z.object({ password: z.string().min(1).max(1_000) }),
        z.object({ privateKey: z.string().min(1).max(20_000) }),
      ]),
    }),
    z.object({
      type: z.literal('s3'),
      /** `https://s3.example.com`, with a port where it is not the usual one. */
      endpoint: z.url().max(300),
      bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
      prefix: z.string().max(200),
      region: z.string().max(60),
      accessKeyId: z.string().max(200),
      secretAccessKey: z.string().max(500),
      /** Of a private CA; null: those that this server trusts. */
      caPem: z.string().max(100_000).nullable(),
    }),
  ]),
  password: z.string().min(20).max(200),
  uploadLimitKib: z.int().positive().nullable().default(null),
})
export type Repository = z.input<typeof Repository>

/** What is backed up. */
export const BackupContent = z.discriminatedUnion('type', [
  /**
   * What a dump tool in the add-on's container prints. Good only where the tool exited with 0, it
   * printed at least `minBytes`, and the last 4 KiB match `trailer` (rule B3).
   */
  z.object({
    type: z.literal('addon'),
    addonId: Id,
    argv: Argv,
    env: EnvRecord,
    fileName: FileName,
    minBytes: z.int().min(1),
    trailer: z.string().max(200).nullable(),
  }),
  /** The files of a volume. `paused`: the containers that have it stand still meanwhile. */
  z.object({
    type: z.literal('volume'),
    ownerId: Id,
    volumeId: Id,
    mode: z.enum(['live', 'paused']),
  }),
  /** What follows the JSON in the framed body, as one file. `sha256` of the whole comes in the reply. */
  z.object({ type: z.literal('body'), fileName: FileName, minBytes: z.int().min(1) }),
  /**
   * The platform: the daemon has put a consistent copy of its database into `stagingName` below its
   * own directory; the agent adds keys, certificates, repositories, uploads, sources, its own books
   * and firewall, the proxy's snapshot, and saved images of `imageIds`.
   */
  z.object({
    type: z.literal('platform'),
    stagingName: FileName,
    imageIds: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)).max(500),
  }),
])
export type BackupContent = z.infer<typeof BackupContent>

export const BackUp = z.object({
  backupId: Id,
  repository: Repository,
  /** The installation, for restic's `--host`. */
  host: z.string().regex(/^[a-z0-9-]{1,60}$/),
  /** `backup=<id>`, `subject=addon:<id>` … found again after a crash by the first (rule K3). */
  tags: z.array(z.string().regex(/^[A-Za-z0-9=:._/-]{1,120}$/)).max(10),
  content: BackupContent,
  timeoutMs: z.int().min(1_000).max(86_400_000),
})
export type BackUp = z.input<typeof BackUp>

const Failed = z.object({
  type: z.literal('failed'),
  code: z.string(),
  reason: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
})
const Progress = z.object({
  type: z.literal('progress'),
  bytesDone: z.int(),
  bytesTotal: z.int().nullable(),
  filesDone: z.int(),
})

export const BackUpEvent = z.discriminatedUnion('type', [
  Progress,
  z.object({
    type: z.literal('done'),
    snapshotId: SnapshotId,
    sizeBytes: z.int(),
    addedBytes: z.int(),
    files: z.int(),
    /** Of the whole stream; null for files, which restic's own tree names by content. */
    sha256: z.string().nullable(),
    /** `restic 0.18.0`, and the dump tool's own where it says one. */
    toolVersion: z.string(),
    /** Files that changed or went while they were read. */
    warnings: z.array(z.string().max(300)).max(50),
  }),
  Failed,
])
export type BackUpEvent = z.infer<typeof BackUpEvent>

/** Where what is restored goes. */
export const RestoreTarget = z.discriminatedUnion('type', [
  /** Into the standard input of a tool in the add-on's container, which must exit with 0. */
  z.object({
    type: z.literal('addon'),
    addonId: Id,
    argv: Argv,
    env: EnvRecord,
    fileName: FileName,
  }),
  /** Into a volume that nothing writes to. `into`: a folder inside of it; null: its root, which must be empty. */
  z.object({
    type: z.literal('volume'),
    ownerId: Id,
    volumeId: Id,
    isNew: z.boolean(),
    into: z.string().max(200).nullable(),
    /** Paths inside of the volume; null: all. */
    paths: z.array(z.string().max(4_096)).max(1_000).nullable(),
  }),
  /** Into a throw-away directory, read again and compared with the snapshot, and removed: a drill of files. */
  z.object({ type: z.literal('scratch'), maxBytes: z.int().positive() }),
  /** Handed to the caller: one file, or a folder as a tar. */
  z.object({ type: z.literal('caller'), path: z.string().max(4_096), asTar: z.boolean() }),
  /** The same, read to its end where it is and given to nobody: its size and its digest are told. */
  z.object({ type: z.literal('nobody'), path: z.string().max(4_096), asTar: z.boolean() }),
])
export type RestoreTarget = z.infer<typeof RestoreTarget>

export const RestoreSnapshot = z.object({
  repository: Repository,
  snapshotId: SnapshotId,
  target: RestoreTarget,
  timeoutMs: z.int().min(1_000).max(86_400_000),
})
export type RestoreSnapshot = z.input<typeof RestoreSnapshot>

export const RestoreSnapshotEvent = z.discriminatedUnion('type', [
  Progress,
  /** For `caller`. */
  z.object({ type: z.literal('data'), base64: z.string() }),
  z.object({
    type: z.literal('done'),
    sizeBytes: z.int(),
    files: z.int(),
    sha256: z.string().nullable(),
    durationMs: z.int(),
    /** What the tool in the container printed last. */
    output: z.string().max(10_000),
  }),
  Failed,
])
export type RestoreSnapshotEvent = z.infer<typeof RestoreSnapshotEvent>

/**
 * Somebody's own content in a framed body, into the same targets by the same code: an import.
 * `volume` takes a tar, plain or gzipped, held to the rules of archives.
 */
export const ImportContent = z.object({
  target: z.union([RestoreTarget.options[0], RestoreTarget.options[1]]),
  /** What it is packed with. */
  packed: z.enum(['none', 'gzip']),
  timeoutMs: z.int().min(1_000).max(86_400_000),
})
export type ImportContent = z.input<typeof ImportContent>

export const CheckRepositoryEvent = z.discriminatedUnion('type', [
  Progress,
  z.object({
    type: z.literal('done'),
    isGood: z.boolean(),
    /** Snapshots that need something that is damaged or gone. */
    damagedSnapshots: z.array(SnapshotId).max(10_000),
    errors: z.array(z.string().max(500)).max(200),
  }),
  Failed,
])

const Forgotten = z.discriminatedUnion('type', [
  Progress,
  z.object({ type: z.literal('done'), freedBytes: z.int().nullable() }),
  Failed,
])

/** JSON verbs about repositories. All throw DESTINATION_UNREACHABLE, DESTINATION_KEY_WRONG, DESTINATION_FULL. */
export const BACKUP_VERBS = {
  /** Makes it where there is none: `created`. One with another key is DESTINATION_KEY_WRONG. */
  'open-repository': {
    input: z.object({ repository: Repository }),
    output: z.object({ repositoryId: z.string(), created: z.boolean() }),
  },
  'list-snapshots': {
    input: z.object({ repository: Repository, tag: z.string().max(120).nullable() }),
    output: z.object({
      snapshots: z
        .array(
          z.object({
            snapshotId: SnapshotId,
            time: z.iso.datetime({ offset: true }),
            host: z.string(),
            tags: z.array(z.string()),
          }),
        )
        .max(100_000),
    }),
  },
  /** At most 1,000 of a folder. */
  'list-snapshot-files': {
    input: z.object({
      repository: Repository,
      snapshotId: SnapshotId,
      path: z.string().max(4_096),
    }),
    output: z.object({
      files: z
        .array(
          z.object({
            path: z.string(),
            type: z.enum(['file', 'dir', 'symlink', 'other']),
            sizeBytes: z.int(),
            modifiedAt: z.string(),
          }),
        )
        .max(1_000),
    }),
  },
  /** What it takes there, and what is free where that can be known. */
  'measure-repository': {
    input: z.object({ repository: Repository }),
    output: z.object({ sizeBytes: z.int().nullable(), freeBytes: z.int().nullable() }),
  },
  /** Roots for backups on this server's own disks, as root registered them. */
  'list-backup-roots': {
    input: z.object({}),
    output: z.object({
      roots: z
        .array(z.object({ rootId: Id, path: z.string(), freeBytes: z.int().nullable() }))
        .max(100),
    }),
  },
} as const
export type BackupVerb = keyof typeof BACKUP_VERBS

export const BACKUP_STREAMS = {
  /** Framed. Closing the connection cancels; nothing of a cancelled or failed one stays as a snapshot. */
  'back-up': { input: BackUp, event: BackUpEvent },
  'restore-snapshot': { input: RestoreSnapshot, event: RestoreSnapshotEvent },
  /** Framed. */
  'import-content': { input: ImportContent, event: RestoreSnapshotEvent },
  /** Reads `readPercent` of the content again: 100 finds every flipped byte. */
  'check-repository': {
    input: z.object({
      repository: Repository,
      readPercent: z.int().min(0).max(100),
      timeoutMs: z.int().min(1_000).max(86_400_000),
    }),
    event: CheckRepositoryEvent,
  },
  /** By id, each of them (rule B6); their content is freed where no other needs it. One that is gone is fine. */
  'forget-snapshots': {
    input: z.object({
      repository: Repository,
      snapshotIds: z.array(SnapshotId).min(1).max(1_000),
      timeoutMs: z.int().min(1_000).max(86_400_000),
    }),
    event: Forgotten,
  },
} as const
export type BackupStream = keyof typeof BACKUP_STREAMS
