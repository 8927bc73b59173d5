import type { TLSSocket } from 'node:tls'
import { createCallerCounts } from './caller-counts.ts'
import { handleRequest, PAGE_OF } from './handle-request.ts'
import type { Refusal } from './head-rules.ts'
import { Http2Connection, type Http2Owner } from './http2-connection.ts'
import type { Http2Exchange } from './http2-stream.ts'
import type { Plane } from './plane.ts'
import { noteRefusal, noteStray, UNREADABLE } from './refusals.ts'
import { Roll } from './roll.ts'
import { sendPage } from './error-pages.ts'
import { peerAddress } from './trusted-peers.ts'
import { finishVisit } from './finish-visit.ts'

interface Options {
  plane: Plane
  /** Addresses whose connections and streams are limited in number. */
  isCounted: (address: string) => boolean
  /** Whether the certificate that a handshake for `servername` got is also that of `host`. */
  speaksFor: (servername: string, host: string) => boolean
  onFlood: () => void
  say: (line: string) => void
}

/** The connections whose clients chose HTTP/2; their requests go the same way as those of HTTP/1.1. */
export function createHttp2Lane({ plane, isCounted, speaksFor, onFlood, say }: Options) {
  const connections = new Roll<Http2Connection>()
  const streams = createCallerCounts(plane.limits.http2StreamsPerAddress)

  function accept(socket: TLSSocket): void {
    const address = peerAddress(socket.remoteAddress)
    const counted = isCounted(address)
    const { servername } = socket
    const connection = begin(socket, {
      limits: plane.limits,
      enter: () => !counted || streams.enter(address),
      leave: () => {
        if (counted) streams.leave(address)
      },
      onRequest: (exchange) => serve(exchange, servername),
      onRefused: (exchange, refusal) => refuse(exchange, refusal, address),
      onFlood: (what) => {
        onFlood()
        // A page can begin and give up requests as fast as it likes; it sends no frames of its own.
        if (what === 'resets') noteStray(plane, address)
        else noteRefusal(plane, address, UNREADABLE)
      },
    })
    if (!connection) return
    const place = connections.enter(connection)
    socket.once('close', () => connections.leave(place))
  }

  /** A client may have gone by the time that its handshake is done. */
  function begin(socket: TLSSocket, owner: Http2Owner): Http2Connection | undefined {
    try {
      if (!socket.destroyed) return new Http2Connection(socket, owner)
    } catch (error) {
      say(`a connection met a fault: ${error instanceof Error ? error.stack : String(error)}`)
      socket.destroy()
    }
    return undefined
  }

  /** A fault of ours costs the request that met it, never the others of its connection. */
  function serve(exchange: Http2Exchange, servername: string | false | null | undefined): void {
    try {
      const visit = handleRequest(plane, exchange, exchange, {
        secure: true,
        servername: servername ?? undefined,
        upgrade: undefined,
        speaksFor: (host) => typeof servername === 'string' && speaksFor(servername, host),
      })
      if (visit) exchange.once('close', () => finishVisit(plane, visit))
    } catch (error) {
      say(`a request met a fault: ${error instanceof Error ? error.stack : String(error)}`)
      exchange.destroy()
    }
  }

  function refuse(exchange: Http2Exchange, refusal: Refusal, address: string): void {
    if (refusal.isOfPages) noteStray(plane, address)
    else noteRefusal(plane, address, UNREADABLE)
    sendPage(exchange, PAGE_OF[refusal.status], '')
  }

  return {
    accept,
    get size(): number {
      return connections.size
    },
    sweep(now: number): void {
      for (const connection of connections) connection.sweep(now)
    },
    /** Says goodbye to every connection that may be told now; called until none is left. */
    drain(stoppedAt: number): void {
      for (const connection of connections) connection.drain(stoppedAt)
      for (const connection of connections) connection.sweep(performance.now())
    },
    destroy(): void {
      for (const connection of connections) connection.destroy()
    },
  }
}
export type Http2Lane = ReturnType<typeof createHttp2Lane>
