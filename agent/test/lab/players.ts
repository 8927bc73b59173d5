import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'

/**
 * `players.ts <address> <port>`: until its input ends, a datagram every 20 ms from one socket, a new
 * connection every 20 ms, and one connection that stays and says a line every 20 ms. Prints as JSON who
 * answered. Prints `ready` once everything has been answered by somebody.
 */
const [host = '', port = '0'] = process.argv.slice(2)
const EVERY_MS = 20
const tcp = { tried: 0, refused: 0, unanswered: 0, by: {} as Record<string, number>, last: '' }
const udp = { sent: 0, by: {} as Record<string, number>, last: '', longestSilenceMs: 0 }
const stays = { by: {} as Record<string, number>, endedAfterLines: -1, lines: 0 }

const nameIn = (text: string): string => text.split(/[ \n]/)[0] ?? ''
const count = (by: Record<string, number>, name: string): void => {
  by[name] = (by[name] ?? 0) + 1
}

const socket = createSocket('udp4')
let heardAt = performance.now()
socket.on('message', (message) => {
  udp.longestSilenceMs = Math.max(udp.longestSilenceMs, Math.round(performance.now() - heardAt))
  heardAt = performance.now()
  udp.last = nameIn(message.toString())
  count(udp.by, udp.last)
})
// A port that is closed for a moment says so to whoever sent there.
socket.on('error', () => {})
await new Promise<void>((resolve) => {
  socket.connect(Number(port), host, resolve)
})

const staying = connect({ host, port: Number(port) })
staying.on('data', (data) => {
  stays.lines += 1
  count(stays.by, nameIn(data.toString()))
})
staying.on('error', () => {})
staying.on('close', () => {
  stays.endedAfterLines = stays.lines
})

const open = new Set<Promise<void>>()
function tryOnce(): Promise<void> {
  tcp.tried += 1
  const { promise, resolve } = Promise.withResolvers<void>()
  const one = connect({ host, port: Number(port), timeout: 5_000 })
  let answered = false
  one.on('data', (data) => {
    answered = true
    tcp.last = nameIn(data.toString())
    count(tcp.by, tcp.last)
    one.destroy()
  })
  one.on('timeout', () => one.destroy())
  one.on('error', () => {
    tcp.refused += 1
  })
  one.on('close', () => {
    if (!answered) tcp.unanswered += 1
    resolve()
  })
  return promise
}

let told = false
const timer = setInterval(() => {
  udp.sent += 1
  socket.send('?', () => {})
  if (!staying.destroyed) staying.write('?\n')
  const one = tryOnce()
  open.add(one)
  void one.then(() => open.delete(one))
  if (!told && tcp.last !== '' && udp.last !== '' && stays.lines > 1) {
    told = true
    console.log('ready')
  }
}, EVERY_MS)

process.stdin.resume()
await once(process.stdin, 'end')
clearInterval(timer)
await Promise.all(open)
process.stdout.write(`${JSON.stringify({ tcp, udp, stays })}\n`, () => process.exit(0))
