import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import { partsOf, publicAddresses, type Resolve } from '#agent/images/registry/allowed-host.ts'

const { request } = process.getBuiltinModule('node:https')

const SILENCE_MS = 30_000
const CONNECT_MS = 10_000
const MAX_REDIRECTS = 5
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt'

/** How the world is reached; other than the world's own ways in tests alone. */
export interface Network {
  resolve?: Resolve
  /** Where a connection for an address really goes. */
  dial?: (address: string) => string
  authorities?: string
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  /** To be read or destroyed. */
  body: IncomingMessage
  /** The host that answered, after redirects. */
  host: string
}

export interface Question {
  url: URL
  method: 'GET' | 'HEAD'
  headers: OutgoingHttpHeaders
  /** Decided already; asked for where it is left out. */
  addresses?: readonly string[]
  signal: AbortSignal
}

/**
 * Asks over TLS, at the address that was decided on and no other (rule C11); a redirect is a decision of
 * its own, and the `Authorization` header does not follow it to another host. Throws
 * IMAGE_REFERENCE_REFUSED for a way that leads inside, IMAGE_PULL_FAILED where nobody answers.
 */
export async function askPinned(network: Network, question: Question): Promise<Answer> {
  let { url, addresses, headers } = question
  for (let turn = 0; turn <= MAX_REDIRECTS; turn++) {
    if (url.protocol !== 'https:')
      throw failed(
        `${question.url.host} sends its visitors to ${url.protocol}//…, which is not HTTPS.`,
      )
    const found = addresses ?? (await publicAddresses(url.host, network.resolve))
    const body = await connect(network, { ...question, url, headers }, found)
    const { statusCode: status = 502, headers: received } = body
    const location = [301, 302, 303, 307, 308].includes(status) ? received.location : undefined
    if (location === undefined) return { status, headers: received, body, host: url.host }
    body.destroy()
    const next = URL.parse(location, url)
    if (next === null) throw failed(`${url.host} answered with a redirect that leads nowhere.`)
    if (next.host !== url.host) {
      addresses = undefined
      const { Authorization: _secret, ...others } = headers
      headers = others
    }
    url = next
  }
  throw failed(`${question.url.host} sends its visitors round in circles.`)
}

/** One address after the other, until one takes the connection. */
async function connect(
  network: Network,
  question: Question,
  addresses: readonly string[],
): Promise<IncomingMessage> {
  let last: unknown
  for (const address of addresses) {
    try {
      return await send(network, question, address)
    } catch (error) {
      question.signal.throwIfAborted()
      last = error
    }
  }
  const why = last instanceof Error ? last.message : String(last)
  throw failed(`${question.url.host} does not answer: ${why}`, last)
}

async function send(
  { dial = (address) => address, authorities }: Network,
  { url, method, headers, signal }: Question,
  address: string,
): Promise<IncomingMessage> {
  const { name, port } = partsOf(url.host)
  const ca = authorities ?? (await authoritiesOfHost())
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request({
    agent: false,
    host: dial(address),
    port,
    method,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, Host: url.host },
    signal,
    timeout: SILENCE_MS,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
  })
  const slow = setTimeout(() => outgoing.destroy(new Error('no connection in time')), CONNECT_MS)
  outgoing.on('socket', (socket) => socket.once('secureConnect', () => clearTimeout(slow)))
  outgoing.on('timeout', () => outgoing.destroy(new Error('it fell silent')))
  outgoing.on('response', resolve)
  outgoing.on('error', reject)
  outgoing.end()
  try {
    return await promise
  } finally {
    clearTimeout(slow)
  }
}

/** The host's own, private ones included; Node's where there is no such file. */
const authoritiesOfHost = (): Promise<string | undefined> =>
  readFile(AUTHORITIES, 'utf8').catch(() => undefined)

const failed = (reason: string, cause?: unknown): CodedError =>
  new CodedError('IMAGE_PULL_FAILED', { reason }, cause === undefined ? {} : { cause })
