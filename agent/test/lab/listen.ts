import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/**
 * `listen.ts [udp=<address>] <port> …`: says `hello` on these ports over both families, by TCP, and with
 * `udp` gives back what comes to that address by UDP as well. Prints `ready`.
 */
const words = process.argv.slice(2)
const ports = words.filter((word) => !word.startsWith('udp=')).map(Number)
const udp = words.find((word) => word.startsWith('udp='))?.slice('udp='.length)
await Promise.all(
  ports.flatMap((port) => [listenTcp(port), ...(udp === undefined ? [] : [listenUdp(port, udp)])]),
)
console.log('ready')

function listenTcp(port: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    // Whoever probes resets the connection once it stands.
    socket.on('error', () => {})
    socket.on('data', () => socket.write('hello\n'))
  })
  server.listen({ port, host: '::', backlog: 4_096 }, resolve)
  return promise
}

function listenUdp(port: number, at: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = createSocket(at.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (message, from) => socket.send(message, from.port, from.address))
  socket.bind(port, at, resolve)
  return promise
}
