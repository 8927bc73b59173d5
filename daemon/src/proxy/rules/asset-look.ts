import type { Visit } from '#proxy/visit.ts'
import type { ResponseHead } from '#proxy/response-reader.ts'
import type { Asset } from './asset-store.ts'

/** More of an app's 404 than that waits at the app's end while we look. */
const MAX_WAITING_BYTES = 262_144

/** An app's 404 that waits until it is known whether a release before has what was asked for. */
export class AssetLook {
  readonly head: ResponseHead
  readonly chunks: Buffer[] = []
  ended = false
  private bytes = 0

  constructor(head: ResponseHead) {
    this.head = head
  }

  /** True where no more of it should come for now. */
  add(chunk: Buffer): boolean {
    this.bytes += chunk.length
    this.chunks.push(Buffer.from(chunk))
    return this.bytes > MAX_WAITING_BYTES
  }
}

export function sendAsset({ res, head }: Visit, headers: string[], { body }: Asset): void {
  res.writeHead(200, [...headers, 'Content-Length', String(body.length)])
  if (head.method === 'HEAD') res.end()
  else res.end(body)
}
