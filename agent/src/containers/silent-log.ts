import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Of silence, before the file is looked at. */
const SILENCE_MS = 15_000
/** So much of it a line may need from the file to us. */
const SURE_PART = 0.2

/** The log was written to, and nothing of it came. */
export class StuckLog extends Error {}

interface Deps {
  /** Of the file that the engine writes; asked for once. */
  logPath: () => Promise<string>
  /** Called once at most, with what is to end the waiting. */
  onStuck: (error: StuckLog) => void
  silenceMs?: number
}

/**
 * Looks after a follower of the engine's log: where the file is rotated at a bad moment, Docker goes on
 * waiting at the old one for ever. Where nothing came for a while although the file was written to,
 * `onStuck` is called. Nothing is concluded while the reader itself is what waits.
 */
export function createSilenceWatch({ logPath, onStuck, silenceMs = SILENCE_MS }: Deps) {
  const sureMs = silenceMs * SURE_PART
  let path: string | undefined
  let waitsSince: number | undefined = Date.now()
  let isLooking = false

  async function look(): Promise<void> {
    const since = waitsSince
    if (since === undefined || isLooking || Date.now() - since < silenceMs) return
    isLooking = true
    try {
      path ??= await logPath()
      const { mtimeMs } = await stat(path)
      if (mtimeMs <= since + sureMs) return
      // It may just have been written, and be on its way.
      await sleep(sureMs, undefined, { ref: false })
      if (waitsSince !== since) return
      stop()
      onStuck(new StuckLog())
    } catch {
      // Not to be had, as with another engine's driver: then the engine alone is believed.
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(() => void look(), silenceMs).unref()
  const stop = (): void => clearInterval(timer)

  /** The same chunks; the watch ends with them. */
  async function* through<Chunk>(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    try {
      for await (const chunk of chunks) {
        waitsSince = undefined
        yield chunk
        waitsSince = Date.now()
      }
    } finally {
      stop()
    }
  }
  return { through }
}
