import { z } from 'zod'

/** In the order in which somebody new takes them. */
export const FirstStepKey = z.enum(['account', 'app', 'domain', 'backups', 'channel', 'passkey'])
export type FirstStepKey = z.infer<typeof FirstStepKey>

export const FirstStep = z.object({
  key: FirstStepKey,
  /** Looked at just now: `done` is what was found, and never what somebody has ticked. */
  state: z.enum(['done', 'open', 'not-yet-possible']),
  /** What was found, or what is missing, in one sentence. */
  found: z.string(),
  /** Somebody has said that it is not for them. */
  isSkipped: z.boolean(),
  /** Whether the one who asks may take it. */
  isYours: z.boolean(),
  /** The app that it is about, where it is one. */
  app: z.string().nullable(),
})
export type FirstStep = z.infer<typeof FirstStep>

/** The first steps of a team, as far as they are done. */
export const FirstRun = z.object({
  steps: z.array(FirstStep).max(FirstStepKey.options.length),
  /** Each step is done, or skipped. */
  isComplete: z.boolean(),
  /** Put away: it comes back where it was left. */
  isDismissed: z.boolean(),
})
export type FirstRun = z.infer<typeof FirstRun>

export const ChangeFirstRun = z
  .object({
    isDismissed: z.boolean(),
    /** Those that are not for this team. */
    skipped: z.array(FirstStepKey).max(FirstStepKey.options.length),
  })
  .partial()
export type ChangeFirstRun = z.infer<typeof ChangeFirstRun>
