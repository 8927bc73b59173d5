import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import * as frame from '@vastrox/shared/node/frame.ts'

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

/** The JSON in front of a framed body. The rest stays in the stream. */
export const readFrame = async (source: Readable): Promise<unknown> =>
  parse(await frame.readFrame(source, MAX_JSON_BYTES))

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CodedError('REQUEST_INVALID', { reason: 'The body is not JSON.' }, { cause: error })
  }
}
