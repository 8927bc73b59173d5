import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { percentile } from './statistics.ts'

export interface Measured {
  perSecond: number
  requests: number
  p50Ms: number
  p99Ms: number
  /** Whatever did not come back as it should have. */
  failed: number
}

const execute = promisify(execFile)

/** Through `wrk`: as many as will go on so many connections. */
export async function loadByWrk(
  url: string,
  { seconds, connections, headers }: { seconds: number; connections: number; headers: string[] },
): Promise<Measured> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '10s']
  for (const header of headers) args.push('-H', header)
  const { stdout } = await execute('/usr/bin/wrk', [...args, url], {
    timeout: (seconds + 30) * 1_000,
  })
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0)
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0),
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0),
    p50Ms: milliseconds(/^ +50% +(\S+)/m.exec(stdout)?.[1]),
    p99Ms: milliseconds(/^ +99% +(\S+)/m.exec(stdout)?.[1]),
    failed: refused + (errors?.slice(1).reduce((sum, each) => sum + Number(each), 0) ?? 0),
  }
}

function milliseconds(text = ''): number {
  const [, value = 'NaN', unit = ''] = /^([\d.]+)(us|ms|s|m)$/.exec(text) ?? []
  return Number(value) * ({ us: 0.001, ms: 1, s: 1_000, m: 60_000 }[unit] ?? Number.NaN)
}

/** Through `h2load`: HTTP/2, or a constant rate of HTTP/1.1 with `perSecond`. */
export async function loadByH2load(
  url: string,
  options: {
    seconds: number
    connections: number
    streams?: number
    perSecond?: number
  },
  directory: string,
): Promise<Measured> {
  const { seconds, connections, streams = 1, perSecond } = options
  const log = join(directory, 'h2load.log')
  const args = ['-D', String(seconds), '-c', String(connections), '-m', String(streams)]
  args.push('-t', '1', '--log-file', log)
  if (perSecond !== undefined) args.push('--h1', '--rps', (perSecond / connections).toFixed(2))
  await execute('/usr/bin/h2load', [...args, url], { timeout: (seconds + 60) * 1_000 })
  const { latencies, failed } = await readLog(log)
  return summary(latencies, seconds, failed)
}

/** A line a request: when, status, microseconds. The log goes. */
async function readLog(log: string): Promise<{ latencies: number[]; failed: number }> {
  const latencies: number[] = []
  let failed = 0
  for (const line of (await readFile(log, 'utf8')).split('\n')) {
    const [, status, micros] = line.split('\t')
    if (status === undefined) continue
    if (status.startsWith('2')) latencies.push(Number(micros) / 1_000)
    else failed += 1
  }
  await rm(log)
  return { latencies, failed }
}

const summary = (latencies: readonly number[], seconds: number, failed: number): Measured => ({
  perSecond: latencies.length / seconds,
  requests: latencies.length,
  p50Ms: percentile(latencies, 0.5),
  p99Ms: percentile(latencies, 0.99),
  failed,
})

/**
 * Visitors that ask by themselves: connections of one h2load that begin together ask together for ever,
 * so they begin one after the other, out of step with the time between two requests of each. (A process
 * for each of them is what the p99 is of then: 32 that want two processors.)
 */
export async function loadBySpread(
  url: string,
  options: { seconds: number; connections: number; perSecond: number },
  directory: string,
): Promise<Measured> {
  const { seconds, connections, perSecond } = options
  const log = join(directory, 'h2load-spread.log')
  const args = ['--h1', '-n', String(Math.round(perSecond * seconds)), '-c', String(connections)]
    .concat(['-t', '1', '--rps', (perSecond / connections).toFixed(2)])
    .concat(['-r', '1', '--rate-period', STEP, '--log-file', log])
  await execute('/usr/bin/h2load', [...args, url], { timeout: (seconds + 60) * 1_000 })
  const { latencies, failed } = await readLog(log)
  return summary(latencies, seconds, failed)
}
const STEP = '37ms'

const PAYLOAD_BYTES = 64

/** WebSockets that send a short frame, wait until it is back, and send the next. */
export async function loadByWebSockets(
  port: number,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<Measured> {
  const latencies: number[] = []
  let failed = 0
  const until = performance.now() + seconds * 1_000
  const echo = async (): Promise<void> => {
    const socket = await shakeHands(port)
    const frame = maskedFrame()
    await new Promise<void>((resolve) => {
      let sentAt = 0
      let missing = 0
      const send = (): void => {
        sentAt = performance.now()
        missing = 2 + PAYLOAD_BYTES
        socket.write(frame)
      }
      socket.on('data', (chunk: Buffer) => {
        missing -= chunk.length
        if (missing > 0) return
        const now = performance.now()
        latencies.push(now - sentAt)
        if (now < until) send()
        else socket.destroy()
      })
      socket.once('close', () => {
        if (performance.now() < until) failed += 1
        resolve()
      })
      send()
    })
  }
  await Promise.all(Array.from({ length: connections }, echo))
  return {
    perSecond: latencies.length / seconds,
    requests: latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    failed,
  }
}

function shakeHands(port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, timeout: 10_000 })
  socket.on('error', reject)
  socket.once('timeout', () => socket.destroy(new Error('the WebSocket was not answered')))
  socket.once('close', () => reject(new Error('the WebSocket was closed')))
  socket.write(
    `GET /echo HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  socket.once('data', (chunk: Buffer) => {
    if (chunk.toString('latin1').startsWith('HTTP/1.1 101 ')) resolve(socket)
    else reject(new Error(`no WebSocket: ${chunk.toString('latin1', 0, 60)}`))
  })
  return promise
}

function maskedFrame(): Buffer {
  const frame = Buffer.alloc(6 + PAYLOAD_BYTES, 'm')
  frame[0] = 0x82
  frame[1] = 0x80 | PAYLOAD_BYTES
  return frame
}

/** Connections that were used once and stay open. Ends them with the function it gives back. */
export async function openIdle(port: number, count: number): Promise<() => void> {
  const sockets: Socket[] = []
  const open = async (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', reject)
    socket.once('close', () => reject(new Error('an idle connection was closed')))
    socket.once('data', () => resolve())
    socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`)
    await promise
  }
  for (let opened = 0; opened < count; opened += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - opened) }, open))
  return () => {
    for (const socket of sockets) socket.removeAllListeners('close').destroy()
  }
}
