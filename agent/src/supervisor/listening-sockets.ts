import { BoundSocket } from 'node:net'
import type { SocketName } from '#agent/supervisor/process-table.ts'

/** Descriptors of bound sockets by name. */
export type ListeningSockets = Record<SocketName, number>

/**
 * Binds the ports without listening: a `net.Server` in the supervisor would itself accept. Workers
 * listen on the descriptor, and since the supervisor keeps it open, connections wait in the shared
 * queue while a worker is replaced. Kept in a module variable: a BoundSocket that is collected closes.
 */
export function bindSockets(ports: Record<SocketName, number>): ListeningSockets {
  return { http: bind(ports.http), https: bind(ports.https) }
}

const held: BoundSocket[] = []

function bind(port: number): number {
  const socket = bindBothFamilies(port)
  held.push(socket)
  return socket.fd()
}

/** `::` takes IPv4 as well; a kernel without IPv6 knows only 0.0.0.0. */
function bindBothFamilies(port: number): BoundSocket {
  try {
    return new BoundSocket({ host: '::', port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw error
    return new BoundSocket({ host: '0.0.0.0', port })
  }
}
