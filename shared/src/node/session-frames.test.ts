import { describe, expect, it } from 'vitest'
import { createSessionDecoder, encodeSessionInput, type SessionInput } from './session-frames.ts'

const said: SessionInput[] = [
  { type: 'input', bytes: Buffer.from('ls -la\r') },
  { type: 'window', columns: 132, rows: 43 },
  { type: 'signal', signal: 'SIGINT' },
  { type: 'input', bytes: Buffer.from([0, 3, 255, 27]) },
  { type: 'end' },
]

describe('the frames of a session', () => {
  it.each([1, 2, 7, 1_000])('arrive as they were sent, in pieces of %i bytes', (size) => {
    const decode = createSessionDecoder()
    const wire = Buffer.concat(said.map(encodeSessionInput))
    const got: SessionInput[] = []
    for (let at = 0; at < wire.length; at += size) got.push(...decode(wire.subarray(at, at + size)))

    expect(got).toEqual(said)
  })

  it('keep a window within what a terminal can be', () => {
    const [window] = createSessionDecoder()(
      encodeSessionInput({ type: 'window', columns: 1e9, rows: Number.NaN }),
    )

    expect(window).toEqual({ type: 'window', columns: 1_000, rows: 1 })
  })

  it('that are none are refused', () => {
    expect(() => createSessionDecoder()(Buffer.from('GET / HTTP/1.1'))).toThrow('too long')
    expect(() => createSessionDecoder()(Buffer.from([0x73, 0, 0, 0, 1, 0x39]))).toThrow('no frame')
  })
})
