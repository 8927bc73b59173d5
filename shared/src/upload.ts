import { z } from 'zod'

/** What an app's files differ in from those of the live release. */
export const TreeChange = z.object({
  path: z.string(),
  kind: z.enum(['added', 'changed', 'removed']),
  /** Before and after; null where there is nothing. */
  beforeBytes: z.int().nullable(),
  afterBytes: z.int().nullable(),
})
export type TreeChange = z.infer<typeof TreeChange>

export const TreeDifference = z.object({
  /** The release that it is compared with; null before the first. */
  release: z.int().nullable(),
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  addedBytes: z.int(),
  removedBytes: z.int(),
  /** By path; at most 1,000 of them. */
  changes: z.array(TreeChange),
})
export type TreeDifference = z.infer<typeof TreeDifference>

/** A client that has an app's files open. */
export const UploadClient = z.object({
  protocol: z.enum(['sftp', 'ftps', 'api']),
  address: z.string(),
  /** Who it is, as people would call them. */
  name: z.string(),
  since: z.iso.datetime(),
})
export type UploadClient = z.infer<typeof UploadClient>

/** The state of what has been uploaded to an app and is not published yet. */
export const Uploads = z.object({
  /** Published by itself when nothing has changed for 10 seconds and no transfer is open. */
  publishOnIdle: z.boolean(),
  /** Plain FTP, whose password and files anybody on the way can read. */
  plainFtp: z.boolean(),
  /** Whether there is an upload password; null where there is none. */
  passwordChangedAt: z.iso.datetime().nullable(),
  /** Files that are being written now. */
  openTransfers: z.int(),
  /** Files whose client went away before the end: not published by themselves; can be resumed. */
  incomplete: z.array(z.string()),
  clients: z.array(UploadClient),
  /** When something was last changed that is not published; null where there is nothing. */
  changedAt: z.iso.datetime().nullable(),
  /** Why the last attempt to publish by itself came to nothing. */
  problem: z.string().nullable(),
  usedBytes: z.int(),
  usedEntries: z.int(),
  maxBytes: z.int(),
  maxEntries: z.int(),
  /** Where and how clients connect; null where that way in is off. */
  sftp: z.object({ host: z.string(), port: z.int(), user: z.string() }).nullable(),
  ftps: z.object({ host: z.string(), port: z.int(), user: z.string() }).nullable(),
})
export type Uploads = z.infer<typeof Uploads>

export const ChangeUploads = z.object({
  publishOnIdle: z.boolean().optional(),
  plainFtp: z.boolean().optional(),
})
export type ChangeUploads = z.infer<typeof ChangeUploads>

/** The only time that the password is shown. */
export const UploadPassword = z.object({ user: z.string(), password: z.string() })
export type UploadPassword = z.infer<typeof UploadPassword>

export const Publish = z.object({
  /** Half-written files too, as they are. */
  incomplete: z.boolean().default(false),
})
export type Publish = z.infer<typeof Publish>

export const UploadedFile = z.object({
  name: z.string(),
  kind: z.enum(['file', 'directory', 'symlink']),
  sizeBytes: z.int(),
  executable: z.boolean(),
  modifiedAt: z.iso.datetime(),
})
export type UploadedFile = z.infer<typeof UploadedFile>

export const UploadedFiles = z.object({
  path: z.string(),
  /** By name, directories first; at most 5,000. */
  files: z.array(UploadedFile),
  /** True where there are more than are shown. */
  more: z.boolean(),
})
export type UploadedFiles = z.infer<typeof UploadedFiles>

/** The most that an app's files may take together. */
export const MAX_UPLOAD_BYTES = 4 * 2 ** 30
export const MAX_UPLOAD_ENTRIES = 100_000
/** The largest file that carries an ETag and is edited in the dashboard; a larger one is up- and downloaded. */
export const MAX_EDITED_BYTES = 2 ** 20
