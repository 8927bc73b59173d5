import { z } from 'zod'
import { InstanceRef } from './agent-api.ts'

const Names = z.array(InstanceRef.shape.name).max(1_000)

/** JSON verbs of instances that sleep; the wire is that of agent-api.ts. */
export const SLEEP_VERBS = {
  /**
   * SIGTERM, grace, SIGKILL, and nothing is removed. Nobody but wake-instances starts them again: not
   * the engine when it comes back, and not a reboot. A name that is not there is not an error.
   */
  'sleep-instances': {
    input: z.object({ names: Names, graceMs: z.int().min(0).max(600_000) }),
    output: z.object({}),
  },
  /** Starts what sleeps, at the address that it had; one that runs already is fine. Gives the names that are gone. */
  'wake-instances': {
    input: z.object({ names: Names }),
    output: z.object({ missing: z.array(z.string()) }),
  },
} as const
export type SleepVerb = keyof typeof SLEEP_VERBS
