import { expect, it } from 'vitest'
import { createFrameDecoder, createFrameSplitter } from '#agent/containers/log-frames.ts'

function frame(stream: 1 | 2, payload: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(payload), 4)
  return Buffer.concat([header, Buffer.from(payload)])
}

const WIRE = Buffer.concat([
  frame(1, 'one '),
  frame(2, 'a complaint'),
  frame(1, ''),
  frame(1, 'x'.repeat(20_000)),
  frame(1, ' end'),
])

it.each([5, 7, 8, 9, 4_096, 65_536, WIRE.length])(
  'payloads are the same by pieces and by frames, in chunks of %i bytes',
  (size) => {
    const [split, decode] = [createFrameSplitter(), createFrameDecoder()]
    const by = { pieces: { stdout: '', stderr: '' }, frames: { stdout: '', stderr: '' } }
    for (let at = 0; at < WIRE.length; at += size) {
      const chunk = WIRE.subarray(at, at + size)
      for (const { stream, payload } of split(chunk)) by.pieces[stream] += payload.toString()
      for (const { stream, payload } of decode(chunk)) by.frames[stream] += payload.toString()
    }
    const whole = { stdout: `one ${'x'.repeat(20_000)} end`, stderr: 'a complaint' }
    expect(by.pieces).toEqual(whole)
    expect(by.frames).toEqual(whole)
  },
)
