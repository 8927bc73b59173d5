import type { Socket } from 'node:net'

const LINGER_MS = 1_000

/** A last answer on a connection that no server has any more; then it is closed as `endSoon` says. */
export function sayLast(socket: Socket, status: string): void {
  endSoon(socket, `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/**
 * Ends a connection that nobody else listens to: a client that answers with a reset ends itself and
 * not the worker, and one that keeps its side open is not waited for.
 */
export function endSoon(socket: Socket, text = ''): void {
  socket.on('error', () => socket.destroy())
  socket.end(text)
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
}
