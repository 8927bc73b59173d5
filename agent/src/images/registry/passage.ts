import { randomBytes } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { RegistryCredentials } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { type Answer, askPinned, type Network } from '#agent/images/registry/pinned-request.ts'
import { passedBy } from '#agent/images/registry/passage-names.ts'
import { createServer } from '#agent/node/http.ts'

const REALM_BYTES = 2 ** 16
/** What the engine may say to a registry; the rest of its headers are not passed on. */
const PASSED_ON = ['accept', 'range', 'user-agent'] as const
const PASSED_BACK = [
  'content-type',
  'content-length',
  'content-range',
  'accept-ranges',
  'docker-content-digest',
  'etag',
] as const

const Token = z.union([
  z.object({ token: z.string().min(1).max(REALM_BYTES) }),
  z.object({ access_token: z.string().min(1).max(REALM_BYTES) }),
])

interface Way {
  instance: string
  host: string
  /** The one repository that is to be had. */
  path: string
  /** Of the host, decided on before. */
  addresses: readonly string[]
  credentials: RegistryCredentials | null
}

/**
 * A registry as the engine may reach it: on loopback, for as long as one image is fetched. The engine
 * would look up the registry's name once more, follow every redirect, and fetch its token from wherever
 * the registry says; here all of that goes to addresses that were looked at (rule C11), and the engine
 * still proves every byte by its digest. The name holds a secret, so that no other process finds it.
 */
export async function openPassage(network: Network, way: Way, signal: AbortSignal) {
  const secret = `${passedBy(way.instance)}${randomBytes(16).toString('hex')}`
  const prefix = `/v2/${secret}/${way.path}/`
  const ending = new AbortController()
  const until = AbortSignal.any([signal, ending.signal])
  let problem: CodedError | undefined
  let authorization: string | undefined

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => {
      if (error instanceof CodedError) problem ??= error
      if (outgoing.headersSent) outgoing.destroy()
      else refuse(outgoing, 502, 'UNAVAILABLE', 'the registry does not answer')
    })
  })

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, url: asked = '' } = incoming
    if (method !== 'GET' && method !== 'HEAD') return refuse(outgoing, 405, 'UNSUPPORTED', 'no')
    if (asked === '/v2/') return greet(outgoing)
    const thing = asked.startsWith(prefix) ? asked.slice(prefix.length) : ''
    if (!/^(manifests|blobs)\/[\w][\w.:-]{0,200}$/.test(thing))
      return refuse(outgoing, 404, 'NAME_UNKNOWN', 'repository name not known to registry')
    const url = new URL(`https://${way.host}/v2/${way.path}/${thing}`)
    const headers = chosen(incoming.headers, PASSED_ON)
    const answer = await askWithToken(url, method, headers)
    if (answer.status === 401 || answer.status === 403) {
      answer.body.destroy()
      return refuse(outgoing, 403, 'DENIED', 'requested access to the resource is denied')
    }
    outgoing.writeHead(answer.status, chosen(answer.headers, PASSED_BACK))
    await pipeline(answer.body, outgoing)
  }

  /** A token may run out while a large image is fetched: who is refused asks for another, once. */
  async function askWithToken(
    url: URL,
    method: 'GET' | 'HEAD',
    headers: OutgoingHttpHeaders,
  ): Promise<Answer> {
    const ask = (): Promise<Answer> =>
      askPinned(network, {
        url,
        method,
        headers: { ...headers, ...(authorization ? { Authorization: authorization } : {}) },
        addresses: way.addresses,
        signal: until,
      })
    const first = await ask()
    const challenge = first.headers['www-authenticate']
    if (first.status !== 401 || challenge === undefined || first.host !== url.host) return first
    const next = await authorize(challenge)
    if (next === undefined || next === authorization) return first
    first.body.destroy()
    authorization = next
    return ask()
  }

  async function authorize(challenge: string): Promise<string | undefined> {
    const basic = way.credentials && basicOf(way.credentials)
    if (/^basic\b/i.test(challenge)) return basic ?? undefined
    const realm = parameterOf(challenge, 'realm')
    const url = realm === undefined ? null : URL.parse(realm)
    if (!/^bearer\b/i.test(challenge) || url === null) return undefined
    const service = parameterOf(challenge, 'service')
    if (service !== undefined) url.searchParams.set('service', service)
    url.searchParams.set('scope', `repository:${way.path}:pull`)
    if (way.credentials) url.searchParams.set('account', way.credentials.username)
    const headers = basic ? { Authorization: basic } : {}
    const at = url.host === way.host ? { addresses: way.addresses } : {}
    const answer = await askPinned(network, { url, method: 'GET', headers, ...at, signal: until })
    if (answer.status !== 200) {
      answer.body.destroy()
      return undefined
    }
    const token = Token.parse(JSON.parse(await shortText(answer.body)))
    return `Bearer ${'token' in token ? token.token : token.access_token}`
  }

  const { promise: listens, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await listens
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0

  return {
    /** The name of the repository for the engine. */
    name: `127.0.0.1:${port}/${secret}/${way.path}`,
    /** Why it did not go on, where that was beyond the passage. */
    problem: (): CodedError | undefined => problem,
    close(): void {
      ending.abort()
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The engine asks for this first, to see whether it speaks to a registry. */
function greet(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'Docker-Distribution-Api-Version': 'registry/2.0' })
  outgoing.end()
}

function refuse(outgoing: ServerResponse, status: number, code: string, message: string): void {
  outgoing.writeHead(status, { 'Content-Type': 'application/json' })
  outgoing.end(JSON.stringify({ errors: [{ code, message }] }))
}

function chosen(
  headers: IncomingMessage['headers'],
  names: readonly string[],
): OutgoingHttpHeaders {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  )
}

const basicOf = ({ username, password }: RegistryCredentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

const parameterOf = (challenge: string, name: string): string | undefined =>
  new RegExp(`[\\s,]${name}="([^"]{0,2000})"`, 'i').exec(challenge.slice(0, 8_000))?.[1]

async function shortText(body: IncomingMessage): Promise<string> {
  let bytes = 0
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > REALM_BYTES) body.destroy(new Error('the answer is too long'))
  })
  return text(body)
}
