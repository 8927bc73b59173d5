import type { Server } from 'node:net'
import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { addressOf } from '#http/address-of.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Over which connection it came, and since when that is there. */
    origin: CommandOrigin
  }
}

interface Ends {
  remoteAddress?: string | undefined
  remotePort?: number | undefined
  localPort?: number | undefined
}

/**
 * Remembers when each connection was accepted. The socket that a request names is the TLS one, which
 * may be much younger, and the one that was accepted is known by the same ends.
 */
export const connectionTimes = (now: () => Date) =>
  rootPlugin(async (server: FastifyInstance) => {
    const times = new Map<string, string>()
    const listener: Server = server.server

    listener.on('connection', (socket) => {
      const key = keyOf(socket)
      const at = now().toISOString()
      times.set(key, at)
      socket.once('close', () => {
        // The same ends may have been taken into use again.
        if (times.get(key) === at) times.delete(key)
      })
    })

    server.decorateRequest('origin', {
      getter(this: FastifyRequest): CommandOrigin {
        const { socket } = this.raw
        const begunAt = times.get(keyOf(socket))
        // Behind a proxy it is the proxy's own connection: of the visitor's it tells nothing.
        const isDirect = addressOf({ ip: socket.remoteAddress ?? '' }) === addressOf(this)
        if (begunAt === undefined || !isDirect) return { kind: 'unknown' }
        return { kind: 'connection', begunAt, address: addressOf(this) }
      },
    })
  })

const keyOf = ({ remoteAddress, remotePort, localPort }: Ends): string =>
  `${remoteAddress ?? ''} ${remotePort ?? 0} ${localPort ?? 0}`
