import { readCaa } from '#core/domains/caa.ts'
import type { DomainFacts, OurPlace } from '#core/domains/facts.ts'
import { countingTrail } from '#core/domains/judge-names.ts'
import { isOurs } from '#core/domains/judge-reach.ts'
import { isPublicAddress } from '#core/domains/known-networks.ts'
import { addressesOf, lookUp } from '#core/domains/look-up.ts'
import type { Reach, Reached } from '#core/domains/reach.ts'
import type { Dns } from '#ports/dns.ts'

interface Deps {
  dns: Dns
  reach: Reach
  /** True where connections are taken at the port for HTTPS of the address. */
  takesConnections: (address: string, signal: AbortSignal) => Promise<boolean>
  place: () => OurPlace
  /** Of our own firewall. */
  shutPorts: () => Promise<readonly number[]>
}

export interface Question {
  host: string
  registrable: string
}

const LIMIT_MS = 15_000
/** Of one name: whoever has more is no single server. */
const MAX_ASKED = 4

/** Looks at everything that matters about a host name, side by side; never longer than 15 s. */
export const createGatherFacts =
  (deps: Deps) =>
  async ({ host, registrable }: Question, given: AbortSignal): Promise<DomainFacts> => {
    const signal = AbortSignal.any([given, AbortSignal.timeout(LIMIT_MS)])
    const isWildcard = host.startsWith('*.')
    const [looked, shutPorts, caa] = await Promise.all([
      lookUp(deps.dns, host, signal),
      deps.shutPorts(),
      readCaa(() => deps.dns.resolvers, host, signal),
    ])
    const bare: DomainFacts = {
      host,
      registrable,
      isWildcard,
      looked,
      caa,
      reached: new Map(),
      secure: new Map(),
      shutPorts,
    }
    const addresses = addressesOf(countingTrail(bare)).slice(0, MAX_ASKED)
    const name = host.replace(/^\*\./, 'vastrox-check.')
    const place = deps.place()
    const asked = addresses.filter((address) => isOurs(address, place) || isPublicAddress(address))
    const reached = await Promise.all(
      asked.map(
        async (address): Promise<[string, Reached]> => [
          address,
          await deps.reach(name, address, signal),
        ],
      ),
    )
    const reaching = reached.flatMap(([address, { kind }]) => (kind === 'us' ? [address] : []))
    const secure = await Promise.all(
      reaching.map(
        async (address): Promise<[string, boolean]> => [
          address,
          await deps.takesConnections(address, signal),
        ],
      ),
    )
    // What took longer than all of it may is a time-out; who does not wait any more gets nothing.
    given.throwIfAborted()
    return { ...bare, reached: new Map(reached), secure: new Map(secure) }
  }
export type GatherFacts = ReturnType<typeof createGatherFacts>
