import { z } from 'zod'

/** Whether an app sleeps, and what it saved by that. */
export const AppSleep = z.object({
  isAsleep: z.boolean(),
  /** Since when it sleeps. */
  since: z.iso.datetime().nullable(),
  /** Idle for so long it is put to sleep; null: never by itself. */
  afterMs: z.int().nullable(),
  /** Why it could not be put to sleep now; null where it could, or sleeps. */
  staysAwake: z.string().nullable(),
  /** Of the last 24 hours. */
  lastDay: z.object({
    asleepMs: z.int(),
    times: z.int(),
    /** The memory that was free meanwhile: the mean over the time that it slept. */
    freedBytes: z.int(),
    /** How long visitors waited for the wakes. */
    slowestWakeMs: z.int().nullable(),
  }),
})
export type AppSleep = z.infer<typeof AppSleep>
