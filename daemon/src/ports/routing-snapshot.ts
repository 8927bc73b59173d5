import { z } from 'zod'
import { TIME_BUCKETS } from '#ports/edge-histogram.ts'
import { RouteRules } from '#ports/route-rules.ts'

/** One instance that a route may send a request to. */
export const RouteInstance = z.object({
  /** The container's name; counters and drain questions are asked by it. */
  name: z.string(),
  host: z.string(),
  port: z.int(),
  release: z.int(),
})
export type RouteInstance = z.infer<typeof RouteInstance>

/** host + path prefix → a process's instances. */
export const Route = z.object({
  id: z.string(),
  app: z.string(),
  /** Lower-case, without port. */
  host: z.string(),
  pathPrefix: z.string(),
  /**
   * `serving` forwards; `starting` and `stopped` answer a friendly 503; `held` keeps requests
   * waiting (rule D5) until a later snapshot releases them or 30 s have gone; `asleep` does so too,
   * and has the daemon told that the app is to be woken.
   */
  state: z.enum(['serving', 'starting', 'stopped', 'held', 'asleep']),
  /** HTTP is answered by a 308 to HTTPS: only where the certificate is publicly trusted or asked for. */
  redirectToHttps: z.boolean(),
  instances: z.array(RouteInstance),
  maxBodyBytes: z.int(),
  /** How requests are written down; without it each is, for a week, by the app's name. */
  accessLog: z
    .object({
      /** The directory of its files: the app's id, which no later app has. */
      key: z.string(),
      /** Of the requests that did not fail, this share in a hundred; 0 writes failures only. */
      percent: z.int().min(0).max(100),
      days: z.int().positive(),
    })
    .optional(),
  /** What the app's route settings say; nothing where they say nothing. */
  rules: RouteRules.optional(),
  /** The app may sleep: who visits it is reported, but for the kinds of requests named here. */
  sleep: z.object({ ignores: z.array(z.string()) }).optional(),
})
export type Route = z.infer<typeof Route>

export const SnapshotCertificate = z.object({
  id: z.string(),
  hosts: z.array(z.string()),
  /** Leaf first, then the chain. */
  certificatePem: z.string(),
  keyPem: z.string(),
})
export type SnapshotCertificate = z.infer<typeof SnapshotCertificate>

/** The whole routing state. A worker replaces what it has by this; nothing is merged. */
export const RoutingSnapshot = z.object({
  generation: z.int(),
  routes: z.array(Route),
  certificates: z.array(SnapshotCertificate),
  /** ACME HTTP-01 answers (rule R9). */
  challenges: z.array(z.object({ token: z.string(), keyAuthorization: z.string() })),
  /** ACME TLS-ALPN-01 answers, by the name (or address) that is proven. */
  alpnChallenges: z.array(z.object({ name: z.string(), keyAuthorization: z.string() })).optional(),
  settings: z.object({
    /** The port visitors use for HTTPS, for redirects. */
    httpsPort: z.int(),
    baseDomain: z.string(),
    /** Peers whose forwarding headers are believed (rule P3), as CIDR. */
    trustedProxies: z.array(z.string()),
    /** Off: no line per request is written. On unless it is said. */
    accessLog: z.boolean().optional(),
    /** Hex: what questions at REACH_PATH are answered with; without it nobody is answered. */
    reachKey: z.string().optional(),
  }),
})
export type RoutingSnapshot = z.infer<typeof RoutingSnapshot>

/** The same as it travels: what went before on the connection is named by its digest. */
export const WireSnapshot = RoutingSnapshot.extend({
  routes: z.array(z.union([Route, z.string()])),
  certificates: z.array(z.union([SnapshotCertificate, z.string()])),
})
export type WireSnapshot = z.infer<typeof WireSnapshot>

/** Routes and certificates that snapshots will name, at most 200 of each a line. */
export const WireParts = z.object({
  routes: z.array(z.object({ digest: z.string(), route: Route })).max(200),
  certificates: z
    .array(z.object({ digest: z.string(), certificate: SnapshotCertificate }))
    .max(200),
})
export type WireParts = z.infer<typeof WireParts>

/**
 * The wire of proxy.sock: NDJSON both ways, one message a line, at most 64 MiB. Workers dial the
 * daemon, say hello and get the whole snapshot at once and again at every change; its routes and
 * certificates go before it as parts, each once for as long as it does not change. Both ends forget the
 * parts that the last snapshot does not name. A worker that loses the daemon keeps what it has and dials again (every 200 ms at first, then every 1 s).
 */
export const DaemonToWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('parts'), parts: WireParts }),
  z.object({ type: z.literal('snapshot'), snapshot: WireSnapshot }),
  /** Asks for a `draining` reply with what is still under way to these instances. */
  z.object({ type: z.literal('drain'), question: z.int(), instances: z.array(z.string()) }),
  /** Idle keep-alive sockets to these instances are closed, WebSockets and streams ended (rule D1). */
  z.object({ type: z.literal('cut'), instances: z.array(z.string()) }),
  /** To workers of wire 3, before the first snapshot: from now on reports by slots are taken, and said to be. */
  z.object({ type: z.literal('slots') }),
  /** Kept for good: the worker need not send it again. */
  z.object({ type: z.literal('taken'), source: z.string(), number: z.int() }),
])
export type DaemonToWorker = z.infer<typeof DaemonToWorker>

/** Counts since the last report, for one instance. */
export const InstanceCounts = z.object({
  instance: z.string(),
  release: z.int(),
  app: z.string(),
  requests: z.int(),
  /** Answers of 500 to 599 that the app gave, and 502/504 that the proxy gave for it. */
  serverErrors: z.int(),
  connectFailures: z.int(),
  /** Requests under way whose connection to it broke; left out where there were none. */
  cutOff: z.int().optional(),
  /** Latency histogram: counts per bucket of LATENCY_BUCKETS_MS, the last one open. */
  latency: z.array(z.int()),
})
export type InstanceCounts = z.infer<typeof InstanceCounts>

/** What was refused since the last report, by the visitor's address. */
export const Refusal = z.object({
  address: z.string().max(60),
  count: z.int().nonnegative(),
  /** What a page elsewhere can make its reader's browser send; a worker of before says nothing of it. */
  strays: z.int().nonnegative().optional(),
})
export type Refusal = z.infer<typeof Refusal>

/** What visitors met, of one app, route and release (0: none of them answered). */
export const EdgeCounts = z.object({
  app: z.string(),
  route: z.string(),
  release: z.int(),
  requests: z.int(),
  /** 2xx, 3xx, 4xx, 5xx, and visitors who left before they were answered. */
  statuses: z.array(z.int()).length(5),
  bytesIn: z.int(),
  bytesOut: z.int(),
  /** Time until the answer began: bucket, count, bucket, count, by `edge-histogram.ts`. */
  times: z.array(z.int()).max(2 * TIME_BUCKETS),
})
export type EdgeCounts = z.infer<typeof EdgeCounts>

/** WebSockets that are open, of one app, route and release. */
export const OpenSockets = z.object({
  app: z.string(),
  route: z.string(),
  release: z.int(),
  open: z.int(),
})
export type OpenSockets = z.infer<typeof OpenSockets>
/** Of one report; what is more counts for the app alone. */
export const MOST_OPEN_SOCKETS = 1_000

/**
 * What one worker has counted within a slot of time; or in several that nobody was there to take, put
 * together. `source` and `number` name it: the same again is the same report.
 */
export const EdgeReport = z.object({
  /** One worker, for as long as it runs. */
  source: z.string().max(64),
  /** From 1, in the order they were first sent; several may be of one slot. */
  number: z.int().positive(),
  /** Since 1970: a whole slot of EDGE_SLOT_MS, several, or less where the worker began or ended in it. */
  fromMs: z.int(),
  toMs: z.int(),
  counts: z.array(EdgeCounts).max(1_000),
  /** Open at the end of it, by app. */
  webSockets: z.record(z.string(), z.int()),
  /** The same by route and release; a worker of a version before does not say it. */
  sockets: z.array(OpenSockets).max(MOST_OPEN_SOCKETS).optional(),
})
export type EdgeReport = z.infer<typeof EdgeReport>

/** The same of a worker before wire 3: since its last report, of about 10 s, and lost while the daemon is away. */
export const EarlierEdgeReport = EdgeReport.pick({ webSockets: true }).extend({
  counts: z.array(EdgeCounts.extend({ times: z.array(z.int()).max(64) })),
})
export type EarlierEdgeReport = z.infer<typeof EarlierEdgeReport>

export { LATENCY_BUCKETS_MS } from './latency-buckets.ts'

export const WorkerToDaemon = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    worker: z.int(),
    pid: z.int(),
    generation: z.int(),
    /**
     * 2: knows `parts`. A worker of a version before does not say it, and gets whole snapshots. 3: counts
     * in slots and waits for `taken`.
     */
    wire: z.int().optional(),
  }),
  z.object({ type: z.literal('acknowledge'), generation: z.int() }),
  /** Requests and upgraded connections still under way, by instance; absent means none. */
  z.object({
    type: z.literal('draining'),
    question: z.int(),
    underWay: z.record(z.string(), z.int()),
  }),
  /** Of a worker before wire 3, or to a daemon before it: every 10 s, every slot. */
  z.object({ type: z.literal('edge'), report: EarlierEdgeReport }),
  /** Sent again with the next connection, and from time to time, until it is taken. */
  z.object({ type: z.literal('slot'), report: EdgeReport }),
  /** Sent every second while there is something to say. */
  z.object({
    type: z.literal('counts'),
    counts: z.array(InstanceCounts),
    /** Of requests that made no sense here; a worker of a version before does not say it. */
    refusals: z.array(Refusal).max(1_000).optional(),
    /** Apps that may sleep and were visited. */
    visits: z.array(z.string()).max(100_000).optional(),
  }),
  /** Requests wait for these apps to wake. */
  z.object({ type: z.literal('wake'), apps: z.array(z.string()).max(100_000) }),
])
export type WorkerToDaemon = z.infer<typeof WorkerToDaemon>
