import { z } from 'zod'

/** What an app's route settings mean for one of its routes; absent means that the route has no such rule. */
export const RouteRules = z.object({
  /** The path prefix is taken off before the app sees it, and told in X-Forwarded-Prefix. */
  stripPrefix: z.boolean().optional(),
  /** Every request is sent on to this host, with its path and query. */
  redirectHost: z.string().optional(),
  /** Who opens a page is sent on to this host; calls of programs and of pages are served. */
  visitorsTo: z.string().optional(),
  /** In order, the first that fits. `*` at the end of `from` takes everything below, at the end of `to` puts it back. */
  redirects: z.array(z.object({ from: z.string(), to: z.string(), status: z.int() })).optional(),
  /** Only who knows one of these passwords comes in; `hash` is of `lib/scrypt-hash.ts`. */
  basicAuth: z
    .object({
      realm: z.string(),
      users: z.array(z.object({ name: z.string(), hash: z.string() })),
    })
    .optional(),
  /** Addresses and networks; with `allow`, nobody else comes in, and `deny` is stronger. */
  allow: z.array(z.string()).optional(),
  deny: z.array(z.string()).optional(),
  /** The app rests: everybody but `allow` gets the page, ours where it has none of its own. */
  maintenance: z
    .object({
      html: z.string().optional(),
      allow: z.array(z.string()),
      retryAfterS: z.int(),
    })
    .optional(),
  setHeaders: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  /** Lower-case. */
  removeHeaders: z.array(z.string()).optional(),
  /** The value of Strict-Transport-Security, sent over HTTPS only. */
  hsts: z.string().optional(),
  /** `safe` leaves alone what may be one person's own (decision 136). */
  compress: z.enum(['safe', 'all']).optional(),
  /** Of one client and one worker: the app's limit, shared among the workers. */
  rate: z.object({ perSecond: z.number(), burst: z.number() }).optional(),
  /** Requests under way at a time in one worker. */
  concurrent: z.int().optional(),
  /** Instead of the proxy's own time-outs. */
  limits: z
    .object({
      /** How long the app may take until its response begins. */
      responseHeadTimeoutMs: z.int().optional(),
      /** How long a response or a WebSocket may stand still. */
      idleTimeoutMs: z.int().optional(),
    })
    .optional(),
  /** A visitor stays with the instance that answered first, as long as it is there. */
  sticky: z.boolean().optional(),
  /** Assets with a hash in their name are kept for visitors with a page of the release before (decision 137). */
  keepAssets: z.boolean().optional(),
})
export type RouteRules = z.infer<typeof RouteRules>
