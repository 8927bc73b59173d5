import type { Sample } from '@vastrox/shared/agent-api-metrics.ts'

/** What a node measures of itself and its containers; shared/src/agent-api-metrics.ts has the contract. */
export interface NodeMetrics {
  /**
   * Samples taken later than `since`, oldest first, then each that is taken with `follow`. Ends when
   * the connection does; the caller dials again with the time of the last one it has kept. Rejects
   * with AGENT_UNREACHABLE where the agent is away.
   */
  readSamples(
    input: { since: string | null; follow: boolean },
    signal: AbortSignal,
  ): AsyncIterable<Sample>
}
