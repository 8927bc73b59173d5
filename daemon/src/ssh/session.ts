import type { Readable, Writable } from 'node:stream'
import type { WindowSize } from '@vastrox/shared/agent-api.ts'
import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import type { SessionSignal } from '@vastrox/shared/node/session-frames.ts'

/** One command, or one subsystem, of somebody who has signed in. */
export interface Session {
  /** As the client sent it; empty where it asked for a shell. */
  command: string
  /** The terminal that the client has; null: pipes. */
  pty: { size: WindowSize; term: string } | null
  /** When the connection was made, and from where. */
  origin: CommandOrigin
  /** What git's client said of its protocol, checked. */
  gitProtocol: string | undefined
  input: Readable
  output: Writable
  errorOutput: Writable
  /** Aborts when the client has hung up. */
  gone: AbortSignal
  onWindow(listener: (size: WindowSize) => void): void
  onSignal(listener: (signal: SessionSignal) => void): void
  /** Both resolve when there is room for more. */
  print(text: string): Promise<void>
  printError(text: string): Promise<void>
}

/** Resolves when the stream takes more, or nobody is there who would. */
export function writeTo(stream: Writable, bytes: Uint8Array, gone: AbortSignal): Promise<void> {
  if (gone.aborted || !stream.writable || stream.write(bytes)) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  const finish = (): void => {
    stream.off('drain', finish)
    stream.off('close', finish)
    gone.removeEventListener('abort', finish)
    resolve()
  }
  stream.on('drain', finish)
  stream.on('close', finish)
  gone.addEventListener('abort', finish, { once: true })
  return promise
}
