import type { Socket } from 'node:net'

/** What a request came in on: a connection of HTTP/1.1, or one stream of a connection of HTTP/2. */
export interface RequestSocket {
  readonly remoteAddress?: string | undefined
  destroy(): unknown
  /** As if the line had broken: nobody may take what came until now for the whole. */
  resetAndDestroy(): unknown
}

/** A request's body and connection, as forwarding needs them, whichever server read the request. */
export interface RequestSide {
  readonly socket: RequestSocket
  readonly httpVersionMinor: number
  /** Bytes of the body that have come and wait to be read; undefined where none come before they are read. */
  readonly readableLength?: number
  /** All of the body has come, read or not. */
  readonly complete?: boolean
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  once(event: 'end', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Buffer) => void): unknown
  off(event: 'end', listener: () => void): unknown
  pause(): unknown
  resume(): unknown
}

/** Where an answer is written, whichever server has the connection; a part of Node's ServerResponse. */
export interface ResponseSide {
  statusCode: number
  readonly headersSent: boolean
  readonly destroyed: boolean
  /** Every byte was given to the kernel. */
  readonly writableFinished: boolean
  shouldKeepAlive: boolean
  /** Names and values in turn, as on the wire. Without a Content-Length a body is framed in chunks. */
  writeHead(status: number, headers: string[]): unknown
  writeHead(status: number, reason: string, headers: string[]): unknown
  /** False: wait for `drain`. */
  write(chunk: Buffer): boolean
  /** As `write`, of bytes that are the caller's until this returns; where it costs less than a copy of his own. */
  writeCopy?(chunk: Buffer): boolean
  /** Only where the client said that it takes trailers, and its protocol carries them. */
  addTrailer?(name: string, value: string): void
  end(): unknown
  end(chunk: Buffer): unknown
  end(chunk: string, encoding: 'latin1'): unknown
  flushHeaders(): void
  writeContinue(): void
  /** Breaks the answer off so that nobody takes it for a whole one. */
  destroy(): unknown
  /** `close`: the answer is done or the client has gone. */
  once(event: 'close' | 'drain', listener: () => void): unknown
  off(event: 'close' | 'drain', listener: () => void): unknown
}

/** A request that asks for another protocol on its connection. */
export interface Upgrading {
  socket: Socket
  /** Bytes behind the head. */
  early: Buffer
  /** Takes the connection away from the server that read the request. */
  detach: () => void
}
