import type { WindowSize } from '@vastrox/shared/agent-api.ts'

export type SessionSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT'

/**
 * A command that somebody works with, whatever the way in: the console of the server, SSH, a terminal
 * in the browser. Whoever opened it ends it by his signal; nothing of it is left then.
 */
export interface Session {
  /** Resolves when there is room for more; what comes after its end is dropped. */
  write(bytes: Uint8Array): Promise<void>
  /** The end of its standard input. */
  end(): void
  resize(size: WindowSize): void
  signal(signal: SessionSignal): void
  /** To be read by one reader, to the end. */
  output: AsyncIterable<SessionOutput>
  /**
   * After the output has been read to its end. Rejects with RUN_TIMED_OUT, RUN_IDLE, or
   * AGENT_UNREACHABLE where the agent went away under it.
   */
  exit: Promise<SessionExit>
}

export interface SessionOutput {
  /** A terminal has stdout alone. */
  stream: 'stdout' | 'stderr'
  bytes: Uint8Array
}

export interface SessionExit {
  exitCode: number
  oomKilled: boolean
}
