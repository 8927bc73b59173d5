import { createServer, type Socket } from 'node:net'
import type { Algorithms, PublicKeyAuthContext, Server } from 'ssh2'
import type { SshSignIns } from '#core/access/ssh-sign-ins.ts'
import { networkOf } from '#lib/network-of.ts'
import { createPlaces } from '#lib/places.ts'
import { serveConnection, type ServedConnection, type Services } from '#ssh/connection.ts'

/** An inherited descriptor, or an address for tests and development. */
export type ListenOn = { fd: number } | { host: string; port: number }

interface Deps {
  /** PEM; the first that a client knows is used. */
  hostKeys: readonly string[]
  /** How people reach this server. */
  place: { host: string; port: number }
  signIns: SshSignIns
  services: Services
  now: () => Date
  onError: (error: unknown) => void
  limits?: Partial<SshLimits>
}

export interface SshLimits {
  connections: number
  /** Of one address, or of an IPv6 /64; the machine itself is not held to it. */
  connectionsOfNetwork: number
  connectionsOfUser: number
  /** That have not signed in yet; the one that has been at it for the longest makes room. */
  signingIn: number
  /** From the first byte until somebody is in. */
  signInMs: number
}

const LIMITS: SshLimits = {
  connections: 256,
  connectionsOfNetwork: 32,
  connectionsOfUser: 32,
  signingIn: 64,
  signInMs: 60_000,
}
const CLOSE_GRACE_MS = 3_000
const LOOPBACK = /^(?:127\.|::1$)/
const BACKLOG = 128

/** Strict key exchange comes by itself with these; Diffie-Hellman over large numbers costs too much before the sign-in. */
const ALGORITHMS: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
  ],
  serverHostKey: ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes256-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
}

/**
 * The one SSH server: git, the console and uploads, by who one signs in as. ssh2 is loaded with the
 * first connection: many servers never see one.
 */
export function createSshServer(deps: Deps) {
  const { signIns, services, place, onError } = deps
  const limits = { ...LIMITS, ...deps.limits }
  const sockets = new Set<Socket>()
  /** Until they have signed in, by remote address and port: that is all that ssh2 tells of a client. */
  const signingIn = new Map<string, { socket: Socket; begunAt: Date; cancel: () => void }>()
  const served = new Map<string, ServedConnection>()
  const networks = createPlaces(limits.connectionsOfNetwork)
  const users = createPlaces(limits.connectionsOfUser)
  let engine: Promise<Server> | undefined

  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
  server.on('connection', take)
  server.on('error', onError)

  function take(socket: Socket): void {
    socket.on('error', () => {
      // The peer's: it is over.
    })
    const address = addressOf(socket)
    const key = keyOf(socket.remoteAddress, socket.remotePort)
    const free = LOOPBACK.test(address) ? () => {} : networks.take(networkOf(address))
    if (!free) {
      socket.destroy()
      return
    }
    const waitMs = signIns.waitMs(address)
    if (waitMs > 0) {
      free()
      // Before the version of the protocol a server may say something; ssh -v shows it.
      const seconds = Math.ceil(waitMs / 1_000)
      socket.end(`Too many failed sign-ins from your address: try again in ${seconds} s.\r\n`)
      setTimeout(() => socket.destroy(), 1_000).unref()
      return
    }
    if (!hasRoom()) {
      free()
      socket.destroy()
      return
    }
    sockets.add(socket)
    const late = setTimeout(() => socket.destroy(), limits.signInMs)
    signingIn.set(key, { socket, begunAt: deps.now(), cancel: () => clearTimeout(late) })
    socket.once('close', () => {
      clearTimeout(late)
      signingIn.delete(key)
      sockets.delete(socket)
      served.delete(key)
      free()
    })
    socket.pause()
    loaded().then(
      (ssh2) => {
        if (!socket.destroyed) ssh2.injectSocket(socket)
      },
      (error: unknown) => {
        onError(error)
        socket.destroy()
      },
    )
  }

  /** A few networks that connect and say nothing would keep everybody out for as long as they like. */
  function hasRoom(): boolean {
    const isFull = sockets.size >= limits.connections
    if (!isFull && signingIn.size < limits.signingIn) return true
    const [oldest] = signingIn
    if (!oldest) return false
    const [key, { socket, cancel }] = oldest
    cancel()
    signingIn.delete(key)
    sockets.delete(socket)
    socket.destroy()
    return true
  }

  const loaded = (): Promise<Server> => (engine ??= load())

  async function load(): Promise<Server> {
    const { default: ssh2 } = await import('ssh2')
    const { parseKey } = ssh2.utils
    const verify = (ctx: PublicKeyAuthContext): boolean => {
      const parsed = parseKey(ctx.key.data)
      if (parsed instanceof Error || !ctx.blob || !ctx.signature) return false
      if (parsed.type !== ctx.key.algo) return false
      return parsed.verify(ctx.blob, ctx.signature, ctx.hashAlgo)
    }
    const made = new ssh2.Server({
      hostKeys: [...deps.hostKeys],
      ident: 'Vastrox',
      algorithms: ALGORITHMS,
    })
    made.on('connection', (client, { ip, port }) => {
      const key = keyOf(ip, port)
      served.set(
        key,
        serveConnection({
          client,
          address: plain(ip),
          begunAt: signingIn.get(key)?.begunAt ?? deps.now(),
          signIns,
          services,
          place,
          verify,
          takePlace: (userId) => users.take(userId),
          onReady: () => {
            signingIn.get(key)?.cancel()
            signingIn.delete(key)
          },
          onError,
        }),
      )
    })
    made.on('error', onError)
    return made
  }

  return {
    async listen(on: ListenOn): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      server.once('error', reject)
      server.listen({ ...on, backlog: BACKLOG }, () => {
        server.off('error', reject)
        resolve()
      })
      await promise
    },

    /** Where it listens: the port of one that was asked for as 0. */
    port(): number {
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : place.port
    },

    connections: () => ({
      open: sockets.size,
      git: sum('git'),
      console: sum('console'),
      sftp: sum('sftp'),
    }),

    /** Ends whatever came in by that key. */
    drop(keyId: string): void {
      for (const connection of served.values()) if (connection.keyId() === keyId) connection.end()
    },

    /** Once somebody may do something else than before. */
    recheck(): void {
      for (const connection of served.values()) connection.recheck()
    },

    /** Takes no more, lets what is under way come to its end for a while, then ends it. */
    async close(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      for (const connection of served.values()) if (!connection.isBusy()) connection.end()
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, CLOSE_GRACE_MS)
      await promise.finally(() => clearTimeout(timer))
    },
  }

  function sum(name: keyof Services): number {
    let total = 0
    for (const connection of served.values()) total += connection.openOf(name)
    return total
  }
}
export type SshServer = ReturnType<typeof createSshServer>

const keyOf = (address: string | undefined, port: number | undefined): string =>
  `${address} ${port}`

/** The peer's address; an IPv4 peer of the dual-stack socket is shown as IPv4. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
const addressOf = ({ remoteAddress }: Socket): string => plain(remoteAddress ?? 'unknown')
