import { connect } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import { CodedError } from '@vastrox/shared/errors.ts'
import { hostAndPort, urlOfTarget } from '@vastrox/shared/uptime.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { UptimeFound, UptimeLook, UptimeProbe } from '#ports/uptime-probe.ts'
import { trustedAuthorities } from './trusted-authorities.ts'
import { daysOf, lookOverHttp, lookupOf, type Place } from './uptime-http.ts'
import { type Phase, sayFailure } from './uptime-words.ts'

interface Deps {
  addresses: GuardedAddresses
  /** Where the proxy of this machine listens. */
  proxy: { httpPort: number; httpsPort: number }
  /** Authorities besides those that the system trusts, in PEM; asked each time. */
  extraCa?: () => string
}

interface Looking {
  onPhase: (phase: Phase) => void
  signal: AbortSignal
}

/** Besides those from 1024 on: what servers of the world offer at well-known ports. */
export const LOOKED_AT_PORTS: readonly number[] = [
  21, 22, 25, 53, 80, 110, 143, 389, 443, 465, 587, 636, 853, 989, 990, 993, 995,
]
const FIRST_FREE_PORT = 1_024
/** What is trusted changes seldom, and making it of 267 authorities takes 11 ms. */
const TRUST_FOR_MS = 3_600_000
const NEXT_ADDRESS_MS = 2_500

/** Looks of every kind, each over a connection of its own: what is asked is whether new visitors get in. */
export function createUptimeProbe(deps: Deps): UptimeProbe {
  const addresses = withLookedAtPorts(deps.addresses)
  let trust: { context: SecureContext; extra: string; atMs: number } | undefined

  function trusted(): SecureContext {
    const extra = deps.extraCa?.() ?? ''
    if (!trust || trust.extra !== extra || performance.now() - trust.atMs > TRUST_FOR_MS)
      trust = {
        extra,
        atMs: performance.now(),
        context: createSecureContext({
          ca: [...trustedAuthorities(), ...(extra === '' ? [] : [extra])],
        }),
      }
    return trust.context
  }

  const guarded = async (host: string, port: number, signal: AbortSignal): Promise<Place> => ({
    addresses: await addresses.resolve(host, port, signal),
    port,
  })

  async function http(look: UptimeLook, { onPhase, signal }: Looking) {
    const own = look.throughProxy
    const url = urlOfTarget(look.target)
    return lookOverHttp({
      url,
      method: look.method,
      expect: look.expect,
      followRedirects: look.followRedirects,
      alsoUp: own?.alsoUp ?? [],
      isOwn: own !== undefined,
      trusted,
      onPhase,
      signal,
      placeOf: async (next) => {
        const isTls = next.protocol === 'https:'
        if (own && next.hostname === url.hostname)
          return {
            addresses: ['127.0.0.1'],
            port: isTls ? deps.proxy.httpsPort : deps.proxy.httpPort,
          }
        return guarded(bare(next.hostname), Number(next.port || (isTls ? 443 : 80)), signal)
      },
    })
  }

  async function socket(kind: 'tcp' | 'tls', look: UptimeLook, { onPhase, signal }: Looking) {
    const { host, port } = hostAndPort(kind, look.target)
    onPhase('resolving')
    const place = await guarded(host, port, signal)
    onPhase('connecting')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const options = {
      host,
      port,
      lookup: lookupOf(place.addresses),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    }
    const made =
      kind === 'tls'
        ? connectTls({ ...options, servername: nameOf(host), secureContext: trusted() })
        : connect(options)
    const onAbort = (): void => {
      made.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    made.once('connect', () => onPhase('waiting'))
    made.once(kind === 'tls' ? 'secureConnect' : 'connect', resolve)
    made.once('error', reject)
    made.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    try {
      await promise
      return { reason: null, certificateDays: daysOf(made), answeredAtMs: performance.now() }
    } finally {
      signal.removeEventListener('abort', onAbort)
      made.destroy()
    }
  }

  return {
    async look(look, signal): Promise<UptimeFound> {
      const startedAtMs = performance.now()
      let phase: Phase = 'resolving'
      const looking: Looking = {
        signal,
        onPhase: (next) => {
          phase = next
        },
      }
      try {
        signal.throwIfAborted()
        const seen =
          look.kind === 'http' ? await http(look, looking) : await socket(look.kind, look, looking)
        const tookMs = Math.round(seen.answeredAtMs - startedAtMs)
        const { slowMs } = look.expect
        const isUp = seen.reason === null
        const isSlow = isUp && slowMs !== undefined && tookMs > slowMs
        return {
          isUp,
          isSlow,
          reason: isSlow ? `It took ${tookMs} ms, more than ${slowMs} ms.` : seen.reason,
          tookMs,
          certificateDays: seen.certificateDays,
        }
      } catch (error) {
        const tookMs = Math.round(performance.now() - startedAtMs)
        return {
          isUp: false,
          isSlow: false,
          reason: sayFailure(signal.aborted ? signal.reason : error, phase, tookMs),
          tookMs,
          certificateDays: null,
        }
      }
    },
  }
}

/** The same guard, with what it says of ports said for looks. */
export const withLookedAtPorts = (guard: GuardedAddresses): GuardedAddresses => ({
  async resolve(host, port, signal) {
    if (port < FIRST_FREE_PORT && !LOOKED_AT_PORTS.includes(port))
      throw new CodedError('ADDRESS_REFUSED', {
        reason: `Port ${port} is not looked at: of those below 1024 only ${LOOKED_AT_PORTS.join(', ')}.`,
      })
    return guard.resolve(host, port, signal)
  },
})

const bare = (host: string): string => host.replace(/^\[|\]$/g, '')

/** No name is sent for an address. */
const nameOf = (host: string): string => (/[:]|^[\d.]+$/.test(host) ? '' : host)
