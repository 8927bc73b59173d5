import { z } from 'zod'
import { Commit } from './release.ts'

export const DeploymentState = z.enum([
  'queued',
  'building',
  'releasing',
  'starting',
  'checking',
  'switching',
  'watching',
  'live',
  'superseded',
  'reverted',
  'failed',
  'cancelled',
])
export type DeploymentState = z.infer<typeof DeploymentState>

/** Why a deployment was made. */
export const DeploymentTrigger = z.enum([
  'push',
  'upload',
  'image',
  'roll-back',
  'restart',
  'env',
  'scale',
  'start',
  'redeploy',
])
export type DeploymentTrigger = z.infer<typeof DeploymentTrigger>

/** The act of making a release live. */
export const Deployment = z.object({
  id: z.string(),
  app: z.string(),
  /** Counts up per app; also the generation of the instances it starts. */
  number: z.int().positive(),
  state: DeploymentState,
  trigger: DeploymentTrigger,
  /** Who asked for it, as people would call them. */
  actor: z.string(),
  commit: Commit.nullable(),
  /** The release it makes live; null until it has been made. */
  release: z.int().nullable(),
  /** The release that was live when it began. */
  previousRelease: z.int().nullable(),
  /** One line: why it failed, was reverted or was cancelled. */
  reason: z.string().nullable(),
  hint: z.string().nullable(),
  /** When each state was entered, oldest first. */
  phases: z.array(z.object({ state: DeploymentState, at: z.iso.datetime() })),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
})
export type Deployment = z.infer<typeof Deployment>

/** One line of a deployment's log (build, release command, platform). */
export const DeploymentLogLine = z.object({
  /** Counts up from 1 within the deployment; the cursor of the stream. */
  seq: z.int(),
  at: z.iso.datetime(),
  /** `step` begins a phase ("-----> ..."), `error` is a line for people about what went wrong. */
  kind: z.enum(['step', 'output', 'error', 'done']),
  text: z.string(),
})
export type DeploymentLogLine = z.infer<typeof DeploymentLogLine>

export const RollBack = z.object({ with: z.enum(['code-and-env', 'code']).default('code-and-env') })
export type RollBack = z.infer<typeof RollBack>
