import { request } from 'node:https'
import { isIPv4 } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { HttpClient, HttpReply, HttpRequest } from '#ports/http-client.ts'
import { trustedAuthorities } from './trusted-authorities.ts'

interface Deps {
  addresses: GuardedAddresses
  /** Authorities besides those that the system trusts, in PEM; asked each time. */
  extraCa?: () => string
}

const TIMEOUT_MS = 20_000
const MAX_BYTES = 8 * 2 ** 20

/** HTTPS to the address that was looked up and judged, under the name that was asked for. */
export function createGuardedHttp({ addresses, extraCa }: Deps): HttpClient {
  return {
    async send(wish) {
      const url = new URL(wish.url)
      if (url.protocol !== 'https:' || url.username !== '' || url.password !== '')
        throw new CodedError('ADDRESS_REFUSED', {
          reason: 'Only https addresses without a name and password are asked.',
        })
      const host = url.hostname.replace(/^\[|\]$/g, '')
      const [address = ''] = await addresses.resolve(host, Number(url.port || 443))
      try {
        return await sendTo(address, url, wish, extraCa?.())
      } catch (cause) {
        if (cause instanceof CodedError) throw cause
        throw new CodedError(
          'HOST_UNREACHABLE',
          { reason: `${url.host} could not be reached: ${sayCause(cause)}.` },
          { cause },
        )
      }
    },
  }
}

function sendTo(
  address: string,
  url: URL,
  {
    method,
    headers = {},
    body: text,
    bytes,
    timeoutMs = TIMEOUT_MS,
    maxBytes = MAX_BYTES,
    cutAtBytes,
    caPem,
  }: HttpRequest,
  extraCa: string | undefined,
): Promise<HttpReply> {
  const body = text ?? bytes
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>()
  const sent = request(
    url,
    {
      method,
      agent: false,
      headers: {
        'user-agent': 'Vastrox',
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
      // The name is in the certificate and in Host; the connection goes where the guard has looked.
      lookup: (_host, options, done) =>
        options.all
          ? done(null, [{ address, family: isIPv4(address) ? 4 : 6 }])
          : done(null, address, isIPv4(address) ? 4 : 6),
      signal: AbortSignal.timeout(timeoutMs),
      ca: [...trustedAuthorities(), ...(extraCa ? [extraCa] : []), ...(caPem ? [caPem] : [])],
    },
    (reply) => {
      const chunks: Buffer[] = []
      let size = 0
      reply.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        if (cutAtBytes !== undefined && size >= cutAtBytes) end()
        else if (size > maxBytes) reply.destroy(new Error('the answer is too long'))
      })
      reply.on('error', reject)
      reply.on('end', end)
      function end(): void {
        const fields = Object.entries(reply.headersDistinct).map(
          ([name, values]) => [name, (values ?? []).join(', ')] as const,
        )
        resolve({
          status: reply.statusCode ?? 0,
          headers: Object.fromEntries(fields),
          body: Buffer.concat(chunks).subarray(0, cutAtBytes).toString(),
        })
        reply.destroy()
      }
    },
  )
  sent.on('error', reject)
  sent.end(body)
  return promise
}

function sayCause(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no answer'
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return 'no answer in time'
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|SIGNATURE/.test(code))
    return `its certificate is not trusted (${code})`
  if (code === 'ECONNREFUSED') return 'it refuses the connection'
  return (code || cause.message).slice(0, 100)
}
