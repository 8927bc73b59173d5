import { z } from 'zod'
import { Failed } from './agent-api.ts'

const MOST_WORKERS = 64

/** Processes of ours that print into a file beneath `<data>/log`. No other name leads to a file. */
export const PLATFORM_PROCESSES: readonly string[] = [
  'supervisor',
  'agent',
  'daemon',
  'dockerd',
  ...Array.from({ length: MOST_WORKERS }, (_, worker) => `proxy-${worker}`),
]

const PlatformProcess = z.string().refine((name) => PLATFORM_PROCESSES.includes(name))

export const PlatformLogLine = z.object({
  process: z.string(),
  /** As the line says; of one that says none, the time of the one before it. Milliseconds. */
  at: z.iso.datetime(),
  text: z.string(),
})
export type PlatformLogLine = z.infer<typeof PlatformLogLine>

export const ReadPlatformLog = z.object({
  /** All of them where none is named. */
  processes: z.array(PlatformProcess).max(PLATFORM_PROCESSES.length),
  /** From then on, and until then. */
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
})
export type ReadPlatformLog = z.infer<typeof ReadPlatformLog>

/** Lines of all processes, the newest first, some hundred at a time. Who has enough closes. */
export const ReadPlatformLogEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('lines'), lines: z.array(PlatformLogLine).max(1_000) }),
  z.object({ type: z.literal('done') }),
  Failed,
])
export type ReadPlatformLogEvent = z.infer<typeof ReadPlatformLogEvent>

/**
 * What our own processes print. Throws LOG_UNAVAILABLE where systemd keeps it. Only reads, only these
 * files, and takes no path.
 */
export const PLATFORM_LOG_STREAMS = {
  'read-platform-log': { input: ReadPlatformLog, event: ReadPlatformLogEvent },
} as const
