import { randomInt } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'

export interface PortRange {
  from: number
  to: number
}

const CONNECT_WITHIN_MS = 30_000
const HANDSHAKE_WITHIN_MS = 15_000
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

export interface DataChannel {
  port: number
  /** Rejects where nobody connects in time. With a context the connection is encrypted. */
  connect(context: SecureContext | undefined): Promise<Socket>
  close(): void
}

function createDataChannel(server: Server, peer: string): DataChannel {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  promise.catch(() => {
    // Told to whoever calls `connect`, where anybody does.
  })
  const late = setTimeout(() => close(), CONNECT_WITHIN_MS)
  let isOver = false
  /** Connected, and nobody has taken it yet. */
  let unclaimed: Socket | undefined

  server.on('connection', (socket) => {
    socket.on('error', () => {
      // Told by whoever reads or writes it.
    })
    // Somebody else who has guessed the port.
    if (isOver || plainAddress(socket.remoteAddress) !== peer) {
      socket.destroy()
      return
    }
    isOver = true
    clearTimeout(late)
    server.close()
    unclaimed = socket
    socket.once('close', () => {
      unclaimed = undefined
    })
    resolve(socket)
  })

  function close(): void {
    clearTimeout(late)
    // A client that connects and then asks for something else would leave a socket and its port behind.
    unclaimed?.destroy()
    if (isOver) return
    isOver = true
    server.close()
    reject(new Error('nobody connected to the passive port'))
  }

  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close,
    async connect(context) {
      const socket = await promise
      unclaimed = undefined
      return context === undefined ? socket : encrypted(socket, context)
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
