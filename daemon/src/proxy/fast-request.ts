import type { RequestSide } from './client-sides.ts'
import type { PlainHead } from './fast-head.ts'
import type { LaneSocket } from './lane-socket.ts'

/** What of a body is kept while nobody reads it; then the client waits. */
const MAX_WAITING_BYTES = 65_536

/** The request of a plain connection: its head, and the bytes of its body as they are asked for. */
export class FastRequest implements RequestSide {
  readonly httpVersion = '1.1'
  readonly httpVersionMinor = 1
  readonly socket: LaneSocket
  readonly method: string
  readonly url: string
  readonly rawHeaders: string[]
  /** Bytes of the body that have not come yet. */
  private missing: number
  private waiting: Buffer[] = []
  private waitingBytes = 0
  private flowing = false
  private ended = false
  private onData: ((chunk: Buffer) => void) | undefined
  private onEnd: (() => void) | undefined

  constructor(socket: LaneSocket, head: PlainHead) {
    this.socket = socket
    this.method = head.method
    this.url = head.url
    this.rawHeaders = head.rawHeaders
    this.missing = head.contentLength
  }

  /** All of the body has come from the client, whether or not somebody has read it. */
  get complete(): boolean {
    return this.missing === 0
  }

  get readableLength(): number {
    return this.waitingBytes
  }

  /** Takes what belongs to the body and gives back what does not. */
  feed(chunk: Buffer): Buffer | undefined {
    const { missing } = this
    const mine = chunk.length <= missing ? chunk : chunk.subarray(0, missing)
    if (mine.length > 0) this.take(mine)
    return chunk.length > missing ? chunk.subarray(missing) : undefined
  }

  private take(chunk: Buffer): void {
    this.missing -= chunk.length
    if (this.flowing && this.waitingBytes === 0) {
      this.onData?.(chunk)
      this.endWhenDone()
      return
    }
    this.waiting.push(chunk)
    this.waitingBytes += chunk.length
    if (this.waitingBytes >= MAX_WAITING_BYTES) this.socket.pause()
  }

  on(_event: 'data', listener: (chunk: Buffer) => void): this {
    this.onData = listener
    this.resume()
    return this
  }

  once(_event: 'end', listener: () => void): this {
    this.onEnd = listener
    return this
  }

  off(event: 'data' | 'end'): this {
    if (event === 'data') this.onData = undefined
    else this.onEnd = undefined
    return this
  }

  pause(): this {
    this.flowing = false
    this.socket.pause()
    return this
  }

  resume(): this {
    this.flowing = true
    if (this.waiting.length > 0) process.nextTick(this.flush)
    else this.socket.resume()
    return this
  }

  private flush = (): void => {
    while (this.flowing) {
      const chunk = this.waiting.shift()
      if (!chunk) break
      this.waitingBytes -= chunk.length
      this.onData?.(chunk)
    }
    if (this.waiting.length > 0) return
    if (this.flowing) this.socket.resume()
    this.endWhenDone()
  }

  private endWhenDone(): void {
    if (this.missing > 0 || this.waiting.length > 0 || this.ended) return
    this.ended = true
    this.onEnd?.()
  }
}
