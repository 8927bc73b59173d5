import { z } from 'zod'
import { Deployment } from './deployment.ts'

export const ProcessName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'Use up to 63 lower-case letters, digits, _ or -.')

/** What one instance may take, and how long it gets to end. */
export const ProcessLimits = z.object({
  memoryBytes: z
    .int()
    .min(32 * 2 ** 20)
    .max(2 ** 40),
  /** CPU share in thousandths of a core; 0 means no cap. */
  cpuMillis: z.int().min(0).max(256_000),
  /** Time between SIGTERM and SIGKILL (rule D1). */
  stopGraceMs: z.int().min(0).max(600_000),
})
export type ProcessLimits = z.infer<typeof ProcessLimits>

/** What is said for one process alone; what is not said is as for the whole app. */
export const OwnLimits = ProcessLimits.partial()
export type OwnLimits = z.infer<typeof OwnLimits>

/**
 * crashed: it has ended and the engine starts it again at once; crash-looping: it has ended 5 times in
 * 10 minutes, gets no visitors and is tried again at growing distances (rule K8); asleep: stopped until
 * somebody visits the app.
 */
export const InstanceState = z.enum([
  'starting',
  'running',
  'draining',
  'crashed',
  'crash-looping',
  'stopped',
  'asleep',
])
export type InstanceState = z.infer<typeof InstanceState>

/** How an instance ended by itself: kept when its container is gone. */
export const Crash = z.object({
  /** Counts up within the app. */
  number: z.int(),
  at: z.iso.datetime(),
  /** Of a command that was run once `run`, of a scheduled job `job`; the ordinal is its number then. */
  process: z.string(),
  ordinal: z.int(),
  release: z.int(),
  /** null where the engine did not tell. */
  exitCode: z.int().nullable(),
  /** `SIGKILL`; null where it ended by itself. */
  signal: z.string().nullable(),
  oomKilled: z.boolean(),
  /** One line, where a rule knows why. */
  explanation: z.string().nullable(),
  /** The memory limit that it had. */
  memoryBytes: z.int(),
  /** The last lines that it printed, without the app's secrets; at most 20. */
  lines: z.array(z.string()),
})
export type Crash = z.infer<typeof Crash>

/** What changed since it was last well. */
export const ChangeBefore = z.object({
  at: z.iso.datetime(),
  kind: z.enum([
    'deployment',
    'env',
    'scale',
    'limits',
    'addon',
    'volume',
    'engine',
    'node',
    'other',
  ]),
  title: z.string().max(200),
  link: z.string().max(300).nullable(),
})
export type ChangeBefore = z.infer<typeof ChangeBefore>

/** A crash with all that is known of it: the black box, kept with the release. */
export const CrashDetails = Crash.extend({
  instance: z.string(),
  /** The last lines, without the app's secrets; at most 200. */
  lines: z.array(z.string()).max(200),
  /** The ten minutes before, every 15 s: seconds since 1970, bytes, cores; null where not measured. */
  curve: z.object({
    times: z.array(z.int()).max(60),
    memory: z.array(z.number().nullable()).max(60),
    cpu: z.array(z.number().nullable()).max(60),
  }),
  /** Requests that were under way to it; null where nobody knows. */
  requestsInFlight: z.int().nullable(),
  /** When it was last known to be well. */
  healthyAt: z.iso.datetime().nullable(),
  changes: z.array(ChangeBefore).max(20),
})
export type CrashDetails = z.infer<typeof CrashDetails>

/** One running container of a process. */
export const Instance = z.object({
  id: z.string(),
  process: z.string(),
  ordinal: z.int(),
  release: z.int(),
  node: z.string(),
  state: InstanceState,
  address: z.string(),
  port: z.int().nullable(),
  restarts: z.int(),
  exitCode: z.int().nullable(),
  memoryBytes: z.int().nullable(),
  cpuPercent: z.number().nullable(),
  startedAt: z.iso.datetime().nullable(),
  /** As it was started with. */
  limits: ProcessLimits,
  /** How it ended last. */
  lastCrash: Crash.nullable(),
  /** When one that is crash-looping is tried again. */
  nextTryAt: z.iso.datetime().nullable(),
})
export type Instance = z.infer<typeof Instance>

/** A named command of an app, with its scale. */
export const Process = z.object({
  name: z.string(),
  /** null: the image's own. */
  command: z.string().nullable(),
  scale: z.int(),
  /** What the next instances are started with. */
  limits: ProcessLimits,
  /** The part of it that is said for this process alone. */
  ownLimits: OwnLimits,
  /** True while instances run that were started with other limits. */
  needsRestart: z.boolean(),
  instances: z.array(Instance),
})
export type Process = z.infer<typeof Process>

/** How many instances of each process; at most 100 of one. */
export const Scale = z.record(ProcessName, z.int().min(0).max(100))
export type Scale = z.infer<typeof Scale>

/** null gives a limit back to what is said for the whole app. */
export const ChangeProcess = z.object({
  scale: z.int().min(0).max(100).optional(),
  memoryBytes: ProcessLimits.shape.memoryBytes.nullable().optional(),
  cpuMillis: ProcessLimits.shape.cpuMillis.nullable().optional(),
  stopGraceMs: ProcessLimits.shape.stopGraceMs.nullable().optional(),
  /** New instances at once, so that the limits are in force. */
  restart: z.boolean().optional(),
})
export type ChangeProcess = z.infer<typeof ChangeProcess>

/** After a change: the limits, whether they wait for a restart, and the deployment that was asked for with it. */
export const ChangedProcess = z.object({
  name: z.string(),
  scale: z.int(),
  limits: ProcessLimits,
  ownLimits: OwnLimits,
  needsRestart: z.boolean(),
  deployment: Deployment.nullable(),
})
export type ChangedProcess = z.infer<typeof ChangedProcess>
