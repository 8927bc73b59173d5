import { createServer } from 'node:net'
import { createSocket } from 'node:dgram'

/**
 * Listens on every port that it is given, over both families: TCP says `hello`, UDP answers what it
 * got. With `udp` as the first word on UDP as well. Prints `ready`.
 */
const ports = process.argv
  .slice(2)
  .filter((word) => word !== 'udp')
  .map(Number)
const wanted = ports.flatMap((port) => [
  new Promise<void>((resolve) => {
    createServer((socket) => {
      socket.on('error', () => {})
      socket.end('hello\n')
    }).listen({ port, host: '::', backlog: 4_096 }, resolve)
  }),
  ...(process.argv[2] === 'udp'
    ? [
        new Promise<void>((resolve) => {
          const socket = createSocket('udp6')
          socket.on('message', (message, from) => socket.send(message, from.port, from.address))
          socket.bind(port, '::', resolve)
        }),
      ]
    : []),
])
await Promise.all(wanted)
console.log('ready')
