import type { InsidePorts } from '#core/routing/port-publisher.ts'

/** An instance that has been started, and what makes it healthy. */
export interface HealthTarget {
  name: string
  host: string
  /** null: no routes lead to it, so it is healthy when it goes on running. */
  http: { port: number; path: string | null; hostHeader: string } | null
  /**
   * Ports of the server lead to these: at one of each it has to listen. One that does, and not at its HTTP
   * port, speaks no HTTP.
   */
  ports: readonly InsidePorts[]
  timeoutMs: number
  memoryBytes: number
}
