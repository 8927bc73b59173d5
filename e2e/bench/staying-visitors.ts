import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'

export interface Place {
  httpPort: number
  httpsPort: number
  host: string
  ca: string
}

/** What became of one kind of visitor: visits that came to their end, and those that did not. */
export interface Tally {
  done: number
  failed: number
  reasons: Record<string, number>
}

const noTally = (): Tally => ({ done: 0, failed: 0, reasons: {} })
function fail(tally: Tally, reason: string): void {
  tally.failed += 1
  tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1
}

const CHUNK = 64 * 2 ** 10
const ANSWER_WITHIN_MS = 60_000

/**
 * Requests over HTTP/2, on one connection for as long as the server keeps it. What was sent on one
 * that the server leaves must still be answered; only what its goodbye says was not looked at is asked
 * again, once, as browsers do (RFC 9113, 6.8).
 */
export async function visitByHttp2(
  place: Place,
  ratePerSecond: number,
  accept: (status: number, body: string, sentAt: number) => boolean,
  signal: AbortSignal,
): Promise<Tally & { connections: number; askedAgain: number }> {
  const tally = { ...noTally(), connections: 0, askedAgain: 0 }
  const lastTaken = new WeakMap<ClientHttp2Session, number>()
  let session: ClientHttp2Session | undefined
  const underWay = new Set<Promise<void>>()

  function open(): ClientHttp2Session {
    tally.connections += 1
    const { host, httpsPort, ca } = place
    const fresh = connectHttp2(`https://${host}:${httpsPort}`, {
      createConnection: () =>
        connectTls({
          host: '127.0.0.1',
          port: httpsPort,
          servername: host,
          ca,
          ALPNProtocols: ['h2'],
        }),
    })
    fresh.on('error', () => undefined)
    const leave = (): void => {
      if (session === fresh) session = undefined
    }
    fresh.on('goaway', (_code, lastStream) => {
      lastTaken.set(fresh, lastStream)
      leave()
    })
    fresh.on('close', leave)
    return fresh
  }

  function ask(isAgain = false): Promise<void> {
    session ??= open()
    const own = session
    const { promise, resolve } = Promise.withResolvers<void>()
    const sentAt = performance.now()
    const stream = own.request({ ':path': '/', ':authority': place.host })
    let status = 0
    let body = ''
    let problem = ''
    stream.setEncoding('utf8')
    stream.setTimeout(ANSWER_WITHIN_MS, () => {
      problem = 'timeout'
      stream.destroy()
    })
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0
    })
    stream.on('data', (text: string) => {
      body += text
    })
    stream.on('error', (error) => {
      problem ||= 'code' in error ? String(error.code) : error.message
    })
    stream.on('close', () => {
      const last = lastTaken.get(own)
      if (problem !== '' && !isAgain && last !== undefined && (stream.id ?? 0) > last) {
        tally.askedAgain += 1
        ask(true).then(resolve, resolve)
        return
      }
      if (problem === '' && accept(status, body, sentAt)) tally.done += 1
      else fail(tally, problem || (status === 200 ? `body ${body}` : `status ${status}`))
      resolve()
    })
    return promise
  }

  const everyMs = 1_000 / ratePerSecond
  for (let next = performance.now(); !signal.aborted; next += everyMs) {
    const asking = ask().finally(() => underWay.delete(asking))
    underWay.add(asking)
    await sleep(Math.max(1, next + everyMs - performance.now()))
  }
  await Promise.all(underWay)
  session?.close()
  return tally
}

/**
 * One WebSocket after the other, numbers sent and expected back in order. The server may end one only
 * by a close frame (rule D1: at the drain limit), and not before it has been open for `leastMs`.
 */
export async function visitByWebSocket(
  place: Place,
  leastMs: number,
  signal: AbortSignal,
): Promise<Tally> {
  const tally = noTally()
  while (!signal.aborted) {
    const reason = await oneWebSocket(place, leastMs, signal)
    if (reason === undefined) tally.done += 1
    else fail(tally, reason)
  }
  return tally
}

async function oneWebSocket(
  { httpPort, host }: Place,
  leastMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const openedAt = performance.now()
  const call = httpRequest({
    host: '127.0.0.1',
    port: httpPort,
    path: '/ws',
    agent: false,
    headers: {
      host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  })
  call.on('response', (response) => resolve(`no WebSocket: ${response.statusCode}`))
  call.on('error', (error) => resolve(error.message))
  call.on('upgrade', (_response, socket: Socket, head: Buffer) => {
    let bytes: Buffer = head
    let sent = 0
    let echoed = 0
    const timer = setInterval(() => {
      sent += 1
      socket.write(textFrame(String(sent)))
      if (sent - echoed > 400) finish('numbers do not come back')
      if (signal.aborted && sent - echoed <= 1) finish(undefined)
    }, 50)
    const finish = (reason: string | undefined): void => {
      clearInterval(timer)
      socket.destroy()
      resolve(reason)
    }
    const read = (): void => {
      while (bytes.length >= 2 && bytes.length >= 2 + ((bytes[1] ?? 0) & 127)) {
        const opcode = (bytes[0] ?? 0) & 15
        const body = bytes.subarray(2, 2 + ((bytes[1] ?? 0) & 127))
        bytes = bytes.subarray(2 + body.length)
        if (opcode === 8) {
          const openMs = performance.now() - openedAt
          finish(openMs >= leastMs ? undefined : `closed after ${Math.round(openMs)} ms`)
          return
        }
        if (opcode !== 1) continue
        echoed += 1
        if (body.toString() !== String(echoed)) finish(`${body.toString()} in place of ${echoed}`)
      }
    }
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      read()
    })
    socket.on('error', () => finish('reset'))
    socket.on('close', () => finish('ended without a close frame'))
    read()
  })
  call.end()
  return promise
}

/** A masked text frame, as browsers send them. */
function textFrame(text: string): Buffer {
  const body = Buffer.from(text)
  const mask = randomBytes(4)
  const masked = body.map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length]), mask, masked])
}

/** One event stream after the other: numbers in order, and an end not before `leastMs`. */
export async function visitByEvents(
  place: Place,
  leastMs: number,
  signal: AbortSignal,
): Promise<Tally> {
  const tally = noTally()
  while (!signal.aborted) {
    const openedAt = performance.now()
    const { status, text, problem } = await get(place, '/events', { signal })
    const numbers = [...text.matchAll(/data: (\d+)\n\n/g)].map(([, number]) => Number(number))
    const openMs = performance.now() - openedAt
    const isInOrder = numbers.every((number, at) => number === at + 1)
    if (status !== 200) fail(tally, problem ?? `status ${status}`)
    else if (!isInOrder) fail(tally, 'numbers are missing')
    else if (!signal.aborted && openMs < leastMs)
      fail(tally, `ended after ${Math.round(openMs)} ms`)
    else tally.done += 1
  }
  return tally
}

/** Answers that take `seconds`, one after the other: each must come whole. */
export async function visitSlowly(
  place: Place,
  seconds: number,
  signal: AbortSignal,
): Promise<Tally> {
  const tally = noTally()
  while (!signal.aborted) {
    const { status, text, problem } = await get(place, `/slow?s=${seconds}`, {})
    if (problem === undefined && status === 200 && text === `${'.'.repeat(seconds)}done`)
      tally.done += 1
    else fail(tally, problem ?? `status ${status}, ${text.length} bytes`)
  }
  return tally
}

/** Uploads at 1 MB a second, one after the other: each must arrive whole. */
export async function visitByUpload(
  place: Place,
  megabytes: number,
  signal: AbortSignal,
): Promise<Tally> {
  const tally = noTally()
  const chunk = randomBytes(CHUNK)
  const chunks = (megabytes * 2 ** 20) / CHUNK
  const hash = createHash('sha256')
  for (let at = 0; at < chunks; at += 1) hash.update(chunk)
  const expected = `${chunks * CHUNK} ${hash.digest('hex')}`
  while (!signal.aborted) {
    const { status, text, problem } = await get(place, '/upload', { chunk, chunks })
    if (problem === undefined && status === 200 && text === expected) tally.done += 1
    else fail(tally, problem ?? `status ${status} ${text.slice(0, 60)}`)
  }
  return tally
}

interface Sent {
  /** Sent so many times, 1 MB a second. */
  chunk?: Buffer
  chunks?: number
  /** Whoever asked leaves. */
  signal?: AbortSignal
}

/** One request on a connection of its own. */
function get(
  { httpPort, host }: Place,
  path: string,
  { chunk, chunks = 0, signal }: Sent,
): Promise<{ status: number; text: string; problem?: string }> {
  const { promise, resolve } = Promise.withResolvers<{
    status: number
    text: string
    problem?: string
  }>()
  const call = httpRequest(
    {
      port: httpPort,
      host: '127.0.0.1',
      path,
      agent: false,
      method: chunk ? 'POST' : 'GET',
      headers: { host, ...(chunk ? { 'content-length': String(chunk.length * chunks) } : {}) },
    },
    (response) => {
      const status = response.statusCode ?? 0
      let text = ''
      const leave = (): void => {
        resolve({ status, text })
        response.destroy()
      }
      response.setEncoding('utf8')
      response.on('data', (some: string) => {
        text += some
      })
      response.on('error', () => resolve({ status, text, problem: 'broke off' }))
      response.on('end', () => resolve({ status, text }))
      if (signal?.aborted) leave()
      signal?.addEventListener('abort', leave, { once: true })
    },
  )
  call.on('error', (error) => resolve({ status: 0, text: '', problem: error.message }))
  void send()
  return promise

  async function send(): Promise<void> {
    for (let at = 0; at < chunks && !call.destroyed; at += 1) {
      if (chunk) call.write(chunk)
      await sleep(1_000 / 16)
    }
    call.end()
  }
}
