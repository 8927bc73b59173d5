import { z } from 'zod'

/** One line of an app's log. */
export const LogLine = z.object({
  at: z.iso.datetime(),
  /** `web.1`, `worker.2`, or `platform` for what Vastrox says about the app. */
  source: z.string(),
  release: z.int().nullable(),
  stream: z.enum(['stdout', 'stderr', 'platform']),
  text: z.string(),
})
export type LogLine = z.infer<typeof LogLine>
