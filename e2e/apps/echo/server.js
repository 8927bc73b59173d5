const { createHash } = require('node:crypto')
const { createServer } = require('node:http')

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const server = createServer((request, response) => {
  if (request.url === '/events') return sendEvents(response)
  if (request.method === 'POST') return request.pipe(response)
  response.end('echo\n')
})

function sendEvents(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  let sequence = 0
  const timer = setInterval(() => {
    sequence += 1
    response.write(`id: ${sequence}\ndata: ${sequence}\n\n`)
  }, 100)
  response.on('close', () => clearInterval(timer))
}

server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(request.headers['sec-websocket-key'] + MAGIC)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  let waiting = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk])
    for (let frame = takeFrame(waiting); frame; frame = takeFrame(waiting)) {
      waiting = waiting.subarray(frame.bytes)
      if (frame.opcode === 8) return socket.end(makeFrame(8, frame.payload))
      if (frame.opcode === 9) socket.write(makeFrame(10, frame.payload))
      if (frame.opcode === 1 || frame.opcode === 2) socket.write(makeFrame(frame.opcode, frame.payload))
    }
  })
})

/** One whole, unfragmented, masked frame from the front; undefined until it is all there. */
function takeFrame(bytes) {
  if (bytes.length < 2) return undefined
  const short = bytes[1] & 0x7f
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < head + 4) return undefined
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const end = head + 4 + length
  if (bytes.length < end) return undefined
  const mask = bytes.subarray(head, head + 4)
  const payload = Buffer.from(bytes.subarray(head + 4, end)).map((byte, at) => byte ^ mask[at % 4])
  return { opcode: bytes[0] & 0x0f, payload, bytes: end }
}

function makeFrame(opcode, payload) {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

server.listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  setTimeout(() => process.exit(0), 5_000).unref()
})
