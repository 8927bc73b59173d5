import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/**
 * `game.ts <name> <port> …`: a server without HTTP. Over TCP it greets with its name and the address of
 * whoever came, and says its name again for each line; over UDP it answers each datagram with the same.
 */
const [name = '', ...ports] = process.argv.slice(2)
const plain = (address = ''): string => address.replace(/^::ffff:/, '')

for (const port of ports.map(Number)) {
  createServer((socket) => {
    socket.on('error', () => {})
    socket.write(`${name} ${plain(socket.remoteAddress)} ${port}\n`)
    socket.on('data', () => socket.write(`${name}\n`))
  }).listen({ port, host: '0.0.0.0', backlog: 4_096 })
  const udp = createSocket('udp4')
  udp.on('message', (_, from) =>
    udp.send(`${name} ${from.address} ${port}`, from.port, from.address),
  )
  udp.bind(port)
}
