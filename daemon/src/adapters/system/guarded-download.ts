import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { isIPv4 } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import { trustedAuthorities } from './trusted-authorities.ts'

interface Deps {
  addresses: GuardedAddresses
  /** Authorities besides those that the system trusts, in PEM; asked each time. */
  extraCa?: () => string
}

interface Wish {
  /** https only; a redirect is not followed. */
  url: string
  headers: Readonly<Record<string, string>>
  sizeBytes: number
  /** In hex. */
  sha256: string
  /** Where it is once all of it has come and is what it should be; nothing is there before. */
  file: string
  /** For people: what could not be had. */
  what: string
  signal: AbortSignal | undefined
}

export type GuardedDownload = (wish: Wish) => Promise<void>

const IDLE_MS = 30_000
const TIMEOUT_MS = 600_000

/**
 * A file of known size and SHA-256 from a host that a user names, at the address that was looked up
 * and judged (rule C11). Throws HOST_UNREACHABLE, REPOSITORY_REFUSED, and what the guard throws.
 */
export function createGuardedDownload({ addresses, extraCa }: Deps): GuardedDownload {
  return async (wish) => {
    const { what, file, signal } = wish
    const url = httpsUrl(wish.url, what)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const limit = AbortSignal.timeout(TIMEOUT_MS)
    const either = signal ? AbortSignal.any([signal, limit]) : limit
    const [address = ''] = await addresses.resolve(host, Number(url.port || 443), either)
    const partial = `${file}.part`
    try {
      const reply = await ask(url, address, { wish, ca: extraCa?.(), signal: either })
      await pipeline(checked(reply, wish), createWriteStream(partial, { mode: 0o600 }), {
        signal: either,
      })
      await rename(partial, file)
    } catch (cause) {
      signal?.throwIfAborted()
      if (cause instanceof CodedError) throw cause
      throw unreachable(what, `${url.host} could not be reached`, cause)
    } finally {
      await rm(partial, { force: true })
    }
  }
}

function httpsUrl(text: string, what: string): URL {
  const url = URL.parse(text)
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url
  throw new CodedError('ADDRESS_REFUSED', {
    reason: `${what} is at an address that is not https, or has a password in it.`,
  })
}

function ask(
  url: URL,
  address: string,
  { wish, ca, signal }: { wish: Wish; ca: string | undefined; signal: AbortSignal },
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const family = isIPv4(address) ? 4 : 6
  const sent = request(
    url,
    {
      agent: false,
      headers: { ...wish.headers, 'user-agent': 'Vastrox' },
      // The name is in the certificate and in Host; the connection goes where the guard has looked.
      lookup: (_host, options, done) =>
        options.all ? done(null, [{ address, family }]) : done(null, address, family),
      signal,
      ca: [...trustedAuthorities(), ...(ca ? [ca] : [])],
    },
    resolve,
  )
  sent.setTimeout(IDLE_MS, () => sent.destroy(new Error('nothing came for 30 s')))
  sent.on('error', reject)
  sent.end()
  return promise
}

/** Its bytes, as long as they can still be what was promised. */
async function* checked(
  reply: IncomingMessage,
  { sizeBytes, sha256, what }: Wish,
): AsyncGenerator<Buffer> {
  if (reply.statusCode !== 200) {
    reply.destroy()
    throw new CodedError('REPOSITORY_REFUSED', {
      reason: `${what} is not given: the host answers ${reply.statusCode}.`,
    })
  }
  const hash = createHash('sha256')
  let received = 0
  for await (const chunk of reply) {
    const bytes: Buffer = chunk
    received += bytes.length
    if (received > sizeBytes) throw unreachable(what, 'more came than its pointer says')
    hash.update(bytes)
    yield bytes
  }
  if (received !== sizeBytes || hash.digest('hex') !== sha256)
    throw unreachable(what, 'what came is not what its pointer says')
}

const unreachable = (what: string, why: string, cause?: unknown): CodedError =>
  new CodedError('HOST_UNREACHABLE', { reason: `${what}: ${why}.` }, { cause })
