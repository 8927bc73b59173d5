import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import {
  type AuthorityAccount,
  type AuthorityEndpoint,
  AuthorityError,
  type CertificateAuthority,
} from '#ports/certificate-authority.ts'
import { type AcmeHttp, type AcmeReply, createAcmeHttp } from './acme-http.ts'
import { type JwsKey, readJwsKey, signBinding, signJws, thumbprintOf } from './jws.ts'
import { renewalIdOf } from './renewal-id.ts'
import { Directory, RenewalInfoReply, toAuthorization, toOrder, toProblem } from './replies.ts'
import { signingRequest } from './signing-request.ts'

interface Options {
  userAgent: string
  now: () => Date
  /** A call that takes longer is given up. */
  callMs?: number
  http?: AcmeHttp
}

/** Half of all nonces may be refused, and an order is still made (rule R4 counts orders, not tries). */
const NONCE_TRIES = 20
const MOST_NONCES = 32
const DIRECTORY_MS = 3_600_000
const MOST_CHAINS = 6
const PEM_CHAIN = 'application/pem-certificate-chain'
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** A CA by RFC 8555, with profiles and renewal information (RFC 9773). */
export function createAcmeAuthority(
  endpoint: AuthorityEndpoint,
  {
    userAgent,
    now,
    callMs,
    http = createAcmeHttp({ caPem: endpoint.caPem, userAgent, callMs }),
  }: Options,
): CertificateAuthority {
  const nonces: string[] = []
  const keys = new Map<string, JwsKey>()
  let known: { directory: Directory; at: number } | undefined

  const keyOf = (keyPem: string): JwsKey => {
    const key = keys.get(keyPem) ?? readJwsKey(keyPem)
    keys.set(keyPem, key)
    return key
  }

  async function directoryOf(signal: AbortSignal): Promise<Directory> {
    if (known && Math.abs(now().getTime() - known.at) < DIRECTORY_MS) return known.directory
    const reply = await http.send('GET', endpoint.directoryUrl, {}, signal)
    check(reply)
    const directory = read(() => Directory.parse(JSON.parse(reply.body)))
    known = { directory, at: now().getTime() }
    return directory
  }

  async function nonceOf(signal: AbortSignal): Promise<string> {
    const kept = nonces.pop()
    if (kept !== undefined) return kept
    const { newNonce } = await directoryOf(signal)
    const reply = await http.send('HEAD', newNonce, {}, signal)
    check(reply)
    const nonce = headerOf(reply, 'replay-nonce')
    if (nonce === undefined) throw new AuthorityError('the CA gives no nonce')
    return nonce
  }

  /** One signed request; a refused nonce is no answer. */
  async function post(
    key: JwsKey,
    kid: string | undefined,
    url: string,
    payload: unknown,
    signal: AbortSignal,
    accept?: string,
  ): Promise<AcmeReply> {
    for (let attempt = 1; ; attempt += 1) {
      const nonce = await nonceOf(signal)
      const body = signJws(key, { url, nonce, kid }, payload)
      const reply = await http.send(
        'POST',
        url,
        { body, ...(accept === undefined ? {} : { accept }) },
        signal,
      )
      const next = headerOf(reply, 'replay-nonce')
      if (next !== undefined && nonces.length < MOST_NONCES) nonces.push(next)
      if (reply.status < 400) return reply
      const error = errorOf(reply)
      if (error.problem?.type !== 'badNonce' || attempt >= NONCE_TRIES) throw error
    }
  }

  const postAs = (
    { keyPem, url: kid }: AuthorityAccount,
    url: string,
    payload: unknown,
    signal: AbortSignal,
    accept?: string,
  ): Promise<AcmeReply> => post(keyOf(keyPem), kid, url, payload, signal, accept)

  /** Throws what the reply says went wrong. */
  function check(reply: AcmeReply): void {
    if (reply.status >= 300) throw errorOf(reply)
  }

  function errorOf(reply: AcmeReply): AuthorityError {
    const problem = toProblem(parsed(reply.body), reply.status)
    const said = problem.detail === '' ? `HTTP status ${reply.status}` : problem.detail
    return new AuthorityError(said, { problem, retryAfterMs: retryAfterOf(reply) })
  }

  function retryAfterOf(reply: AcmeReply): number | undefined {
    const text = headerOf(reply, 'retry-after')?.trim()
    if (text === undefined) return undefined
    if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
    const at = Date.parse(text)
    return Number.isNaN(at) ? undefined : Math.max(0, at - now().getTime())
  }

  return {
    async directory(signal) {
      const { meta, renewalInfo } = await directoryOf(signal)
      return {
        profiles: Object.keys(meta?.profiles ?? {}),
        hasRenewalInfo: renewalInfo !== undefined,
        needsBinding: meta?.externalAccountRequired ?? false,
        caaDomains: meta?.caaIdentities ?? [],
        termsOfService: meta?.termsOfService,
      }
    },

    async register(keyPem, { email, binding }, signal) {
      const { newAccount } = await directoryOf(signal)
      const key = keyOf(keyPem)
      const reply = await post(
        key,
        undefined,
        newAccount,
        {
          termsOfServiceAgreed: true,
          ...(email === undefined ? {} : { contact: [`mailto:${email}`] }),
          ...(binding === undefined
            ? {}
            : { externalAccountBinding: signBinding(key, binding, newAccount) }),
        },
        signal,
      )
      return locationOf(reply)
    },

    async newOrder(account, { names, profile, replacesPem }, signal) {
      const { newOrder, renewalInfo } = await directoryOf(signal)
      const replaces =
        replacesPem === undefined || renewalInfo === undefined
          ? undefined
          : renewalIdOf(replacesPem)
      const reply = await postAs(
        account,
        newOrder,
        {
          identifiers: names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
          ...(profile === undefined ? {} : { profile }),
          ...(replaces === undefined ? {} : { replaces }),
        },
        signal,
      )
      const url = locationOf(reply)
      return read(() => toOrder(JSON.parse(reply.body), url, retryAfterOf(reply)))
    },

    async order(account, url, signal) {
      const reply = await postAs(account, url, undefined, signal)
      return read(() => toOrder(JSON.parse(reply.body), url, retryAfterOf(reply)))
    },

    async authorization(account, url, signal) {
      const reply = await postAs(account, url, undefined, signal)
      return read(() => toAuthorization(JSON.parse(reply.body), url, retryAfterOf(reply)))
    },

    keyAuthorization: (account, token) => `${token}.${thumbprintOf(keyOf(account.keyPem))}`,

    async answer(account, challengeUrl, signal) {
      await postAs(account, challengeUrl, {}, signal)
    },

    async finalize(account, order, { keyPem, names }, signal) {
      const csr = signingRequest(keyPem, names).toString('base64url')
      const reply = await postAs(account, order.finalizeUrl, { csr }, signal)
      return read(() => toOrder(JSON.parse(reply.body), order.url, retryAfterOf(reply)))
    },

    async download(account, url, preferredChain, signal) {
      const first = await postAs(account, url, undefined, signal, PEM_CHAIN)
      const pem = chainOf(first)
      if (preferredChain === undefined || topIssuerOf(pem).includes(preferredChain)) return pem
      for (const other of alternatesOf(first, url).slice(0, MOST_CHAINS)) {
        const chain = chainOf(await postAs(account, other, undefined, signal, PEM_CHAIN))
        if (topIssuerOf(chain).includes(preferredChain)) return chain
      }
      return pem
    },

    async revoke(account, certificatePem, signal) {
      const { revokeCert } = await directoryOf(signal)
      if (revokeCert === undefined) throw new AuthorityError('the CA does not revoke')
      const certificate = new X509Certificate(certificatePem).raw.toString('base64url')
      await postAs(account, revokeCert, { certificate }, signal)
    },

    async renewalInfo(certificatePem, signal) {
      const { renewalInfo } = await directoryOf(signal)
      const id = renewalInfo === undefined ? undefined : renewalIdOf(certificatePem)
      if (renewalInfo === undefined || id === undefined) return undefined
      const url = `${renewalInfo.replace(/\/$/, '')}/${id}`
      const reply = await http.send('GET', url, {}, signal)
      check(reply)
      const { suggestedWindow, explanationURL } = read(() =>
        RenewalInfoReply.parse(JSON.parse(reply.body)),
      )
      return {
        start: new Date(suggestedWindow.start),
        end: new Date(suggestedWindow.end),
        explanationUrl: explanationURL,
        retryAfterMs: retryAfterOf(reply),
      }
    },
  }
}

function headerOf({ headers }: AcmeReply, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

function locationOf(reply: AcmeReply): string {
  const url = headerOf(reply, 'location')
  if (url === undefined) throw new AuthorityError('the CA does not say where it put what it made')
  return url
}

/** A body that is not what it should be is an outage of the CA's, not a bug of ours. */
function read<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw new AuthorityError('the CA answered something that is not ACME', { cause })
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // A proxy in between answers in HTML: then only the status is known.
    return undefined
  }
}

function chainOf(reply: AcmeReply): string {
  const found = reply.body.match(CERTIFICATE)
  if (!found) throw new AuthorityError('the CA gave no certificate')
  return `${found.join('\n')}\n`
}

function topIssuerOf(chainPem: string): string {
  const top = chainPem.match(CERTIFICATE)?.at(-1)
  return top === undefined ? '' : read(() => new X509Certificate(top).issuer)
}

function alternatesOf({ headers }: AcmeReply, base: string): string[] {
  const { link } = headers
  const links = Array.isArray(link) ? link : (link?.split(/,\s*(?=<)/) ?? [])
  return links.flatMap((each) => {
    const [, target] = /^\s*<([^>]+)>.*;\s*rel="?alternate"?/.exec(each) ?? []
    const url = target === undefined ? null : URL.parse(target, base)
    return url ? [url.href] : []
  })
}
