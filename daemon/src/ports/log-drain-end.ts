import type { LogLine } from '@vastrox/shared/log.ts'
import type { LogDrainFormat, LogDrainKind } from '@vastrox/shared/log-drain.ts'

/** A line with whose it is. */
export interface DrainLine {
  app: string
  line: LogLine
}

/** Where lines are sent on to, as it was written down. */
export interface DrainTarget {
  kind: LogDrainKind
  target: string
  format: LogDrainFormat
  secret: string | null
  caPem: string | null
}

/** The other side of a log drain, while there is a connection to it. */
export interface LogDrainEnd {
  /**
   * Resolves when all of them were handed over as far as the protocol can tell, with how many were left
   * out since the other side takes none so long; rejects with DRAIN_UNREACHABLE where it is away or
   * refuses. What it says is given on without the drain's secrets.
   */
  send(lines: readonly DrainLine[], signal: AbortSignal): Promise<number>
  close(): void
}

export interface LogDrainEnds {
  /** Through guarded addresses (rule C11). Rejects with DRAIN_UNREACHABLE in words. */
  open(drain: DrainTarget, signal: AbortSignal): Promise<LogDrainEnd>
}
