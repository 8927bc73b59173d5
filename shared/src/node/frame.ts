import type { Readable } from 'node:stream'
import { CodedError } from '../errors.ts'

const LENGTH_BYTES = 4

/** 4 bytes big-endian length, then that many bytes of JSON. */
export function frameOf(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value))
  const head = Buffer.alloc(LENGTH_BYTES)
  head.writeUInt32BE(json.length)
  return Buffer.concat([head, json])
}

/**
 * The JSON in front of a body, as text; the rest stays in the stream. Throws REQUEST_TOO_LARGE, and
 * REQUEST_INVALID where the body ends before it.
 */
export async function readFrame(source: Readable, maxBytes: number): Promise<string> {
  const length = (await readExactly(source, LENGTH_BYTES)).readUInt32BE(0)
  if (length > maxBytes) throw new CodedError('REQUEST_TOO_LARGE')
  return (await readExactly(source, length)).toString()
}

async function readExactly(source: Readable, size: number): Promise<Buffer> {
  if (size === 0) return Buffer.alloc(0)
  for (;;) {
    const chunk: Buffer | null = source.read(size)
    if (chunk?.length === size) return chunk
    if (chunk !== null || source.readableEnded || source.destroyed) throw cutShort()
    await readableOrEnded(source)
  }
}

function readableOrEnded(source: Readable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = (): void => {
    for (const event of ['readable', 'end', 'close', 'error']) source.off(event, done)
    resolve()
  }
  for (const event of ['readable', 'end', 'close', 'error']) source.on(event, done)
  return promise
}

const cutShort = (): CodedError =>
  new CodedError('REQUEST_INVALID', { reason: 'The body ended before its length was reached.' })
