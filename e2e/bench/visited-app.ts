/**
 * An app for visitors who stay: `/` says its version, `/ws` echoes texts, `/events` counts, `/upload`
 * gives the length and the digest of what came, `/slow?s=20` takes so many seconds, a byte each.
 */
export const visitedApp = (version: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'visited', version: '1.0.0', private: true }),
  'server.js': `
const { createServer } = require('node:http')
const { createHash } = require('node:crypto')
const version = ${JSON.stringify(version)}
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://app')
  if (url.pathname === '/events') return countFor(response)
  if (url.pathname === '/upload') return digest(request, response)
  if (url.pathname === '/slow') return answerSlowly(response, Number(url.searchParams.get('s')))
  response.end(version + ' ' + request.url)
})
function countFor(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let count = 0
  const timer = setInterval(() => response.write('data: ' + (count += 1) + '\\n\\n'), 100)
  response.on('close', () => clearInterval(timer))
}
function digest(request, response) {
  const hash = createHash('sha256')
  let length = 0
  request.on('data', (chunk) => {
    hash.update(chunk)
    length += chunk.length
  })
  request.on('end', () => response.end(length + ' ' + hash.digest('hex')))
}
function answerSlowly(response, seconds) {
  let left = seconds
  response.write('.')
  const timer = setInterval(() => {
    left -= 1
    if (left > 0) return response.write('.')
    clearInterval(timer)
    response.end('done')
  }, 1000)
}
server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
  const accept = createHash('sha1').update(key).digest('base64')
  socket.on('error', () => socket.destroy())
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n' +
    'Sec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n')
  let bytes = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 6 && bytes.length >= 6 + (bytes[1] & 127)) {
      const length = bytes[1] & 127
      const mask = bytes.subarray(2, 6)
      const body = bytes.subarray(6, 6 + length).map((byte, at) => byte ^ mask[at % 4])
      const opcode = bytes[0] & 15
      bytes = bytes.subarray(6 + length)
      if (opcode === 8) return socket.end(Buffer.from([0x88, 0]))
      socket.write(Buffer.concat([Buffer.from([0x81, length]), body]))
    }
  })
})
server.listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`,
})
