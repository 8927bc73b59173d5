import { z } from 'zod'

/** One line of JSON to supervisor.sock; one line comes back and the connection ends. */
export const ControlRequest = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('status') }),
  /** `proxy` means every worker, one after the other; replies when the successors are ready. */
  z.object({
    verb: z.literal('restart'),
    process: z.string().optional(),
    /** Tests only: the crash point of the run that begins now, and of no later one. */
    crashAt: z.string().optional(),
  }),
  /** Ends one process and keeps it ended until a restart, a hand-over or the end of the supervisor. */
  z.object({ verb: z.literal('stop-process'), process: z.string() }),
  /** Replies before it stops. */
  z.object({ verb: z.literal('stop') }),
  /** The supervisor of this bundle takes over the sockets and starts processes of its own. */
  z.object({ verb: z.literal('hand-over'), bundleDir: z.string().startsWith('/') }),
])
export type ControlRequest = z.infer<typeof ControlRequest>

export const ControlReply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
])
export type ControlReply = z.infer<typeof ControlReply>
