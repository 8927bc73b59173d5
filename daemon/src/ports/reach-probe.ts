export type ReachOutcome =
  | {
      kind: 'answered'
      status: number
      body: string
      location: string | null
      server: string | null
    }
  | { kind: 'refused' | 'timeout' | 'unreachable' | 'broken' }
  /** Rule C11: it is not an address that may be asked. */
  | { kind: 'not-asked' }

/** One GET by plain HTTP to an address, under a host name. Never rejects; an abort is a time-out. */
export interface ReachProbe {
  ask(
    question: { host: string; address: string; port: number; path: string },
    signal: AbortSignal,
  ): Promise<ReachOutcome>
}
