import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { readFrame } from '#agent/server/body.ts'

function framed(json: string, rest: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(Buffer.byteLength(json))
  return Buffer.concat([head, Buffer.from(json), rest])
}

describe('a framed body', () => {
  it('gives the JSON, and leaves every byte behind it in the stream, however it is cut', async () => {
    const rest = Buffer.from('tar bytes that follow')
    const bytes = framed('{"a":1}', rest)
    for (const size of [1, 3, 7, 11, bytes.length]) {
      const chunks = []
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
      const source = Readable.from(chunks, { objectMode: false })

      expect(await readFrame(source)).toEqual({ a: 1 })
      expect(await buffer(source)).toEqual(rest)
    }
  })

  it('is refused when it ends before its length, or says that it is huge', async () => {
    const short = new PassThrough()
    short.end(framed('{"a":1}', Buffer.alloc(0)).subarray(0, 6))
    const huge = new PassThrough()
    huge.end(Buffer.from([0x7f, 0, 0, 0, 1]))

    await expect(readFrame(short)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    await expect(readFrame(huge)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' })
  })
})
