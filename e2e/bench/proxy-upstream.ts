/**
 * The program behind every proxy of `pnpm bench proxy`, as light as Node makes one, so that the proxy
 * is what is measured: 1 KB, `/10k`, `/1m`, and a WebSocket that sends every frame back.
 */
export const UPSTREAM_PROGRAM = `
const { createServer } = require('node:http')
const { createHash } = require('node:crypto')
const bodies = { '/10k': Buffer.alloc(10_240, 'x'), '/1m': Buffer.alloc(1_048_576, 'x') }
const small = Buffer.alloc(1_024, 'x')
const server = createServer((req, res) => {
  const body = bodies[req.url] ?? small
  res.writeHead(200, ['Content-Type', 'text/plain', 'Content-Length', String(body.length)])
  res.end(body)
})
server.keepAliveTimeout = 60_000
server.on('upgrade', (req, socket) => {
  const key = req.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
  const accept = createHash('sha1').update(key).digest('base64')
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n' +
    'Sec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n')
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  // Short masked frames, one a read, as the client of the bench sends them: only the mask is taken off.
  socket.on('data', (frame) => {
    for (let at = 0; at + 6 <= frame.length; ) {
      const length = frame[at + 1] & 0x7f
      const reply = Buffer.alloc(2 + length)
      reply[0] = frame[at]
      reply[1] = length
      for (let index = 0; index < length; index += 1)
        reply[2 + index] = frame[at + 6 + index] ^ frame[at + 2 + (index % 4)]
      socket.write(reply)
      at += 6 + length
    }
  })
})
server.listen(Number(process.argv[1]), '127.0.0.1')
`
