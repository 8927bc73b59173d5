import { z } from 'zod'

/** One line of a log. */
export const LogLine = z.object({
  at: z.iso.datetime(),
  /**
   * `web.1`, `worker.2`; `platform` for what Vastrox says about the app; `build.12`, `release.12`
   * (the release command) by deployment; `run.7`; of an add-on its name.
   */
  source: z.string(),
  release: z.int().nullable(),
  stream: z.enum(['stdout', 'stderr', 'platform']),
  text: z.string(),
})
export type LogLine = z.infer<typeof LogLine>

/** As read from the line: its JSON `level`, `severity` or `lvl`, or a word like ERROR at its head. */
export const LogLevel = z.enum(['debug', 'info', 'warning', 'error'])
export type LogLevel = z.infer<typeof LogLevel>

/** Which lines are wanted. All that is said must hold. */
export const LogFilter = z.object({
  /** Part of the line, in any case of letters. */
  text: z.string().min(1).max(200).optional(),
  /** An expression instead of a text; those that could take for ever are refused. */
  regex: z.string().min(1).max(200).optional(),
  /** This level and worse. */
  level: LogLevel.optional(),
  /** `web`, `web.1`, `platform`; several with commas. */
  source: z
    .string()
    .max(200)
    .regex(/^[a-z0-9_.-]+(,[a-z0-9_.-]+)*$/, 'Sources like web or web.1, with commas between.')
    .optional(),
  stream: LogLine.shape.stream.optional(),
  release: z.coerce.number().int().positive().optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  /** Fields of lines that are JSON: `status=500`, `user.id=7`; several with commas. */
  fields: z.string().min(3).max(500).optional(),
})
export type LogFilter = z.infer<typeof LogFilter>

/** A line with where it stands: give `id` back to go on behind it, or to see what is around it. */
export const FoundLine = LogLine.extend({
  id: z.string().max(60),
  level: LogLevel.nullable(),
})
export type FoundLine = z.infer<typeof FoundLine>

/** Newest first. */
export const LogSearchReply = z.object({
  items: z.array(FoundLine).max(1_000),
  nextCursor: z.string().nullable(),
  /** What was looked through for it. */
  scannedBytes: z.int(),
  tookMs: z.int(),
})
export type LogSearchReply = z.infer<typeof LogSearchReply>

/** How long lines are kept, and how many of them: whichever is reached first. */
export const LogSettings = z.object({
  keepDays: z.int().min(1).max(365),
  keepBytes: z.int().min(2 ** 20),
  /** What an app may print for long; what is more is left out, and how much is said in its log. */
  linesPerSecond: z.int().min(10).max(1_000_000),
})
export type LogSettings = z.infer<typeof LogSettings>

/** What is not said stays as it is. */
export const ChangeLogSettings = LogSettings.partial()
export type ChangeLogSettings = z.infer<typeof ChangeLogSettings>

/** With what there is. */
export const LogSettingsView = LogSettings.extend({
  usedBytes: z.int(),
  /** Before compression. */
  lineBytes: z.int(),
  oldestAt: z.iso.datetime().nullable(),
  /** Since the daemon started. */
  droppedLines: z.int(),
})
export type LogSettingsView = z.infer<typeof LogSettingsView>
