import { z } from 'zod'
import { ProcessLimits } from './process.ts'

/**
 * command: asked for by the API, with a log; console: somebody works with it; exec: the same inside
 * of an instance; job: a scheduled job's; release: the release command of a deployment.
 */
export const RunKind = z.enum(['command', 'console', 'exec', 'job', 'release'])
export type RunKind = z.infer<typeof RunKind>

/**
 * failed: it exited with another code than 0, or could not be started; interrupted: Vastrox or the
 * engine was restarted under it; skipped: a job's, while the one before still ran; missed: a job's,
 * while Vastrox did not run.
 */
export const RunState = z.enum([
  'running',
  'succeeded',
  'failed',
  'timed-out',
  'stopped',
  'interrupted',
  'skipped',
  'missed',
])
export type RunState = z.infer<typeof RunState>

/** A command in a container of its own (exec apart), with the image, env and network of its app. */
export const Run = z.object({
  id: z.string(),
  /** Counts up per app. */
  number: z.int().positive(),
  kind: RunKind,
  state: RunState,
  command: z.string(),
  release: z.int().nullable(),
  /** The scheduled job that it belongs to. */
  jobId: z.string().nullable(),
  deployment: z.int().nullable(),
  exitCode: z.int().nullable(),
  oomKilled: z.boolean(),
  /** One line: why it did not succeed, where the exit code does not say it. */
  reason: z.string().nullable(),
  /** Who asked for it, as people would call them. */
  actor: z.string(),
  /** When a job was to run. */
  dueAt: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
})
export type Run = z.infer<typeof Run>

const HOUR_MS = 3_600_000

export const RunCommand = z
  .string()
  .min(1)
  .max(8_192)
  .refine((text) => !text.includes('\0') && text.trim() !== '', 'Say a command.')

export const CreateRun = z.object({
  /** A line for the shell inside of the container. */
  command: RunCommand,
  timeoutMs: z
    .int()
    .min(1_000)
    .max(24 * HOUR_MS)
    .default(HOUR_MS),
  /** Without it as much as a `web` instance may have. */
  memoryBytes: ProcessLimits.shape.memoryBytes.optional(),
})
export type CreateRun = z.infer<typeof CreateRun>

/** One line of what a run printed, or of what Vastrox says about it. */
export const RunLogLine = z.object({
  /** Counts up from 1 within the run; the cursor of the stream. */
  seq: z.int(),
  at: z.iso.datetime(),
  kind: z.enum(['step', 'output', 'error', 'done']),
  text: z.string(),
})
export type RunLogLine = z.infer<typeof RunLogLine>
