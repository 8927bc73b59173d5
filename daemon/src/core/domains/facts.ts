import type { CaaReading } from '#core/domains/caa.ts'
import type { LookedUp } from '#core/domains/look-up.ts'
import type { Reached } from '#core/domains/reach.ts'

/** This installation, as the world sees it. */
export interface OurPlace {
  /** As it was told at the installation; records lead to it. */
  publicAddress: string
  /** Of its interfaces. */
  interfaces: readonly string[]
  /** Private addresses and names are all right: the CA, or the DNS, is the operator's own. */
  isPrivateWorld: boolean
  /** Networks of proxies that are believed about visitors. */
  trustedProxies: readonly string[]
  httpPort: number
  httpsPort: number
}

/** Everything that was found about a host name, before anything is made of it. */
export interface DomainFacts {
  host: string
  /** Its part that can be bought. */
  registrable: string
  isWildcard: boolean
  looked: LookedUp
  caa: CaaReading
  /** By address. */
  reached: ReadonlyMap<string, Reached>
  /** Whether something takes connections at the port for HTTPS there. */
  secure: ReadonlyMap<string, boolean>
  /** Of our own firewall: ports for the web that it keeps shut. */
  shutPorts: readonly number[]
}
