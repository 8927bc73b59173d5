import { z } from 'zod'

/** A line of `restic backup --json`; other lines are of no use to us. */
const Line = z.discriminatedUnion('message_type', [
  z.object({
    message_type: z.literal('status'),
    bytes_done: z.number().default(0),
    total_bytes: z.number().optional(),
    files_done: z.number().default(0),
  }),
  z.object({
    message_type: z.literal('summary'),
    total_files_processed: z.number(),
    total_bytes_processed: z.number(),
    /** Before they were compressed. */
    data_added: z.number(),
    /** As they lie there; from restic 0.17 on. */
    data_added_packed: z.number().optional(),
    snapshot_id: z.string(),
  }),
  z.object({
    message_type: z.literal('error'),
    error: z.object({ message: z.string().optional() }).loose(),
    during: z.string().optional(),
    item: z.string().optional(),
  }),
])
type Line = z.infer<typeof Line>
export type Summary = Extract<Line, { message_type: 'summary' }>

export function readBackupLine(line: string): Line | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return Line.safeParse(JSON.parse(line)).data
  } catch {
    // A line that was cut short.
    return undefined
  }
}

export const Snapshots = z
  .array(
    z.object({
      id: z.string(),
      time: z.string(),
      hostname: z.string().default(''),
      tags: z.array(z.string()).nullish(),
      paths: z.array(z.string()).default([]),
    }),
  )
  .nullable()
  .transform((found) => found ?? [])
export type FoundSnapshot = z.output<typeof Snapshots>[number]

export const Config = z.object({ id: z.string() })
