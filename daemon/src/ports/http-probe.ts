export type ProbeResult =
  | { kind: 'answered'; status: number }
  | { kind: 'refused' }
  /** Connected, and then no HTTP answer came in time or the connection broke. */
  | { kind: 'silent'; detail: string }

/** One GET to an instance, from outside its container; no redirect is followed. */
export interface HttpProbe {
  get(
    target: { host: string; port: number; path: string; hostHeader: string },
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ProbeResult>
}
