import type { Readable, Writable } from 'node:stream'
import type { GitStreams } from '#ports/git-transport.ts'

interface Limits {
  maxBytes: number
  idleTimeoutMs: number
  onTooMuch: () => void
  onIdle: () => void
  /** True where something has gone the other way meanwhile, so that the client has cause to wait. */
  isHeard?: () => boolean
}

/**
 * Gives git what the client sends, and goes on reading when git has ended or hears no more: a client
 * reads the answer only after it has sent everything. Resolves when there is nothing more to read.
 */
export function pumpIn(
  { input, gone }: GitStreams,
  stdin: Writable,
  { maxBytes, idleTimeoutMs, onTooMuch, onIdle, isHeard }: Limits,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let bytes = 0
  let timer: NodeJS.Timeout | undefined

  const expectMore = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (isHeard?.()) return expectMore()
      onIdle()
      finish()
    }, idleTimeoutMs)
  }
  function finish(): void {
    clearTimeout(timer)
    input.off('data', onData)
    gone.removeEventListener('abort', finish)
    stdin.end()
    resolve()
  }
  function onData(chunk: Buffer): void {
    bytes += chunk.length
    if (bytes > maxBytes) {
      onTooMuch()
      finish()
      return
    }
    expectMore()
    if (!stdin.writable || stdin.write(chunk)) return
    input.pause()
    clearTimeout(timer)
  }
  const goOn = (): void => {
    if (input.isPaused()) expectMore()
    input.resume()
  }

  stdin.on('drain', goOn)
  stdin.on('close', goOn)
  stdin.on('error', goOn)
  input.on('data', onData)
  input.on('end', finish)
  input.on('error', finish)
  input.on('close', finish)
  gone.addEventListener('abort', finish, { once: true })
  expectMore()
  return promise
}

/**
 * Gives the client what git prints, and lets git go on printing when the client is gone. Resolves
 * with the number of bytes when git has nothing more to say.
 */
export async function pumpOut(
  stdout: Readable,
  { output, gone }: GitStreams,
  onBytes?: () => void,
): Promise<number> {
  let bytes = 0
  for await (const chunk of stdout) {
    bytes += chunk.length
    onBytes?.()
    if (gone.aborted || !output.writable) continue
    if (!output.write(chunk)) await untilDrained(output, gone)
  }
  return bytes
}

function untilDrained(output: Writable, gone: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const finish = (): void => {
    output.off('drain', finish)
    output.off('close', finish)
    gone.removeEventListener('abort', finish)
    resolve()
  }
  output.on('drain', finish)
  output.on('close', finish)
  gone.addEventListener('abort', finish, { once: true })
  if (gone.aborted) finish()
  return promise
}
