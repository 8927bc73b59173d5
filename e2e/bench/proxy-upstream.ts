/**
 * The program behind every proxy of `pnpm bench proxy`, as light as Node makes one, so that the proxy
 * is what is measured and not what shares its two processors: 1 KB, `/10k`, `/1m` for whatever head
 * ends, in answers that were made before, and a WebSocket that sends every frame back.
 */
export const UPSTREAM_PROGRAM = `
const { createServer } = require('node:net')
const { createHash } = require('node:crypto')
const answer = (bytes) => Buffer.concat([
  Buffer.from('HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: ' + bytes + '\\r\\n\\r\\n'),
  Buffer.alloc(bytes, 'x'),
])
const small = answer(1_024)
const answers = { '/10k': answer(10_240), '/1m': answer(1_048_576) }
createServer({ noDelay: true }, (socket) => {
  let begun = ''
  const onData = (chunk) => {
    begun += chunk.latin1Slice()
    for (let end = begun.indexOf('\\r\\n\\r\\n'); end !== -1; end = begun.indexOf('\\r\\n\\r\\n')) {
      const head = begun.slice(0, end + 2)
      begun = begun.slice(end + 4)
      const path = head.slice(4, head.indexOf(' ', 4))
      if (path === '/echo') {
        socket.off('data', onData)
        echo(socket, head)
        return
      }
      socket.write(answers[path] ?? small)
      if (/^connection: *close/im.test(head)) socket.end()
    }
  }
  socket.on('data', onData)
  socket.on('error', () => socket.destroy())
}).listen({ port: Number(process.argv[1]), host: '127.0.0.1', backlog: 4_096 })

function echo(socket, head) {
  const key = /^sec-websocket-key: *([^\\r]+)/im.exec(head)[1]
  const accept = createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64')
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n' +
    'Sec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n')
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
}
`
