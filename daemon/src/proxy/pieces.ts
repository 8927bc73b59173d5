/** As long as a read can be (one-buffer.ts). */
const PIECE_BYTES = 65_536
/** A shorter one is a copy of its own size: who reads slowly must not hold much more than he is owed. */
const LEAST_BYTES = 32_768
/** What is kept for the next body, by a worker: 2 MB. */
const MOST_FREE = 32

export interface Piece {
  bytes: Buffer
  /** To be called when nobody reads the bytes any more; not with an error, after which that is not known. */
  written: ((error?: Error | null) => void) | undefined
}

/**
 * Copies of what was read, for as long as they are on their way to a client. A long body is copied into the
 * same few over and over: a new one for each read is memory that the kernel has to clear, and makes V8
 * go through the whole heap for every 64 MB of them.
 */
export function createPieces() {
  const free: Buffer[] = []
  let wanted = false

  return {
    copyOf(chunk: Buffer): Piece {
      const { length } = chunk
      if (length < LEAST_BYTES || length > PIECE_BYTES)
        return { bytes: Buffer.from(chunk), written: undefined }
      wanted = true
      const whole = free.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
      whole.set(chunk)
      return {
        bytes: length === PIECE_BYTES ? whole : whole.subarray(0, length),
        written: (error) => {
          if (!error && free.length < MOST_FREE) free.push(whole)
        },
      }
    },

    /** Called once a second: a worker to which no long body comes keeps none. */
    sweep(): void {
      if (!wanted) free.length = 0
      wanted = false
    },
  }
}

/** Those of a worker, as its one buffer for reads is. */
export const PIECES = createPieces()
