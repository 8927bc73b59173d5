import { z } from 'zod'

/**
 * Where somebody works from, for acts that count only over a connection that is new. `unknown`: over
 * some connection, and when it began cannot be told.
 */
export const CommandOrigin = z.discriminatedUnion('kind', [
  /** At the machine itself: keyboard, serial line, the console of a provider. */
  z.object({ kind: z.literal('console') }),
  z.object({
    kind: z.literal('connection'),
    begunAt: z.iso.datetime(),
    /** The other end; null where it is not known. */
    address: z.string().max(60).nullable(),
  }),
  z.object({ kind: z.literal('unknown') }),
])
export type CommandOrigin = z.infer<typeof CommandOrigin>
