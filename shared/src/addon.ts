import { z } from 'zod'
import { AppName } from './app.ts'

/** The name is a host name inside of the apps' networks too: `<name>.addons.internal`. */
export const AddonName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
    'Use 2 to 40 lower-case letters, digits or hyphens, beginning with a letter.',
  )

/** An entry of the catalog: `postgresql`, `mariadb`, `redis`. */
export const AddonKindName = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/)

export const AddonVersion = z.string().regex(/^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$/)

/** `DATABASE` gives DATABASE_URL, DATABASE_HOST … */
export const EnvPrefix = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,39}$/, 'Use capitals, digits and underscores, beginning with a letter.')

/**
 * creating: its image is prepared, or its server starts for the first time. failed: says why, and is
 * tried again by a restart. stopped: by somebody; its data is kept for ever. restoring: what is in it
 * is being replaced.
 */
export const AddonState = z.enum(['creating', 'running', 'stopped', 'failed', 'restoring'])
export type AddonState = z.infer<typeof AddonState>

export const AddonAttachment = z.object({
  app: AppName,
  prefix: EnvPrefix,
  /** The user of the database that this app alone has. */
  username: z.string(),
  /** The names of the variables that the app gets by it. */
  variables: z.array(z.string()),
  attachedAt: z.iso.datetime(),
})
export type AddonAttachment = z.infer<typeof AddonAttachment>

export const AddonUsage = z.object({
  memoryBytes: z.int().nullable(),
  /** Of its volume on the disk. */
  sizeBytes: z.int().nullable(),
  connections: z.int().nullable(),
  maxConnections: z.int().nullable(),
})
export type AddonUsage = z.infer<typeof AddonUsage>

/** Whether there is a way back, for badges: the newest good backup, and the newest that was restored. */
export const Proof = z.object({
  lastBackupAt: z.iso.datetime().nullable(),
  /** When a backup of it was last restored for proof. */
  provenAt: z.iso.datetime().nullable(),
  /** How long that took. */
  provenInMs: z.int().nullable(),
  /** Why the last drill failed; null where it did not. */
  failure: z.string().nullable(),
})
export type Proof = z.infer<typeof Proof>

/** A database that the platform runs. */
export const Addon = z.object({
  name: AddonName,
  kind: AddonKindName,
  /** For people: "PostgreSQL". */
  title: z.string(),
  version: AddonVersion,
  state: AddonState,
  /** In one line, where it is failed or creating. */
  reason: z.string().nullable(),
  memoryBytes: z.int(),
  /** Thousandths of a core; 0 means no cap. */
  cpuMillis: z.int(),
  /** Where apps reach it. */
  host: z.string(),
  port: z.int(),
  attachments: z.array(AddonAttachment),
  createdAt: z.iso.datetime(),
})
export type Addon = z.infer<typeof Addon>

const AddonMemory = z
  .int()
  .min(32 * 2 ** 20)
  .max(2 ** 40)

export const CreateAddon = z.object({
  name: AddonName,
  kind: AddonKindName,
  /** The usual one of the kind where it is left out. */
  version: AddonVersion.optional(),
  memoryBytes: AddonMemory.optional(),
  cpuMillis: z.int().min(0).max(256_000).optional(),
  /** Attached at once. */
  app: AppName.optional(),
  prefix: EnvPrefix.optional(),
})
export type CreateAddon = z.infer<typeof CreateAddon>

/** Restarts it: the server's own settings follow its memory. */
export const ChangeAddon = z
  .object({ memoryBytes: AddonMemory, cpuMillis: z.int().min(0).max(256_000) })
  .partial()
export type ChangeAddon = z.infer<typeof ChangeAddon>

export const AttachAddon = z.object({ app: AppName, prefix: EnvPrefix.optional() })
export type AttachAddon = z.infer<typeof AttachAddon>

/** Destroying, and purging from the trash, ask for the name once more. */
export const ConfirmAddon = z.object({ confirm: z.string() })

/** An add-on in the trash: stopped and kept; after 7 days it may be purged by name, and never is by itself. */
export const DestroyedAddon = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  version: z.string(),
  sizeBytes: z.int().nullable(),
  destroyedAt: z.iso.datetime(),
  purgeableAt: z.iso.datetime(),
  isPurging: z.boolean(),
})
export type DestroyedAddon = z.infer<typeof DestroyedAddon>

/** A time during which one address outside may connect to an add-on, at a port of the server. */
export const AddonException = z.object({
  id: z.string(),
  addon: AddonName,
  /** One address, or a small network: at most 256 addresses of IPv4. */
  from: z.string(),
  /** Of the server's own. */
  port: z.int(),
  until: z.iso.datetime(),
  createdAt: z.iso.datetime(),
})
export type AddonException = z.infer<typeof AddonException>

export const CreateAddonException = z.object({
  from: z.string().max(50),
  /** At most a day. */
  minutes: z.int().min(1).max(1_440).default(60),
})
export type CreateAddonException = z.infer<typeof CreateAddonException>

/** What of a kind can be had on this node. */
export const AddonCatalogEntry = z.object({
  kind: AddonKindName,
  title: z.string(),
  summary: z.string(),
  /** The usual prefix of its variables. */
  prefix: EnvPrefix,
  versions: z.array(
    z.object({
      version: AddonVersion,
      isDefault: z.boolean(),
      /** Can be had only where an image registry answers. */
      needsRegistry: z.boolean(),
      /** null where it can be had now; otherwise why it cannot. */
      unavailable: z.string().nullable(),
    }),
  ),
  defaultMemoryBytes: z.int(),
  minMemoryBytes: z.int(),
  /** False: what it holds is not kept on a disk (Memcached), so there are no backups. */
  keepsData: z.boolean(),
  hasConsole: z.boolean(),
})
export type AddonCatalogEntry = z.infer<typeof AddonCatalogEntry>
