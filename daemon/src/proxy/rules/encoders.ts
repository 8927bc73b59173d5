import {
  constants,
  createBrotliCompress,
  createGzip,
  type BrotliCompress,
  type Gzip,
} from 'node:zlib'

export type Coding = 'br' | 'gzip'

/** Of one worker; beyond it responses go out as they are. A brotli window of 2^19 keeps each below 1.5 MB. */
const MAX_AT_ONCE = 64

/** Compressors, bounded: zlib works in the thread pool, and what it has not written is not read on. */
export function createEncoders(mostAtOnce: number = MAX_AT_ONCE) {
  let open = 0

  return {
    /** Undefined where enough are at work. */
    open(coding: Coding, sizeHint: number): BrotliCompress | Gzip | undefined {
      if (open >= mostAtOnce) return undefined
      open += 1
      const stream = coding === 'br' ? brotli(sizeHint) : createGzip({ level: 5 })
      stream.once('close', () => {
        open -= 1
      })
      return stream
    },
    get count(): number {
      return open
    },
  }
}
export type Encoders = ReturnType<typeof createEncoders>

/** Quality 4 is about as fast as gzip and some 10 % smaller on text. */
const brotli = (sizeHint: number): BrotliCompress =>
  createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: 4,
      [constants.BROTLI_PARAM_LGWIN]: 19,
      [constants.BROTLI_PARAM_SIZE_HINT]: sizeHint,
    },
  })
