import type { WindowSize } from '@vastrox/shared/agent-api.ts'
import type { SessionInput } from '@vastrox/shared/node/session-frames.ts'

/** Where somebody works with a command: the console of the server, or SSH. */
export interface Terminal {
  /** Of its window; null where it is pipes. */
  size: WindowSize | null
  /** What its user calls it: TERM. */
  term: string | undefined
  /** False where nothing will ever be typed or piped. */
  hasInput: boolean
  input: AsyncIterable<SessionInput>
  /** The command runs: from now on keys go to it. */
  started(): void
  /** Resolves when there is room for more. */
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void>
}
