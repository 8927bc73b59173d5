import { z } from 'zod'

/** What visitors met. Times are until an answer began, in milliseconds; null where nobody asked. */
export const TrafficSums = z.object({
  requests: z.int(),
  /** By status; `gone`: visitors who left before they were answered. */
  ok: z.int(),
  redirected: z.int(),
  clientErrors: z.int(),
  serverErrors: z.int(),
  gone: z.int(),
  bytesIn: z.int(),
  bytesOut: z.int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
})
export type TrafficSums = z.infer<typeof TrafficSums>

/** Of one release or route. */
export const TrafficPart = TrafficSums.extend({
  /** WebSockets that are open now. */
  webSocketsOpen: z.int(),
})
export type TrafficPart = z.infer<typeof TrafficPart>

/** An app's traffic of the last minutes, as the proxy has counted it. */
export const Traffic = z.object({
  minutes: z.int(),
  sums: TrafficSums,
  webSocketsOpen: z.int(),
  /** A point a minute in which anybody asked or a WebSocket was open, oldest first. */
  points: z.array(
    TrafficSums.extend({
      at: z.iso.datetime(),
      /** The most that were open at a time in it. */
      webSocketsOpen: z.int(),
    }),
  ),
  /** `release` is null for what the proxy answered itself. */
  byRelease: z.array(TrafficPart.extend({ release: z.int().nullable() })),
  byRoute: z.array(TrafficPart.extend({ host: z.string(), pathPrefix: z.string() })),
})
export type Traffic = z.infer<typeof Traffic>

/** One request, as the proxy has written it down. */
export const AccessLine = z.object({
  time: z.iso.datetime(),
  release: z.int().nullable(),
  instance: z.string().nullable(),
  client: z.string(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  /** What may be a secret in it is masked. */
  query: z.string(),
  /** 499: the client left before it was answered. */
  status: z.int(),
  ms: z.number(),
  bytesIn: z.int(),
  bytesOut: z.int(),
  /** False where the answer broke off. */
  complete: z.boolean(),
  /** Less than 100: one of a share that is written down. */
  percent: z.int(),
  /** A look of an uptime check of ours: from the server itself, under the name of checks. */
  isUptimeCheck: z.boolean(),
  requestId: z.string(),
})
export type AccessLine = z.infer<typeof AccessLine>

/** Which requests are wanted. `status`: `404`, `5xx`. */
export const AccessLogFilter = z.object({
  status: z
    .string()
    .regex(/^([1-5]xx|[1-5]\d\d)$/, 'A status like 404, or a class like 5xx.')
    .optional(),
  method: z
    .string()
    .regex(/^[A-Z]{1,20}$/, 'A method in capital letters.')
    .optional(),
  /** Part of the path. */
  path: z.string().min(1).max(200).optional(),
  client: z.string().min(1).max(60).optional(),
  /** Looks of uptime checks: without them, or them alone. */
  checks: z.enum(['none', 'only']).optional(),
})
export type AccessLogFilter = z.infer<typeof AccessLogFilter>
