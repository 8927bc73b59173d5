import { describe, expect, it } from 'vitest'
import { createPieces } from './pieces.ts'

const read = Buffer.alloc(65_536)
const chunkOf = (letter: string, length = read.length): Buffer =>
  read.fill(letter).subarray(0, length)

describe('pieces of a long body', () => {
  it('are copies, and their memory is used again once they were written', () => {
    const pieces = createPieces()

    const first = pieces.copyOf(chunkOf('a'))
    const second = pieces.copyOf(chunkOf('b', 40_000))
    expect(first.bytes.equals(Buffer.alloc(65_536, 'a'))).toBe(true)
    expect(second.bytes.equals(Buffer.alloc(40_000, 'b'))).toBe(true)
    expect(second.bytes.buffer).not.toBe(first.bytes.buffer)

    first.written?.()
    const third = pieces.copyOf(chunkOf('c', 33_000))
    expect(third.bytes.buffer).toBe(first.bytes.buffer)
    expect(third.bytes.equals(Buffer.alloc(33_000, 'c'))).toBe(true)
    expect(second.bytes.equals(Buffer.alloc(40_000, 'b'))).toBe(true)
  })

  it('are not used again after a write that failed: who still reads them is not known', () => {
    const pieces = createPieces()
    const lost = pieces.copyOf(chunkOf('a'))

    lost.written?.(new Error('the client has gone'))

    expect(pieces.copyOf(chunkOf('b')).bytes.buffer).not.toBe(lost.bytes.buffer)
  })

  it('that are short are copies of their own', () => {
    const { bytes, written } = createPieces().copyOf(chunkOf('a', 1_000))

    expect(written).toBeUndefined()
    expect(bytes.equals(Buffer.alloc(1_000, 'a'))).toBe(true)
  })

  it('are kept for the next body, and let go of a second or two after the last', () => {
    const pieces = createPieces()
    const { bytes, written } = pieces.copyOf(chunkOf('a'))
    written?.()

    pieces.sweep()
    const kept = pieces.copyOf(chunkOf('b'))
    expect(kept.bytes.buffer).toBe(bytes.buffer)
    kept.written?.()
    pieces.sweep()
    pieces.sweep()

    expect(pieces.copyOf(chunkOf('c')).bytes.buffer).not.toBe(bytes.buffer)
  })
})
