import { createSocket } from 'node:dgram'
import { connect } from 'node:net'

/** What became of one try to reach a port. */
type Outcome = 'open' | 'refused' | 'silent'

/**
 * `probe.ts <milliseconds> <address> <port> [udp]`: one try, its outcome on a line. Silence is what
 * lasts as long as that.
 */
const [waitMs, address, port, protocol] = process.argv.slice(2)
const outcome = await (protocol === 'udp' ? probeUdp : probeTcp)(
  address ?? '',
  Number(port),
  Number(waitMs),
)
console.log(outcome)
process.exit(0)

function probeTcp(host: string, to: number, timeoutMs: number): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const socket = connect({ host, port: to })
  socket.on('connect', () => resolve('open'))
  socket.on('error', () => resolve('refused'))
  setTimeout(() => resolve('silent'), timeoutMs)
  return promise
}

function probeUdp(host: string, to: number, timeoutMs: number): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', () => resolve('open'))
  socket.on('error', () => resolve('refused'))
  socket.connect(to, host, () => socket.send('hello'))
  setTimeout(() => resolve('silent'), timeoutMs)
  return promise
}
