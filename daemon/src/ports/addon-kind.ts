import type { AddonImage } from '@vastrox/shared/agent-api-addons.ts'
import type { DrillCheck } from '@vastrox/shared/backup.ts'
import type { z } from 'zod'

/** A command inside of an add-on's container; what is secret is in `env` or `stdin`, never in `argv` (B3). */
export interface AddonCommand {
  argv: string[]
  stdin?: string
  env?: Record<string, string>
  timeoutMs: number
}

/** What the platform itself opens the server with. */
export interface AddonRoot {
  password: string
}

/** A user of the database that belongs to one app. */
export interface AddonUser {
  username: string
  password: string
}

/** Rows of each table, `schema.table` → count, and what else of the content can be counted. */
export type AddonCounts = Readonly<Record<string, number>>

/** How a kind's content is stored elsewhere and put back. */
export interface AddonBackup {
  /** The name of the one file in a backup: `dump.pgc`. */
  fileName: string
  minBytes: number
  /** A regular expression that the last 4 KiB match; null where the format says its end by itself. */
  trailer: string | null
  dump(root: AddonRoot): AddonCommand
  /** Reads the dump from its standard input, into a server that has nothing in it. All or nothing. */
  restore(root: AddonRoot): AddonCommand
  /** Empties the server, for a restore in place. */
  clear(root: AddonRoot): AddonCommand[]
  count(root: AddonRoot): AddonCommand
  readCounts(stdout: string): AddonCounts
  /** The server's own check of its content (amcheck, CHECK TABLE), after a restore. */
  verify(root: AddonRoot): AddonCommand
  readVerification(result: { exitCode: number; stdout: string; stderr: string }): DrillCheck[]
  /** What people bring: by the first bytes and the name. null: the format is not known. */
  importOf(
    name: string,
    head: Buffer,
    root: AddonRoot,
  ): { packed: 'none' | 'gzip'; command: AddonCommand } | null
}

export interface AddonKindVersion {
  version: string
  image: AddonImage
  isDefault: boolean
  needsRegistry: boolean
}

/** What a database puts in the catalog: data and pure functions; it does nothing by itself. */
export interface AddonKind {
  kind: string
  title: string
  summary: string
  /** Other names that sources use for it: `postgres`, `heroku-postgresql`. */
  aliases: readonly string[]
  /** The usual prefix: `DATABASE`. */
  prefix: string
  versions: readonly AddonKindVersion[]
  settings: z.ZodObject
  port: number
  /** Where the data lies in the container; null: it keeps nothing. */
  dataPath: string | null
  minMemoryBytes: number
  defaultMemoryBytes: number
  stopGraceMs: number
  /** At once; null: as many as it has memory for, or nobody knows. */
  maxConnections(memoryBytes: number): number | null
  /** The server with settings that match its memory. */
  container(given: { version: string; memoryBytes: number; settings: unknown; root: AddonRoot }): {
    command: string[] | null
    env: Record<string, string>
  }
  /** Succeeds (exit code 0) once the server answers to the platform. */
  ready(root: AddonRoot): AddonCommand
  /** What the platform needs in it, after each start; a second time it changes nothing. */
  setUp(root: AddonRoot): AddonCommand[]
  /** With this password, also where there is one of that name. */
  createUser(root: AddonRoot, user: AddonUser): AddonCommand[]
  changePassword(root: AddonRoot, user: AddonUser): AddonCommand[]
  /** Its open connections end; what it made stays. One that is not there is fine. */
  dropUser(root: AddonRoot, username: string): AddonCommand[]
  /** Empty where the server takes another password of the platform's when it starts. */
  changeRoot(root: AddonRoot, next: AddonRoot): AddonCommand[]
  /** The variables of an app: `<PREFIX>_URL` and its parts. */
  variables(given: {
    prefix: string
    host: string
    port: number
    user: AddonUser
  }): Record<string, string>
  /** psql, mysql, redis-cli; as an app's user, or as the platform's. null: none. */
  console: ((root: AddonRoot, user: AddonUser | null) => AddonCommand) | null
  usage(root: AddonRoot): AddonCommand
  readUsage(stdout: string): { connections: number | null; maxConnections: number | null }
  /** null: nothing to keep. */
  backup: AddonBackup | null
}

export const defineAddon = (kind: AddonKind): AddonKind => kind
