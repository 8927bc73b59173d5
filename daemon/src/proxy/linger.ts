import { Socket } from 'node:net'
import { BareSocket } from './bare-socket.ts'
import type { RequestSide } from './client-sides.ts'

/**
 * Closes gently a connection whose client is still sending: our answer and FIN first, then what
 * still comes is read and dropped for a moment. Closing at once would make the kernel answer with
 * RST, and the client would lose the answer that tells why.
 * A stream of HTTP/2 ends without its connection.
 */
export function lingerOnClose(req: RequestSide, lingerMs: number): void {
  const { socket } = req
  if (socket instanceof BareSocket) {
    socket.lingerAtEnd(lingerMs)
    return
  }
  if (!(socket instanceof Socket)) return
  socket.destroySoon = () => {
    socket.end()
    req.resume()
    socket.resume()
    const timer = setTimeout(() => socket.destroy(), lingerMs)
    socket.once('end', () => socket.destroy())
    socket.once('close', () => clearTimeout(timer))
  }
}
