import { z } from 'zod'
import { CronJob } from './app-config.ts'
import { ProcessLimits } from './process.ts'
import { Run, RunCommand } from './run.ts'

export const JobName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,39}$/,
    'Use up to 40 lower-case letters, digits or hyphens, beginning with a letter.',
  )

/** What happens when the run before has not ended: this one is left out, runs beside it, or ends it. */
export const Overlap = CronJob.shape.overlap
export type Overlap = z.infer<typeof Overlap>

/** Five fields, or a name such as @daily; checked against the calendar by the daemon. */
const Schedule = z.string().trim().min(1).max(100)
const HOUR_MS = 3_600_000

export const ScheduledJob = z.object({
  id: z.string(),
  name: z.string(),
  /** user: made here; source: written down in vastrox.json or app.json, and changed there. */
  origin: z.enum(['user', 'source']),
  schedule: z.string(),
  /** IANA name. Where clocks change, a time that is left out runs right after, one that comes twice runs once. */
  timeZone: z.string(),
  command: z.string(),
  overlap: Overlap,
  timeoutMs: z.int(),
  /** null: as much as a `web` instance may have. */
  memoryBytes: z.int().nullable(),
  /** A run that was missed while Vastrox did not run is made up for, once. */
  runLate: z.boolean(),
  enabled: z.boolean(),
  /** null: switched off, the app is stopped or has no release. */
  nextRunAt: z.iso.datetime().nullable(),
  running: z.int(),
  lastRun: Run.nullable(),
  createdAt: z.iso.datetime(),
})
export type ScheduledJob = z.infer<typeof ScheduledJob>

export const CreateJob = z.object({
  name: JobName,
  schedule: Schedule,
  timeZone: z.string().max(60).default('UTC'),
  command: RunCommand,
  overlap: Overlap.default('skip'),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(24 * HOUR_MS)
    .default(HOUR_MS),
  memoryBytes: ProcessLimits.shape.memoryBytes.nullable().default(null),
  runLate: z.boolean().default(false),
  enabled: z.boolean().default(true),
})
export type CreateJob = z.infer<typeof CreateJob>

/** Of a job that the source says, only `enabled` and `runLate` can be changed here. */
export const ChangeJob = z.object({
  schedule: Schedule.optional(),
  timeZone: z.string().max(60).optional(),
  command: RunCommand.optional(),
  overlap: Overlap.optional(),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(24 * HOUR_MS)
    .optional(),
  memoryBytes: ProcessLimits.shape.memoryBytes.nullable().optional(),
  runLate: z.boolean().optional(),
  enabled: z.boolean().optional(),
})
export type ChangeJob = z.infer<typeof ChangeJob>
