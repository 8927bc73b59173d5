import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { createServer, request } from '#agent/node/http.ts'

const CONNECT_MS = 15_000

interface Way {
  /** Of the endpoint. */
  host: string
  port: number
  bucket: string
  /** The addresses of a name that may be connected to; throws where there is none. */
  guard: (host: string) => Promise<readonly string[]>
}

/**
 * The only way out for a restic that speaks to a bucket: a proxy on loopback, for as long as it runs, with
 * a secret that it alone is told. It connects to the endpoint and to the bucket as a name beneath it, at the
 * port of the endpoint, at addresses that the guard has judged at that moment (rule C11).
 */
export async function openS3Passage({ host, port, bucket, guard }: Way) {
  const ending = new AbortController()
  const { signal } = ending
  const secret = randomBytes(24).toString('hex')
  const expected = Buffer.from(`Basic ${Buffer.from(`vastrox:${secret}`).toString('base64')}`)
  const open = new Set<Socket>()
  let problem: string | undefined
  const server = createServer((incoming, outgoing) => {
    passPlain(incoming, outgoing).catch((error: unknown) => {
      problem ??= say(error)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(502).end()
    })
  })
  // A pack of 16 MB takes longer than Node's five minutes where uploads are limited.
  server.requestTimeout = 0

  const isOurs = ({ headers }: IncomingMessage): boolean => {
    const given = Buffer.from(headers['proxy-authorization'] ?? '')
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  const mayReach = (name: string, at: number): boolean =>
    at === port && (name === host || name === `${bucket}.${host}` || isOfAmazon(host, name))

  async function dial(name: string): Promise<Socket> {
    let last: unknown
    for (const address of await guard(name)) {
      try {
        return await connectTo(address, port, signal)
      } catch (error) {
        signal.throwIfAborted()
        last = error
      }
    }
    throw last
  }

  server.on('connect', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    open.add(client)
    client.once('close', () => open.delete(client)).on('error', () => undefined)
    const [, bracketed, plain = '', digits] =
      /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(incoming.url ?? '') ?? []
    const name = bracketed ?? plain
    if (!isOurs(incoming) || !mayReach(name, Number(digits))) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }
    let isThrough = false
    dial(name)
      .then((upstream) => {
        isThrough = true
        open.add(upstream)
        upstream.once('close', () => open.delete(upstream))
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        if (head.length > 0) upstream.write(head)
        return Promise.all([pipeline(client, upstream), pipeline(upstream, client)])
      })
      .catch((error: unknown) => {
        // What comes after is between restic and the endpoint.
        if (!isThrough) problem ??= say(error)
        client.destroy()
      })
  })

  /** Without TLS a proxy is asked for the whole. */
  async function passPlain(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = URL.parse(incoming.url ?? '')
    const at = Number(url?.port === '' ? '80' : url?.port)
    if (!isOurs(incoming) || url?.protocol !== 'http:' || !mayReach(url.hostname, at)) {
      outgoing.writeHead(403).end()
      return
    }
    const [address = ''] = await guard(url.hostname)
    const { 'proxy-authorization': _ours, 'proxy-connection': _too, ...headers } = incoming.headers
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const asking = request({
      host: address,
      port,
      method: incoming.method ?? 'GET',
      path: `${url.pathname}${url.search}`,
      headers,
      signal,
    })
    asking.on('response', resolve)
    asking.on('error', reject)
    const sending = pipeline(incoming, asking)
    sending.catch(reject)
    const answer = await promise
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    await pipeline(answer, outgoing)
  }

  const { promise: listens, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await listens
  const address = server.address()
  const own = address !== null && typeof address === 'object' ? address.port : 0
  const proxy = `http://vastrox:${secret}@127.0.0.1:${own}`

  return {
    env: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy },
    /** Why it did not let something through. */
    problem: (): string | undefined => problem,
    close(): void {
      ending.abort()
      server.close()
      server.closeAllConnections()
      for (const socket of open) socket.destroy()
    },
  }
}

/** Buckets there are sent on to the endpoint of their region. */
const isOfAmazon = (host: string, name: string): boolean =>
  host.endsWith('.amazonaws.com') && name.endsWith('.amazonaws.com')

async function connectTo(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host: address, port, signal })
  const slow = setTimeout(() => socket.destroy(new Error('no connection in time')), CONNECT_MS)
  socket.once('connect', resolve).on('error', reject)
  try {
    await promise
    return socket
  } finally {
    clearTimeout(slow)
  }
}

function say(error: unknown): string {
  if (error instanceof CodedError) return sayError(error)
  return error instanceof Error ? error.message : String(error)
}
