import type { Writable } from 'node:stream'

const LOOK_AGAIN_MS = 250

/**
 * Over TLS Node 26 now and then forgets to say `drain`: the response waits for it with nothing left to
 * be sent, for ever. It happens to one stream of small chunks in a few dozen, by where their bytes
 * fall. This looks every quarter of a second while something is being streamed, and says it then.
 * Returns the way to stop; it stops by itself when the response is over.
 */
export function watchDrain(raw: Writable): () => void {
  const timer = setInterval(() => {
    if (raw.writableNeedDrain && raw.writableLength === 0) raw.emit('drain')
  }, LOOK_AGAIN_MS)
  const stop = (): void => clearInterval(timer)
  raw.once('close', stop).once('finish', stop)
  if (raw.destroyed) stop()
  return stop
}
