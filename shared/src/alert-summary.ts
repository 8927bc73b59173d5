import { z } from 'zod'

/** How it stands now; for the dashboard's head. */
export const AlertSummary = z.object({
  critical: z.int(),
  warning: z.int(),
  info: z.int(),
  /** Whether the team has a channel that is on: without one nobody is told of anything. */
  hasChannel: z.boolean(),
})
export type AlertSummary = z.infer<typeof AlertSummary>
