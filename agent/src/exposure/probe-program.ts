import { createSocket } from 'node:dgram'
import { connect } from 'node:net'

/**
 * Runs in a network namespace of its own, as nobody. Prints `ready`, is told on standard input what to
 * try, and prints what became of each. When whoever started it dies its input ends, and so does it; with
 * it go its namespace and the cable.
 */
interface Wish {
  waitMs: number
  probes: { protocol: 'tcp' | 'udp'; address: string; port: number; from: string }[]
}
type Outcome = 'answered' | 'refused' | 'silent'

const AT_ONCE = 128
const DNS_QUESTION = Buffer.from('56580100000100000000000000000200010000', 'hex')
const NTP_QUESTION = Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)])
/** What has an answer; to anything else most programs say nothing. */
const QUESTIONS = new Map([
  [53, DNS_QUESTION],
  [123, NTP_QUESTION],
])

console.log('ready')
const input = await readLine()
const wish: Wish = JSON.parse(input)
const outcomes: Outcome[] = []
let next = 0
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let at = next++; at < wish.probes.length; at = next++) {
      const probe = wish.probes[at]
      if (probe) outcomes[at] = await (probe.protocol === 'udp' ? tryUdp : tryTcp)(probe)
    }
  }),
)
await new Promise<void>((resolve) => {
  process.stdout.write(`${JSON.stringify(outcomes)}\n`, () => resolve())
})
process.exit(0)

/** The rest of the input is waited for: its end is the end of everything. */
async function readLine(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let got = ''
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (chunk) => {
    got += chunk
    if (got.includes('\n')) resolve(got)
  })
  process.stdin.on('end', () => process.exit(1))
  return promise
}

function tryTcp({ address, port, from }: Wish['probes'][number]): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const socket = connect({ host: address, port, localAddress: from })
  const timer = setTimeout(() => end('silent'), wish.waitMs)
  const end = (outcome: Outcome): void => {
    clearTimeout(timer)
    if (outcome === 'answered') socket.resetAndDestroy()
    else socket.destroy()
    resolve(outcome)
  }
  socket.once('connect', () => end('answered'))
  socket.on('error', () => end('refused'))
  return promise
}

/**
 * Asked twice: a connected socket is told that nobody is there, but one that listens on all addresses
 * may answer from another one than it was asked at, which only an unconnected socket hears.
 */
function tryUdp({ address, port, from }: Wish['probes'][number]): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const type = address.includes(':') ? 'udp6' : 'udp4'
  const question = QUESTIONS.get(port) ?? Buffer.from('?')
  const sockets = [createSocket(type), createSocket(type)]
  const timer = setTimeout(() => endOnce('silent'), wish.waitMs)
  const end = (outcome: Outcome): void => {
    clearTimeout(timer)
    for (const socket of sockets) socket.removeAllListeners('message').close()
    resolve(outcome)
  }
  const endOnce = once(end)
  const [connected, listening] = sockets
  for (const socket of sockets) {
    socket.once('message', () => endOnce('answered'))
    socket.on('error', () => endOnce('refused'))
  }
  connected?.bind({ address: from }, () => {
    connected.connect(port, address, () => connected.send(question))
  })
  listening?.bind({ address: from }, () => listening.send(question, port, address))
  return promise
}

function once(act: (outcome: Outcome) => void): (outcome: Outcome) => void {
  let isDone = false
  return (outcome) => {
    if (isDone) return
    isDone = true
    act(outcome)
  }
}
