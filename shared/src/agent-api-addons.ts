import { z } from 'zod'
import { AddonName } from './addon.ts'
import {
  AddonStackImage,
  InstanceLimits,
  MountedVolume,
  OpenExec,
  ReadLogs,
  ReadLogsEvent,
  RegistryCredentials,
  SessionEvent,
} from './agent-api.ts'
import { AppName } from './app.ts'

const Id = z.string().regex(/^[a-z0-9]{8,40}$/)
const EnvRecord = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), z.string())

/** Program and arguments inside of an add-on's container; no shell is in between. */
export const Argv = z.array(z.string().max(32_768)).min(1).max(200)

/** Prepared by us of the distribution's packages, or somebody's, pulled where a registry answers. */
export const AddonImage = z.union([
  z.object({ prepared: AddonStackImage }),
  z.object({ reference: z.string().min(1).max(300) }),
])
export type AddonImage = z.infer<typeof AddonImage>

/** The container of an add-on is `vastrox-<instance>-addon-<addonId>-<generation>` (rule K2). */
export const StartAddon = z.object({
  addonId: Id,
  addonName: AddonName,
  /** Raised whenever another container takes its place: a new version, other limits. */
  generation: z.int().positive(),
  image: AddonImage,
  /**
   * The server and its settings, behind the image's own entry point, which makes an empty volume a
   * database. null: the image's own. Prepared images want their volume at /data, and their password in
   * POSTGRES_PASSWORD, MARIADB_ROOT_PASSWORD or REDIS_PASSWORD at the first start; their programs are
   * `postgres`, `mariadbd`, `redis-server`, `valkey-server` and `memcached`.
   */
  command: Argv.nullable(),
  env: EnvRecord,
  /** Belongs to the add-on: its owner is the add-on's id. null: it keeps nothing. */
  volume: MountedVolume.nullable(),
  limits: InstanceLimits,
  stopGraceMs: z.int().min(0).max(600_000),
  /** Its file system is read-only but for the volume, /tmp and /run. */
  readOnlyRoot: z.boolean().default(true),
})
export type StartAddon = z.input<typeof StartAddon>

export const ObservedAddon = z.object({
  addonId: z.string(),
  generation: z.int(),
  status: z.enum(['created', 'running', 'restarting', 'exited', 'dead']),
  exitCode: z.int().nullable(),
  oomKilled: z.boolean(),
  restarts: z.int(),
  startedAt: z.iso.datetime().nullable(),
  /** On its own bridge. */
  host: z.string().nullable(),
  memoryBytes: z.int().nullable(),
  /** CPU time used since it started, in microseconds. */
  cpuUsec: z.int().nullable(),
})
export type ObservedAddon = z.infer<typeof ObservedAddon>

/** An app whose instances reach an add-on, as `<addonName>.addons.internal`, on the app's own bridge. */
export const AddonLink = z.object({
  addonId: Id,
  addonName: AddonName,
  appId: Id,
  appName: AppName,
})
export type AddonLink = z.infer<typeof AddonLink>

export const ExecAddon = z.object({
  addonId: Id,
  argv: Argv,
  /** Text for its standard input. */
  stdin: z
    .string()
    .max(2 ** 20)
    .default(''),
  env: EnvRecord.default({}),
  timeoutMs: z.int().min(100).max(3_600_000),
})
export type ExecAddon = z.input<typeof ExecAddon>

/** JSON verbs about add-ons; the wire is that of agent-api.ts. */
export const ADDON_VERBS = {
  /**
   * Creates and starts the container on a bridge of the add-on's own, with no way out, and links it to
   * the apps that keep-addon-links named. The engine restarts it by itself. Containers of older
   * generations must be stopped before. Idempotent by name. Throws IMAGE_NOT_FOUND where its image has
   * not been prepared or pulled, VOLUME_DATA_MISSING, INSTANCE_START_FAILED.
   */
  'start-addon': { input: StartAddon, output: z.object({ host: z.string() }) },
  /** SIGTERM, grace, SIGKILL, remove; every generation but `except`. The volume stays. */
  'stop-addon': {
    input: z.object({
      addonId: Id,
      except: z.int().positive().nullable(),
      graceMs: z.int().min(0).max(600_000),
    }),
    output: z.object({}),
  },
  /** Every container with this installation's label (rule K7). */
  'list-addons': {
    input: z.object({}),
    output: z.object({ addons: z.array(ObservedAddon).max(2_000) }),
  },
  /**
   * All links that are to be, which replace those before. Kept over a restart of the agent, and
   * restored when a container or a bridge is made anew.
   */
  'keep-addon-links': {
    input: z.object({ links: z.array(AddonLink).max(10_000) }),
    output: z.object({}),
  },
  /**
   * A short command in the add-on's running container, to its end. Output beyond 4 MiB is cut.
   * Throws ADDON_NOT_RUNNING, RUN_TIMED_OUT.
   */
  'exec-addon': {
    input: ExecAddon,
    output: z.object({ exitCode: z.int(), stdout: z.string(), stderr: z.string() }),
  },
  /** Its containers and its bridge. Never its volume: that is remove-volume, with the add-on as owner. */
  'remove-addon': { input: z.object({ addonId: Id }), output: z.object({}) },
  /**
   * All exceptions that are to be, which replace those before: connections of `from` to this port of
   * the server reach the add-on's, until the time is over, daemon dead or alive. Kept over a restart.
   * Refused with PORT_TAKEN where the port is somebody's.
   */
  'keep-addon-exceptions': {
    input: z.object({
      exceptions: z
        .array(
          z.object({
            addonId: Id,
            from: z.string().max(50),
            hostPort: z.int().min(1).max(65_535),
            addonPort: z.int().min(1).max(65_535),
            until: z.iso.datetime(),
          }),
        )
        .max(500),
    }),
    output: z.object({}),
  },
} as const
export type AddonVerb = keyof typeof ADDON_VERBS

/** A console of an add-on: framed as OpenExec is. Throws ADDON_NOT_RUNNING. */
export const OpenAddonExec = OpenExec.omit({ name: true, command: true }).extend({
  addonId: Id,
  argv: Argv,
})
export type OpenAddonExec = z.infer<typeof OpenAddonExec>

/** As ReadLogs, of the add-on's newest container. */
export const ReadAddonLogs = ReadLogs.omit({ name: true }).extend({ addonId: Id })
export type ReadAddonLogs = z.input<typeof ReadAddonLogs>

/**
 * Fetches somebody else's image for add-ons (`{ reference }`), where a registry answers. One that is
 * there is looked at again: what its tag means may have changed. Throws IMAGE_REFERENCE_…,
 * IMAGE_NOT_FOUND, IMAGE_PULL_FAILED.
 */
export const PullAddonImage = z.object({
  reference: z.string().min(1).max(300),
  credentials: RegistryCredentials.nullable(),
  timeoutMs: z.int().min(1_000).max(3_600_000),
})
export type PullAddonImage = z.infer<typeof PullAddonImage>

export const PullAddonImageEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('output'), text: z.string() }),
  z.object({
    type: z.literal('done'),
    /** What the tag meant when it was fetched. */
    digest: z.string(),
    imageId: z.string(),
    sizeBytes: z.int(),
  }),
  z.object({
    type: z.literal('failed'),
    code: z.string(),
    reason: z.string(),
    details: z.record(z.string(), z.unknown()).default({}),
  }),
])
export type PullAddonImageEvent = z.infer<typeof PullAddonImageEvent>

/** Stream verbs; open-addon-exec has the framed body described at BuildImage. */
export const ADDON_STREAMS = {
  'pull-addon-image': { input: PullAddonImage, event: PullAddonImageEvent },
  'open-addon-exec': { input: OpenAddonExec, event: SessionEvent },
  'read-addon-logs': { input: ReadAddonLogs, event: ReadLogsEvent },
} as const
export type AddonStream = keyof typeof ADDON_STREAMS
