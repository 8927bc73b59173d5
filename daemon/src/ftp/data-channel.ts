import { randomInt } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'

export interface PortRange {
  from: number
  to: number
}

const CONNECT_WITHIN_MS = 30_000
const HANDSHAKE_WITHIN_MS = 15_000
/** A client that has connected is seen within a turn or two. */
const GRACE_MS = 10
const FIRST_GRACE_MS = 250
const MAX_TRIES = 50

/** The passive ports of all clients: each is taken by one transfer at a time. */
export function createPassivePorts({ from, to }: PortRange) {
  const taken = new Set<number>()

  async function listenOnOne(host: string): Promise<Server | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const port = randomInt(from, to + 1)
      if (taken.has(port)) continue
      taken.add(port)
      const server = createServer({ noDelay: true, pauseOnConnect: true })
      server.maxConnections = 8
      server.once('close', () => taken.delete(port))
      if (await listening(server, host, port)) return server
      taken.delete(port)
    }
    return undefined
  }

  return {
    /**
     * Opens a port for one connection of that peer and nobody else's; undefined where all are taken.
     */
    async open(host: string, peer: string): Promise<DataChannel | undefined> {
      const server = await listenOnOne(host)
      return server && createDataChannel(server, peer)
    },
  }
}
export type PassivePorts = ReturnType<typeof createPassivePorts>

/** Why there is no data connection, for people. */
export class DataChannelError extends Error {}

export interface Wanted {
  /** Of the control connection, and of no other: what is resumed by it is the same client. */
  context: SecureContext | undefined
  /** Whether that client has resumed before: undefined where it has not had the occasion. */
  resumes: boolean | undefined
}

export interface Connected {
  socket: Socket
  isResumed: boolean
}

export interface DataChannel {
  port: number
  /**
   * The connection of the client that was told the port. Rejects where nobody connects in time, and
   * where somebody else at its address has connected too and nothing tells the two apart.
   */
  connect(wanted: Wanted): Promise<Connected>
  close(): void
}

function createDataChannel(server: Server, peer: string): DataChannel {
  /** Connected from the right address: the client, or somebody beside it who has guessed the port. */
  const candidates = new Set<Socket>()
  const outcome = Promise.withResolvers<Connected>()
  outcome.promise.catch(() => {
    // Told to whoever calls `connect`, where anybody does.
  })
  const late = setTimeout(() => close(), CONNECT_WITHIN_MS)
  let wanted: Wanted | undefined
  let isOver = false
  const ready: Connected[] = []

  server.on('connection', (socket) => {
    socket.on('error', () => {
      // Told by whoever reads or writes it.
    })
    if (isOver || plainAddress(socket.remoteAddress) !== peer) {
      socket.destroy()
      return
    }
    candidates.add(socket)
    socket.once('close', () => candidates.delete(socket))
    if (wanted) void shakeHands(socket, wanted)
  })

  async function shakeHands(socket: Socket, { context, resumes }: Wanted): Promise<void> {
    if (!context) return judge({ socket, isResumed: false })
    const secure = await encrypted(socket, context).catch(() => undefined)
    if (!secure) {
      candidates.delete(socket)
      return decide()
    }
    const isResumed = secure.isSessionReused()
    // A client that can prove that it is the same one does so each time.
    if (!isResumed && resumes === true) {
      secure.destroy()
      candidates.delete(socket)
      return
    }
    await judge({ socket: secure, isResumed })
  }

  async function judge(one: Connected): Promise<void> {
    if (one.isResumed) return take(one)
    ready.push(one)
    // The client connects before it says what for; in its first transfer it may prove itself yet.
    const graceMs = wanted?.context && wanted.resumes === undefined ? FIRST_GRACE_MS : GRACE_MS
    await new Promise((resolve) => setTimeout(resolve, graceMs))
    decide()
  }

  /** Once everybody who has connected has shaken hands, and none of them has proved anything. */
  function decide(): void {
    if (isOver || ready.length === 0 || ready.length < candidates.size) return
    const [only, other] = ready
    if (only && !other) take(only)
    else close(new DataChannelError('somebody else at that address has connected, too'))
  }

  function take(one: Connected): void {
    if (isOver) {
      one.socket.destroy()
      return
    }
    end()
    for (const { socket } of ready) if (socket !== one.socket) socket.destroy()
    const { remotePort } = one.socket
    for (const socket of candidates) if (socket.remotePort !== remotePort) socket.destroy()
    outcome.resolve(one)
  }

  function end(): void {
    isOver = true
    clearTimeout(late)
    server.close()
  }

  function close(why = new DataChannelError('nobody connected to the passive port')): void {
    if (isOver) return
    end()
    // A client that connects and then asks for something else would leave a socket and its port behind.
    for (const socket of candidates) socket.destroy()
    for (const { socket } of ready) socket.destroy()
    outcome.reject(why)
  }

  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => close(),
    connect(wish) {
      wanted = wish
      for (const socket of candidates) void shakeHands(socket, wish)
      return outcome.promise
    },
  }
}

/** The server's side of the handshake; a session of the control connection may be resumed. */
export function encrypted(socket: Socket, secureContext: SecureContext): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
  const secure = new TLSSocket(socket, { isServer: true, secureContext })
  const late = setTimeout(() => secure.destroy(new Error('no handshake')), HANDSHAKE_WITHIN_MS)
  secure.on('error', reject)
  secure.once('close', () => {
    clearTimeout(late)
    reject(new Error('the connection ended during the handshake'))
  })
  secure.once('secure', () => {
    clearTimeout(late)
    resolve(secure)
  })
  socket.resume()
  return promise
}

/** An IPv4 address the same way whatever the family of the socket. */
export const plainAddress = (address: string | undefined): string =>
  (address ?? '').replace(/^::ffff:/, '')

function listening(server: Server, host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.on('error', () => resolve(false))
  server.listen({ host, port, exclusive: true }, () => resolve(true))
  return promise
}
