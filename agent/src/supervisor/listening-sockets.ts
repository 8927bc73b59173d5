import { BoundSocket } from 'node:net'
import type { SocketName } from '#agent/supervisor/process-table.ts'

/** Descriptors of bound sockets by name; SSH is left out where somebody else has its port. */
export type ListeningSockets = Record<Exclude<SocketName, 'ssh'>, number> & {
  ssh: number | undefined
}

/**
 * Binds the ports without listening: a `net.Server` in the supervisor would itself accept. Workers
 * listen on the descriptor, and since the supervisor keeps it open, connections wait in the shared
 * queue while a worker is replaced. Kept in a module variable: a BoundSocket that is collected closes.
 */
export function bindSockets(
  ports: Record<Exclude<SocketName, 'ssh'>, number>,
): Omit<ListeningSockets, 'ssh'> {
  return { http: bind(ports.http), https: bind(ports.https) }
}

/** Apps do not go down because the port of SSH is taken: the daemon says so, and tries again. */
export function bindSshSocket(port: number, report: (line: string) => void): number | undefined {
  try {
    return bind(port)
  } catch (error) {
    report(`the SSH port ${port} cannot be opened: ${String(error)}`)
    return undefined
  }
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
