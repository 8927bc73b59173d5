/** Every number that bounds what one client or one app can take (rules P1, P8, D4, D5). */
export interface Limits {
  requestLineBytes: number
  headBytes: number
  headFields: number
  headersTimeoutMs: number
  keepAliveTimeoutMs: number
  requestsPerSocket: number
  /** Requests that wait on one connection behind the one that is being answered. */
  pipelinedRequests: number
  /** Of one worker; two descriptors a request must stay below the smallest hard limit we met (20,000). */
  connections: number
  /** Of one address (or IPv6 /64) and one worker; peers of trustedProxies and loopback are not counted. */
  connectionsPerAddress: number
  countLoopback: boolean
  /** Streams of HTTP/2 that are open at once on one connection, and of one address and one worker. */
  http2Streams: number
  http2StreamsPerAddress: number
  http2HeaderListBytes: number
  /** More of these on one connection within `http2FloodWindowMs` end it (rule P9). */
  http2Resets: number
  http2Pings: number
  http2Settings: number
  http2FloodWindowMs: number
  connectTimeoutMs: number
  /** How long instances that refuse are tried again before the visitor gets the 502 page. */
  connectBudgetMs: number
  connectRetryMs: number
  /** How long an instance that refused or did not answer is passed over while another one lives. */
  refusedPauseMs: number
  /** Each time again it is twice as long, up to this. */
  refusedPauseMaxMs: number
  responseHeadTimeoutMs: number
  bodyRateWindowMs: number
  bodyRateBytes: number
  /** Bodies below that rate, of one worker: more are a crowd, and each is read only now and then. */
  slowBodies: number
  slowBodyEveryMs: number
  /** A client that takes nothing of a waiting response for this long is let go. */
  stalledClientMs: number
  /** How long what a client still sends is read and dropped after it was refused. */
  lingerMs: number
  upgradeIdleMs: number
  upstreamIdleMs: number
  /** The same for a request that must not be sent twice, where the app says nothing (rule D4). */
  upstreamIdleUnsafeMs: number
  upstreamIdleMaxMs: number
  upstreamIdleSockets: number
  holdMs: number
  /** The same where the daemon is away: nobody can wake the app, but an upgrade is over sooner. */
  holdAloneMs: number
  /** Of one app, in one worker. */
  holdRequests: number
  holdRequestsInAll: number
  /** Of bodies that wait unread, in one worker. */
  holdBytes: number
  /** What of one such body may be in memory: what Node reads ahead of whoever takes it. */
  holdBodyBytes: number
  /** The same over HTTP/2: the window of a stream. */
  http2HoldBodyBytes: number
  drainMs: number
  /** While the worker stops: an idle keep-alive connection is closed after this long. */
  drainIdleMs: number
  sweepMs: number
}

export const LIMITS: Limits = {
  requestLineBytes: 8_192,
  headBytes: 16_384,
  headFields: 100,
  headersTimeoutMs: 10_000,
  keepAliveTimeoutMs: 65_000,
  requestsPerSocket: 10_000,
  pipelinedRequests: 64,
  connections: 8_000,
  connectionsPerAddress: 256,
  countLoopback: false,
  http2Streams: 100,
  http2StreamsPerAddress: 1_000,
  http2HeaderListBytes: 16_384,
  http2Resets: 50,
  http2Pings: 500,
  http2Settings: 20,
  http2FloodWindowMs: 10_000,
  connectTimeoutMs: 2_000,
  connectBudgetMs: 1_500,
  connectRetryMs: 50,
  refusedPauseMs: 1_000,
  refusedPauseMaxMs: 10_000,
  responseHeadTimeoutMs: 60_000,
  bodyRateWindowMs: 10_000,
  bodyRateBytes: 10_240,
  slowBodies: 128,
  slowBodyEveryMs: 2_000,
  stalledClientMs: 120_000,
  lingerMs: 2_000,
  upgradeIdleMs: 120_000,
  upstreamIdleMs: 4_000,
  upstreamIdleUnsafeMs: 1_000,
  upstreamIdleMaxMs: 60_000,
  upstreamIdleSockets: 64,
  holdMs: 30_000,
  holdAloneMs: 5_000,
  holdRequests: 1_000,
  holdRequestsInAll: 4_000,
  holdBytes: 64 * 2 ** 20,
  holdBodyBytes: 64 * 2 ** 10,
  http2HoldBodyBytes: 256 * 2 ** 10,
  drainMs: 30_000,
  drainIdleMs: 5_000,
  sweepMs: 1_000,
}
