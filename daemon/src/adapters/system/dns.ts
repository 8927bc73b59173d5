import type { CaaRecord as NodeCaaRecord } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import type { CaaRecord, Dns, DnsAnswer, DnsView } from '#ports/dns.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'

interface Options {
  /** `192.0.2.53` or `127.0.0.1:5353`; the system's resolvers where there are none. */
  servers?: readonly string[]
  /** Judges the name servers of a zone before they are asked (rule C11). */
  guard: GuardedAddresses
  /** Of name servers; 53 but in tests. */
  zonePort?: number
}

const TIMEOUT_MS = 2_000
const TRIES = 2
/** Of one question as a whole, whatever the resolver makes of it. */
const LIMIT_MS = 5_000
/** Of a zone's own servers, which are near or not worth waiting for. */
const ZONE_LIMIT_MS = 2_500
const MAX_VALUES = 50
const MAX_LABELS = 12
const MAX_ZONE_SERVERS = 3

/** Questions by c-ares: no hosts file, no search list, no cache of our own. */
export function createDns({ servers = [], guard, zonePort = 53 }: Options): Dns {
  const resolvers = viewOf(servers)

  async function addressesOf(name: string, signal: AbortSignal): Promise<string[]> {
    const answers = await Promise.all([resolvers.v4(name, signal), resolvers.v6(name, signal)])
    const found = answers.flatMap((answer) =>
      answer.kind === 'found' ? answer.values.map(({ address }) => address) : [],
    )
    const judged = await Promise.all(
      found.slice(0, 4).map((address) => guard.resolve(address, zonePort, signal).catch(() => [])),
    )
    return judged.flat()
  }

  return {
    resolvers,

    async zoneServers(host, signal) {
      const found = await nameServersOf(resolverOf(servers), host, signal)
      if (!found) return undefined
      const lists = await Promise.all(found.names.map((name) => addressesOf(name, signal)))
      // One address of each first: a name server that is down is then not asked twice.
      const spread = [0, 1].flatMap((at) => lists.flatMap((list) => list[at] ?? []))
      if (spread.length === 0) return undefined
      const chosen = spread.slice(0, MAX_ZONE_SERVERS).map((address) => withPort(address, zonePort))
      return { ...found, view: viewOf(chosen, ZONE_LIMIT_MS) }
    },
  }
}

const withPort = (address: string, port: number): string =>
  isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`

function resolverOf(servers: readonly string[], limitMs = LIMIT_MS): Resolver {
  const resolver = new Resolver({ timeout: Math.min(TIMEOUT_MS, limitMs / TRIES), tries: TRIES })
  if (servers.length > 0) resolver.setServers(servers)
  return resolver
}

function viewOf(servers: readonly string[], limitMs = LIMIT_MS): DnsView {
  const resolver = resolverOf(servers, limitMs)
  const addresses = (found: readonly { address: string; ttl: number }[]) =>
    found.map(({ address, ttl }) => ({ address, ttlSeconds: ttl }))
  return {
    v4: (host, signal) =>
      ask(() => resolver.resolve4(host, { ttl: true }), addresses, signal, limitMs),
    v6: (host, signal) =>
      ask(() => resolver.resolve6(host, { ttl: true }), addresses, signal, limitMs),
    cname: (host, signal) =>
      ask(
        () => resolver.resolveCname(host),
        (names) => names.map(plain),
        signal,
        limitMs,
      ),
    caa: (host, signal) =>
      ask(
        () => resolver.resolveCaa(host),
        (records) => records.flatMap(caaOf),
        signal,
        limitMs,
      ),
    txt: (host, signal) =>
      ask(
        () => resolver.resolveTxt(host),
        (texts) => texts.map((parts) => parts.join('')),
        signal,
        limitMs,
      ),
  }
}

/** The next name upwards that has name servers of its own. */
async function nameServersOf(
  resolver: Resolver,
  host: string,
  signal: AbortSignal,
): Promise<{ zone: string; names: string[] } | undefined> {
  const labels = host.replace(/^\*\./, '').split('.').slice(-MAX_LABELS)
  for (let at = 0; at < labels.length - 1; at += 1) {
    const zone = labels.slice(at).join('.')
    const answer = await ask(
      () => resolver.resolveNs(zone),
      (names) => names.map(plain),
      signal,
    )
    if (answer.kind === 'found') return { zone, names: answer.values.slice(0, MAX_ZONE_SERVERS) }
    if (answer.kind === 'timeout' || answer.kind === 'refused') return undefined
  }
  return undefined
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '')

/** c-ares gives each record as an object with one key besides `critical`: its tag. */
const caaOf = ({ critical, ...rest }: NodeCaaRecord): CaaRecord[] =>
  Object.entries(rest).flatMap(([tag, value]) =>
    typeof value === 'string' && tag !== 'type'
      ? [{ critical: critical !== 0, tag: tag.toLowerCase(), value }]
      : [],
  )

async function ask<Raw, Value>(
  question: () => Promise<Raw>,
  read: (raw: Raw) => Value[],
  signal: AbortSignal,
  limitMs = LIMIT_MS,
): Promise<DnsAnswer<Value>> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const onLate = (): void => resolve('late')
  limit.addEventListener('abort', onLate, { once: true })
  try {
    if (limit.aborted) return { kind: 'timeout' }
    const raw = await Promise.race([question(), late])
    if (raw === 'late') return { kind: 'timeout' }
    const values = read(raw).slice(0, MAX_VALUES)
    return values.length === 0 ? { kind: 'none' } : { kind: 'found', values }
  } catch (error) {
    return { kind: kindOf(error) }
  } finally {
    limit.removeEventListener('abort', onLate)
  }
}

function kindOf(error: unknown): Exclude<DnsAnswer<never>['kind'], 'found'> {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  switch (code) {
    case 'ENODATA':
      return 'none'
    case 'ENOTFOUND':
      return 'no-such-name'
    case 'EREFUSED':
      return 'refused'
    case 'ETIMEOUT':
    case 'ECANCELLED':
    case 'ECONNREFUSED':
      return 'timeout'
    default:
      return 'failed'
  }
}
