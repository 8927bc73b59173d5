import { z } from 'zod'
import { HostKey } from './external-source.ts'

const Host = z
  .string()
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|[0-9A-Fa-f:.]{2,45})$/,
    'Use a host name or an address.',
  )
const Folder = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[^\p{Cc}\\]+$/u, 'Use a path with forward slashes.')
const Ignore = z
  .array(
    z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^\p{Cc}]+$/u),
  )
  .max(100)
const PullEvery = z
  .int()
  .min(60_000)
  .max(7 * 24 * 3_600_000)
  .nullable()

/** A folder on a server of the user's that is read by SFTP. */
export const ConnectRemote = z.object({
  host: Host,
  port: z.int().min(1).max(65_535).default(22),
  username: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,63}$/, 'That is no user name.'),
  folder: Folder,
  /** `key`: one is made, whose public part is to be added to the server. */
  access: z.enum(['key', 'password']),
  /** Never part of a reply. Left out: the one that was given before. */
  password: z.string().min(1).max(1_024).optional(),
  /** As in .gitignore. */
  ignore: Ignore.default(['.git', 'node_modules']),
  /** null: by hand. */
  pullEveryMs: PullEvery.default(null),
})
export type ConnectRemote = z.infer<typeof ConnectRemote>

export const PullSummary = z.object({
  files: z.int(),
  sizeBytes: z.int(),
  /** What was fetched, the rest being as it was. */
  fetchedFiles: z.int(),
  fetchedBytes: z.int(),
  removedFiles: z.int(),
  /** What was left out, and why: at most 20. */
  skipped: z.array(z.string()),
})
export type PullSummary = z.infer<typeof PullSummary>

export const RemoteSource = z.object({
  host: z.string(),
  port: z.int(),
  username: z.string(),
  folder: z.string(),
  access: z.enum(['key', 'password']),
  publicKey: z.string().nullable(),
  hostKey: HostKey.nullable(),
  ignore: z.array(z.string()),
  pullEveryMs: z.int().nullable(),
  nextPullAt: z.iso.datetime().nullable(),
  pulledAt: z.iso.datetime().nullable(),
  problem: z.string().nullable(),
  summary: PullSummary.nullable(),
})
export type RemoteSource = z.infer<typeof RemoteSource>

/** `full`: every file is fetched and compared, whatever its size and time say. */
export const PullRemote = z.object({ full: z.boolean().default(false) })

export const PullOutcome = z.object({
  outcome: z.enum(['deployed', 'nothing', 'failed']),
  reason: z.string(),
  deployment: z.int().nullable(),
  summary: PullSummary.nullable(),
})
export type PullOutcome = z.infer<typeof PullOutcome>
