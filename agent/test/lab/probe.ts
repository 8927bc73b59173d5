import { createSocket } from 'node:dgram'
import { connect } from 'node:net'

/**
 * `probe.ts <milliseconds> <tcp|udp>,<address>,<port> …`: tries each once, all at the same time, and
 * prints one outcome each as JSON. `silent` is what did not answer in that time.
 */
type Outcome = 'open' | 'refused' | 'silent'

const [wait, ...targets] = process.argv.slice(2)
const outcomes = await Promise.all(
  targets.map((target) => {
    const [protocol, address = '', port] = target.split(',')
    return (protocol === 'udp' ? probeUdp : probeTcp)(address, Number(port), Number(wait))
  }),
)
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0))

function probeTcp(host: string, port: number, timeoutMs: number): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const socket = connect({ host, port })
  // A published port is taken by Docker's own proxy at once: only an answer counts.
  socket.on('connect', () => socket.write('?'))
  socket.on('data', () => resolve('open'))
  socket.on('error', () => resolve('refused'))
  socket.on('end', () => resolve('refused'))
  setTimeout(() => resolve('silent'), timeoutMs)
  return promise
}

function probeUdp(host: string, port: number, timeoutMs: number): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', () => resolve('open'))
  socket.on('error', () => resolve('refused'))
  socket.connect(port, host, () => socket.send('?'))
  setTimeout(() => resolve('silent'), timeoutMs)
  return promise
}
