import { createServer, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { FtpSignIns } from '#core/access/ftp-sign-ins.ts'
import type { UploadSessions } from '#core/sources/upload-sessions.ts'
import { type ServedControl, serveControl } from '#ftp/control-connection.ts'
import { createPassivePorts, type PortRange, plainAddress } from '#ftp/data-channel.ts'
import { networkOf } from '#lib/network-of.ts'
import { createPlaces } from '#lib/places.ts'

interface Deps {
  tls: { cert: string; key: string }
  signIns: FtpSignIns
  sessions: Pick<UploadSessions, 'open'>
  passivePorts: PortRange
  isPlainAllowed: (app: string) => boolean
  publicAddress: string | null
  now: () => Date
  onError: (error: unknown) => void
  limits?: Partial<FtpLimits>
}

export interface FtpLimits {
  connections: number
  /** Of one address, or of an IPv6 /64; the machine itself is not held to it. */
  connectionsOfNetwork: number
  idleMs: number
  signInMs: number
}

const LIMITS: FtpLimits = {
  connections: 128,
  connectionsOfNetwork: 16,
  idleMs: 600_000,
  signInMs: 60_000,
}
/** Clients that stay for hours resume all the same. */
const SESSION_S = 86_400
const LOOPBACK = /^(?:127\.|::1$)/

/** FTP over TLS for the files of apps: explicit TLS, passive mode, no bounce. */
export function createFtpServer(deps: Deps) {
  const limits = { ...LIMITS, ...deps.limits }
  const ports = createPassivePorts(deps.passivePorts)
  const networks = createPlaces(limits.connectionsOfNetwork)
  const served = new Map<Socket, ServedControl>()
  let { tls } = deps
  // What cannot be used is told now.
  contextOf(tls)

  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
  server.on('error', deps.onError)
  server.on('connection', (socket) => {
    const address = plainAddress(socket.remoteAddress)
    const free = LOOPBACK.test(address) ? () => {} : networks.take(networkOf(address))
    socket.on('error', () => {
      // The peer's: it is over.
    })
    if (!free) return refuse(socket)
    const waitMs = deps.signIns.waitMs(address)
    if (waitMs > 0) {
      free()
      socket.end(`421 Too many failed sign-ins: try again in ${Math.ceil(waitMs / 1_000)} s.\r\n`)
      setTimeout(() => socket.destroy(), 1_000).unref()
      return
    }
    if (!hasRoom()) {
      free()
      return refuse(socket)
    }
    socket.once('close', () => {
      served.delete(socket)
      free()
    })
    served.set(
      socket,
      serveControl(socket, { ...deps, ...limits, ports, secureContext: () => contextOf(tls) }),
    )
  })

  function refuse(socket: Socket): void {
    socket.end('421 Too many connections.\r\n')
    setTimeout(() => socket.destroy(), 1_000).unref()
  }

  /** Whoever has been signing in for the longest makes room: a few networks would keep everybody out. */
  function hasRoom(): boolean {
    if (served.size < limits.connections) return true
    for (const [socket, { isSignedIn }] of served) {
      if (isSignedIn()) continue
      served.delete(socket)
      socket.destroy()
      return true
    }
    return false
  }

  return {
    /** Rejects where the port is taken. */
    async listen(on: { host: string; port: number }): Promise<{ port: number }> {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      server.once('error', reject)
      server.listen({ ...on, exclusive: true }, resolve)
      await promise
      server.off('error', reject)
      const address = server.address()
      return { port: typeof address === 'object' && address !== null ? address.port : on.port }
    },

    /** New connections get the new certificate. */
    replaceCertificate(next: { cert: string; key: string }): void {
      contextOf(next)
      tls = next
    },

    connections: (): number => served.size,

    async close(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      for (const { hangUp } of served.values()) hangUp('Vastrox is being restarted.')
      for (const socket of served.keys()) setTimeout(() => socket.destroy(), 1_000).unref()
      await promise
    },
  }
}
export type FtpServer = ReturnType<typeof createFtpServer>

/**
 * One for a client's control connection and its data connections. Tickets are sealed with keys of the
 * context, so a data connection that resumes is the client's own.
 */
const contextOf = ({ cert, key }: Deps['tls']) =>
  createSecureContext({
    cert,
    key,
    minVersion: 'TLSv1.2',
    ca: [],
    sessionIdContext: 'vastrox-ftp',
    sessionTimeout: SESSION_S,
  })
