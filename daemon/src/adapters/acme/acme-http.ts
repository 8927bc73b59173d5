import { Agent, type RequestOptions, request } from 'node:https'
import { getCACertificates } from 'node:tls'
import { AuthorityError } from '#ports/certificate-authority.ts'

export interface AcmeReply {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
}

export interface AcmeHttp {
  send(
    method: 'GET' | 'HEAD' | 'POST',
    url: string,
    given: { body?: string; accept?: string },
    signal: AbortSignal,
  ): Promise<AcmeReply>
}

const MAX_BODY_BYTES = 512 * 1024
/** Long enough for a CA at its worst, short enough that another one is tried. */
const CALL_MS = 20_000
const IDLE_MS = 10_000

/** HTTPS to one CA. A redirect is an answer like any other; nothing takes longer than its time. */
export function createAcmeHttp(options: {
  caPem: string | undefined
  userAgent: string
  callMs?: number | undefined
}): AcmeHttp {
  const callMs = options.callMs ?? CALL_MS
  const trust: Pick<RequestOptions, 'ca'> =
    options.caPem === undefined ? {} : { ca: [...getCACertificates('default'), options.caPem] }
  const agent = new Agent({ keepAlive: true, maxSockets: 8, maxFreeSockets: 2, timeout: IDLE_MS })

  function send(
    ...[method, url, { body, accept }, signal, isAgain = false]: [
      ...Parameters<AcmeHttp['send']>,
      isAgain?: boolean,
    ]
  ): Promise<AcmeReply> {
    const { promise, resolve, reject } = Promise.withResolvers<AcmeReply>()
    const place = URL.parse(url)
    if (place?.protocol !== 'https:')
      return Promise.reject(new AuthorityError(`the CA names an address that is no HTTPS: ${url}`))
    const deadline = AbortSignal.timeout(callMs)
    const fail = (error: unknown): void => {
      if (signal.aborted) reject(signal.reason)
      else reject(unreachable(place.host, deadline.aborted ? callMs : undefined, error))
    }
    const req = request(
      place,
      {
        ...trust,
        method,
        agent,
        signal: AbortSignal.any([signal, deadline]),
        headers: {
          'User-Agent': options.userAgent,
          Accept: accept ?? 'application/json',
          ...(body === undefined
            ? {}
            : {
                'Content-Type': 'application/jose+json',
                'Content-Length': Buffer.byteLength(body),
              }),
        },
      },
      (res) => {
        const parts: Buffer[] = []
        let size = 0
        res.on('data', (part: Buffer) => {
          size += part.length
          if (size > MAX_BODY_BYTES) res.destroy(new Error('the answer has no end'))
          else parts.push(part)
        })
        res.on('error', fail)
        res.on('end', () => {
          if (!res.complete) {
            fail(new Error('the answer was cut off'))
            return
          }
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            body: Buffer.concat(parts).toString(),
          })
        })
      },
    )
    req.on('error', (error: NodeJS.ErrnoException) => {
      // The CA had just closed a connection that was kept: it has not seen the request.
      if (req.reusedSocket && error.code === 'ECONNRESET' && !isAgain && !signal.aborted)
        resolve(
          send(
            method,
            url,
            {
              ...(body === undefined ? {} : { body }),
              ...(accept === undefined ? {} : { accept }),
            },
            signal,
            true,
          ),
        )
      else fail(error)
    })
    req.end(body)
    return promise
  }

  return { send: (...asked) => send(...asked) }
}

function unreachable(host: string, tookMs: number | undefined, cause: unknown): AuthorityError {
  const why =
    tookMs === undefined
      ? cause instanceof Error
        ? cause.message
        : String(cause)
      : `no answer within ${tookMs / 1_000} s`
  return new AuthorityError(`${host} cannot be reached: ${why}`, { cause })
}
