import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'

/** 1 MB of env values may grow sixfold when escaped. */
const MAX_JSON_BYTES = 16 * 2 ** 20

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes: Buffer = chunk
    size += bytes.length
    if (size > MAX_JSON_BYTES) throw new CodedError('REQUEST_TOO_LARGE')
    chunks.push(bytes)
  }
  return parse(Buffer.concat(chunks).toString() || '{}')
}

/** The JSON before the tar: 4 bytes big-endian length, then that many bytes. The rest stays in the stream. */
export async function readFrame(source: Readable): Promise<unknown> {
  const length = (await readExactly(source, 4)).readUInt32BE(0)
  if (length > MAX_JSON_BYTES) throw new CodedError('REQUEST_TOO_LARGE')
  return parse((await readExactly(source, length)).toString())
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CodedError('REQUEST_INVALID', { reason: 'The body is not JSON.' }, { cause: error })
  }
}
