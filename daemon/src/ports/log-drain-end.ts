import type { LogLine } from '@vastrox/shared/log.ts'

/** A line with whose it is. */
export interface DrainLine {
  app: string
  line: LogLine
}

/** The other side of a log drain, while there is a connection to it. */
export interface LogDrainEnd {
  /** Resolves when all of them were handed over as far as the protocol can tell; rejects where the other side is away or refuses. */
  send(lines: readonly DrainLine[], signal: AbortSignal): Promise<void>
  close(): void
}

export interface LogDrainEnds {
  /** Through guarded addresses (rule C11). Rejects with DRAIN_UNREACHABLE in words. */
  open(
    drain: { kind: 'syslog' | 'http'; target: string; secret: string | null; caPem: string | null },
    signal: AbortSignal,
  ): Promise<LogDrainEnd>
}
