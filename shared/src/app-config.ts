import { z } from 'zod'
import { HealthPath } from './app.ts'
import { EnvGenerator, EnvKey, EnvValue } from './env.ts'
import { ProcessName } from './process.ts'
import { MountPath, VolumeName } from './volume.ts'

/** One line for a shell inside of the app's container. */
const Command = z.string().min(1).max(8_192)

/** An env variable that the source asks for. What the user has set is never touched by it. */
export const DeclaredVariable = z.object({
  /** Stored when the variable is missing; null where there is none. */
  value: EnvValue.nullable(),
  /** Made at random and stored when the variable is missing. */
  generate: z.enum(['secret', ...EnvGenerator.options]).nullable(),
  /** A deployment without a value for it fails before the build. */
  required: z.boolean(),
  description: z.string().max(500).nullable(),
})
export type DeclaredVariable = z.infer<typeof DeclaredVariable>

/** What the source says about one process. null: the settings of the app hold. */
export const ProcessConfig = z.object({
  /** At its first deployment; afterwards what the user says. */
  scale: z.int().min(0).max(100).nullable(),
  /** Of each instance. */
  memoryBytes: z
    .int()
    .min(32 * 2 ** 20)
    .max(2 ** 40)
    .nullable(),
  /** Thousandths of a core; 0 means no cap. */
  cpuMillis: z.int().min(0).max(256_000).nullable(),
  /** Time between SIGTERM and SIGKILL. */
  stopGraceMs: z.int().min(0).max(600_000).nullable(),
  /** Never two instances at a time, an old beside a new one included: "recreate with hold" (rule D5). */
  exclusive: z.boolean(),
})
export type ProcessConfig = z.infer<typeof ProcessConfig>

/** A command that is run at certain times, in a container of its own from the release's image. */
export const CronJob = z.object({
  /** Unique in the app; made from the command where the source gives none. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  /** Five fields (minute hour day month weekday) or @hourly, @daily, @weekly, @monthly, @yearly. */
  schedule: z.string().max(100),
  /** IANA name; null means UTC. */
  timeZone: z.string().max(60).nullable(),
  command: Command,
  /** What happens when the run before has not ended: this one is left out, runs beside it, or ends it. */
  overlap: z.enum(['skip', 'allow', 'replace']),
  timeoutMs: z.int().min(1_000).max(86_400_000).nullable(),
  memoryBytes: ProcessConfig.shape.memoryBytes,
})
export type CronJob = z.infer<typeof CronJob>

/** A directory that the source wants to outlive its instances. */
export const VolumeConfig = z.object({
  path: MountPath,
  /** The processes that get it; null means all of them, scheduled jobs and the release command too. */
  processes: z.array(ProcessName).max(50).nullable(),
  /** One instance at a time may hold it (SQLite): its processes are `exclusive`. */
  exclusive: z.boolean(),
})
export type VolumeConfig = z.infer<typeof VolumeConfig>

/** A database that the source asks for, as app.json names it: `heroku-postgresql:essential-0`. */
export const AddonWish = z.object({
  /** Without the `heroku-` in front: `postgresql`, `redis`. */
  kind: z.string().max(60),
  plan: z.string().max(60).nullable(),
  version: z.string().max(40).nullable(),
  /** The prefix of its variables; null means the usual one. */
  as: z.string().max(60).nullable(),
})
export type AddonWish = z.infer<typeof AddonWish>

/**
 * What a source says about how its app runs: vastrox.json and app.json put together, checked, and
 * kept with each build. A release's is that of its build. What the user has set goes over it.
 */
export const AppConfig = z.object({
  env: z.record(EnvKey, DeclaredVariable).default({}),
  /** Only processes that the source says more of than a command. */
  processes: z.record(ProcessName, ProcessConfig).default({}),
  healthPath: HealthPath.nullable().default(null),
  healthTimeoutMs: z.int().min(1_000).max(900_000).nullable().default(null),
  /** Run once, in the new image after the release command, when the app is deployed for the first time. */
  firstDeployCommand: Command.nullable().default(null),
  cron: z.array(CronJob).max(50).default([]),
  volumes: z.record(VolumeName, VolumeConfig).default({}),
  addons: z.array(AddonWish).max(20).default([]),
})
export type AppConfig = z.infer<typeof AppConfig>

export const NO_APP_CONFIG: AppConfig = AppConfig.parse({})
