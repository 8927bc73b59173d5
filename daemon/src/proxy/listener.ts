import type { IncomingMessage, Server, ServerResponse as Response } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { ALPN_CHALLENGE, chooseProtocol, proofOn } from './alpn-challenge.ts'
import { acceptBare, BareSocket, PROBE_AFTER_MS } from './bare-socket.ts'
import { createCallerCounts } from './caller-counts.ts'
import { type CertificateTable, TLS_SETTINGS } from './certificate-table.ts'
import type { Client } from './client.ts'
import type { RequestSide, ResponseSide, Upgrading } from './client-sides.ts'
import { createDefaultCertificate } from './default-certificate.ts'
import { type FastLane, takeConnection } from './fast-lane.ts'
import { handleRequest } from './handle-request.ts'
import { createHandshakes } from './handshakes.ts'
import type { RawRequest } from './head-rules.ts'
import { createHttp2Lane } from './http2-lane.ts'
import { endSoon, sayLast } from './last-words.ts'
import { createSecureServer, createServer, ServerResponse } from './node-servers.ts'
import type { Plane, Swept } from './plane.ts'
import type { Visit } from './visit.ts'
import { isOtherProtocol, noteRefusal, noteStray, UNREADABLE } from './refusals.ts'
import { Roll } from './roll.ts'
import { createSweep } from './sweep.ts'
import { peerAddress } from './trusted-peers.ts'
import { finishVisit } from './finish-visit.ts'

/** An inherited descriptor, or an address for tests and development. */
export type ListenOn = { fd: number } | { host: string; port: number }

/** Where a connection says whose it is. */
const CLIENT = Symbol('client')
const clientOf = (socket: Socket & { [CLIENT]?: Client }): Client | undefined => socket[CLIENT]

/**
 * The two servers of a worker, Node's own (the full lane of decision 4). The fast lane stands in front
 * of them; whatever it does not take is handed to these.
 */
export function createListener(
  plane: Plane,
  certificates: CertificateTable,
  say: (line: string) => void,
) {
  const { limits } = plane
  const clients = new Roll<Client>()
  const handshakes = createHandshakes()
  const callers = createCallerCounts(limits.connectionsPerAddress)
  const onFastLane = new Roll<Swept>()
  const sweepFastLane = createSweep(onFastLane)
  const counters = { unknownServerNames: 0, connectionsRefused: 0, http2Floods: 0 }

  const options = {
    insecureHTTPParser: false,
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headersTimeoutMs,
    // Bodies have a least rate instead (rule P8).
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // A flood of slow heads is over in small heaps, and holds up nobody for long.
    connectionsCheckingInterval: 250,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    // Only a WebSocket is an upgrade; anything else that is offered is passed over (rule P7).
    shouldUpgradeCallback: (req: IncomingMessage) => wantsWebSocket(req),
  }
  const http = createServer(options)
  const https = createSecureServer({
    ...options,
    ...TLS_SETTINGS,
    ...defaultCertificate(),
    handshakeTimeout: 10_000,
    ALPNCallback(this: TLSSocket, offer) {
      return chooseProtocol(this, offer, plane.alpnChallenges)
    },
    SNICallback(this: unknown, servername, done) {
      const context = proofOn(this) ?? certificates.find(servername)
      if (!context) onUnknownName(this)
      done(null, context)
    },
  })
  const http2 = createHttp2Lane({
    plane,
    isCounted,
    speaksFor: (servername, host) => certificates.speaksFor(servername, host),
    onFlood: () => {
      counters.http2Floods += 1
    },
    say,
  })

  setUp(http, false)
  setUp(https, true)

  function setUp(server: Server | SecureServer, secure: boolean): void {
    server.maxHeadersCount = 0
    server.maxRequestsPerSocket = limits.requestsPerSocket
    server.maxConnections = limits.connections
    const open = frontOf(server, secure)
    const take = (socket: BareSocket): void => {
      if (admit(socket)) open(socket)
    }
    // Plain connections come without streams where that can be; TLS is made of a stream.
    if (!secure && plane.fastLane)
      server.on('listening', () => acceptBare(server, limits.connections, take))
    server.on('connection', (socket: Socket) => {
      if (!admit(socket)) return
      if (secure) handshakes.begin(socket)
      else open(socket)
    })
    if (secure)
      server.on('secureConnection', (socket: TLSSocket) => {
        handshakes.done(socket)
        if (socket.alpnProtocol === ALPN_CHALLENGE) endSoon(socket)
        else if (socket.alpnProtocol === 'h2') http2.accept(socket)
        else open(socket)
      })
    server.on('request', (req, res) => onRequest(req, res, secure))
    server.on('checkContinue', (req, res) => onRequest(req, res, secure))
    server.on('checkExpectation', (req, res) => onRequest(req, res, secure))
    server.on('upgrade', (req, _socket, head: Buffer) => onUpgrade(req, req.socket, head, secure))
    server.on('connect', ({ socket }) => {
      if (clientOf(socket)?.underWay) socket.destroy()
      else sayLast(socket, '405 Method Not Allowed')
    })
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      const client = clientOf(socket)
      if (error.code?.startsWith('HPE_')) noteUnreadable(error, socket)
      // In the middle of an answer, or with others before it, only the end of the connection is clear.
      if (client && (client.underWay > 1 || (client.underWay === 1 && client.latest?.headersSent)))
        socket.destroy()
      else answerUnreadable(error, socket)
    })
    server.on('tlsClientError', () => undefined)
  }

  /** Rule R8: whoever asks for names that are not here does so at his own expense. */
  function onUnknownName(socket: unknown): void {
    counters.unknownServerNames += 1
    if (socket instanceof TLSSocket) noteStray(plane, peerAddress(socket.remoteAddress))
  }

  /** A browser can be sent here with an address that is too long, or with another protocol. */
  function noteUnreadable(
    error: NodeJS.ErrnoException & { rawPacket?: unknown },
    { remoteAddress }: Socket,
  ): void {
    const bytes = Buffer.isBuffer(error.rawPacket) ? error.rawPacket : undefined
    const from = peerAddress(remoteAddress)
    if (error.code === 'HPE_HEADER_OVERFLOW' || isOtherProtocol(bytes)) noteStray(plane, from)
    else noteRefusal(plane, from, UNREADABLE)
  }

  /** The fast lane, and behind it Node's own listener for HTTP/1.1. */
  function frontOf(
    server: Server | SecureServer,
    secure: boolean,
  ): (socket: Socket | BareSocket) => void {
    const event = secure ? 'secureConnection' : 'connection'
    const ofNode = server.listeners(event).at(-1)
    if (!ofNode) throw new Error(`nothing of Node's listens to ${event}`)
    server.removeAllListeners(event)
    const handOver = (socket: Socket): unknown => Reflect.apply(ofNode, server, [socket])
    const onSilence = (socket: Socket): void => answerUnreadable(SILENCE, socket)
    const serve: FastLane['serve'] = (req, res) => handle(req, res, secure, undefined)
    const lane: FastLane = { plane, open: onFastLane, serve, streamOf, handOver, onSilence }
    return (socket) => {
      const client = track(socket)
      if (plane.fastLane) takeConnection(lane, client, socket)
      else handOver(streamOf(client, socket))
    }
  }

  /** Node's servers know the client by it. */
  function streamOf(client: Client, socket: Socket | BareSocket): Socket {
    const stream = socket instanceof BareSocket ? socket.toStream() : socket
    client.socket = stream
    Object.assign(stream, { [CLIENT]: client })
    return stream
  }

  /** Every TCP connection, before TLS. */
  function admit(socket: Socket | BareSocket): boolean {
    const address = peerAddress(socket.remoteAddress)
    if (!isCounted(address)) return true
    const hasRoom = callers.enter(address)
    onceClosed(socket, () => callers.leave(address))
    if (hasRoom) return true
    counters.connectionsRefused += 1
    socket.destroy()
    return false
  }

  function isCounted(address: string): boolean {
    if (plane.trusted.trusts(address)) return false
    const isLoopback = address.startsWith('127.') || address === '::1' || address === ''
    return limits.countLoopback || !isLoopback
  }

  function track(socket: Socket | BareSocket): Client {
    const client: Client = {
      socket,
      underWay: 0,
      idleSince: performance.now(),
      latest: undefined,
      waiting: [],
    }
    const place = clients.enter(client)
    onceClosed(socket, () => clients.leave(place))
    return client
  }

  function onRequest(req: IncomingMessage, res: Response, secure: boolean): void {
    const client = clientOf(req.socket)
    if (!client) {
      serve(req, res, secure)
      return
    }
    client.underWay += 1
    res.once('close', () => {
      client.underWay -= 1
      client.idleSince = performance.now()
      client.waiting.shift()?.()
    })
    if (client.underWay === 1) {
      client.latest = res
      serve(req, res, secure)
      return
    }
    // Pipelined: one after the other, because what comes first may change what comes next.
    if (client.waiting.length >= limits.pipelinedRequests) {
      req.socket.destroy()
      return
    }
    client.waiting.push(() => {
      if (res.destroyed || req.socket.destroyed) return
      client.latest = res
      serve(req, res, secure)
    })
  }

  function serve(req: IncomingMessage, res: Response, secure: boolean): void {
    const visit = handle(req, res, secure, undefined)
    if (visit) res.once('close', () => finishVisit(plane, visit))
  }

  function onUpgrade(req: IncomingMessage, socket: Socket, early: Buffer, secure: boolean): void {
    const client = clientOf(socket)
    if (client && client.underWay > 0) {
      // Behind a request that is still being answered: two would write on one connection.
      socket.destroy()
      return
    }
    if (client) client.underWay += 1
    const res = new ServerResponse(req)
    res.assignSocket(socket)
    res.shouldKeepAlive = false
    res.once('finish', () => socket.destroySoon())
    socket.on('error', () => socket.destroy())
    const detach = (): void => res.detachSocket(socket)
    const visit = handle(req, res, secure, { socket, early, detach })
    socket.once('close', () => {
      if (visit) finishVisit(plane, visit)
    })
  }

  /** A fault of ours costs the request that met it, never the other connections of the worker. */
  function handle(
    req: RequestSide & RawRequest,
    res: ResponseSide,
    secure: boolean,
    upgrade: Upgrading | undefined,
  ): Visit | undefined {
    try {
      return handleRequest(plane, req, res, { secure, servername: serverNameOf(req), upgrade })
    } catch (error) {
      say(`a request met a fault: ${error instanceof Error ? error.stack : String(error)}`)
      req.socket.destroy()
      return undefined
    }
  }

  function closeIdle(stoppedAt: number): void {
    const now = performance.now()
    for (const { socket, underWay, idleSince } of clients)
      if (underWay === 0 && now - Math.max(idleSince, stoppedAt) > limits.drainIdleMs)
        socket.destroy()
  }

  return {
    http,
    https,
    counters,
    http2,
    /** Lets go of connections on which nothing has come for too long; those of Node's go by themselves. */
    sweep(now: number): void {
      http2.sweep(now)
      void sweepFastLane(now)
    },
    listen: (server: Server | SecureServer, on: ListenOn): Promise<number> => {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      server.once('error', reject)
      server.listen(on, () => {
        server.off('error', reject)
        const address: AddressInfo | string | null = server.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
      return promise
    },

    /**
     * Accepts no more, answers what is under way and what still comes on open connections, each
     * answer with `Connection: close`. An idle connection is closed only after a while: closing at
     * once would meet a request that is just on its way. After the drain limit the rest is cut.
     */
    async stop(): Promise<void> {
      plane.stopping = true
      // Not http.Server's close, which ends idle connections at once.
      NetServer.prototype.close.call(http)
      NetServer.prototype.close.call(https)
      const stoppedAt = performance.now()
      while (clients.size + handshakes.size + http2.size > 0) {
        const tookMs = performance.now() - stoppedAt
        if (tookMs > limits.drainMs + limits.lingerMs) break
        if (tookMs > limits.drainMs) for (const each of plane.balancer.all()) each.cut()
        closeIdle(stoppedAt)
        http2.drain(stoppedAt)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      for (const { socket } of clients) socket.destroy()
      for (const socket of handshakes) socket.destroy()
      http2.destroy()
      http.closeAllConnections()
      https.closeAllConnections()
    },
  }
}
export type Listener = ReturnType<typeof createListener>

function defaultCertificate(): { cert: string; key: string } {
  const { certificatePem, keyPem } = createDefaultCertificate(new Date())
  return { cert: certificatePem, key: keyPem }
}

function onceClosed(socket: Socket | BareSocket, act: () => void): void {
  if (socket instanceof BareSocket) socket.onceClosed(act)
  else socket.once('close', act)
}

const serverNameOf = ({ socket }: RequestSide): string | false | undefined =>
  socket instanceof TLSSocket ? (socket.servername ?? undefined) : undefined

/** The same question as `RequestHead.websocket`, asked by Node's parser before it goes on. */
const wantsWebSocket = ({ method, httpVersion, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  httpVersion === '1.1' &&
  headers.upgrade?.toLowerCase() === 'websocket' &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0

const SILENCE: NodeJS.ErrnoException = Object.assign(new Error('nothing came'), {
  code: 'ERR_HTTP_REQUEST_TIMEOUT',
})

/** Node's parser could not read the request (rule P1), or its head took too long (rule P8). */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const line =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request'
  sayLast(socket, line)
}
