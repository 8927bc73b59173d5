import type { Socket } from 'node:net'
import { NOWHERE, Roll } from './roll.ts'

/** Where it is among them, until it is done. */
interface Handshake {
  place: number
}

/**
 * TCP connections whose TLS handshake is not done. Who is done is known by his address and port, and not by
 * his connection; and of one that was reset before it was accepted nobody knows either, as of others.
 */
export function createHandshakes() {
  const sockets = new Roll<Socket>()
  const latest = new Map<string, Handshake>()

  function end(from: string, handshake: Handshake): void {
    handshake.place = sockets.leave(handshake.place)
    if (latest.get(from) === handshake) latest.delete(from)
  }

  return {
    begin(socket: Socket): void {
      const from = endOf(socket)
      const handshake: Handshake = { place: sockets.enter(socket) }
      latest.set(from, handshake)
      socket.once('close', () => end(from, handshake))
    },
    done(secured: Socket): void {
      const from = endOf(secured)
      end(from, latest.get(from) ?? { place: NOWHERE })
    },
    get size(): number {
      return sockets.size
    },
    [Symbol.iterator]: (): Iterator<Socket> => sockets[Symbol.iterator](),
  }
}

const endOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`
