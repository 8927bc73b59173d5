import type { TrustedPeers } from './trusted-peers.ts'

/** Requests that nothing here answers to; a person who mistypes a host makes a few of them. */
export const UNKNOWN_HOST = 1
/** What is no HTTP, or means two things at once: no browser sends it. */
export const UNREADABLE = 10
/** At a door that asks for one; a person who has forgotten it stays far below what bans. */
export const WRONG_PASSWORD = 5
/** What any page of the web can make its reader's browser send here, by the thousand. */
export const STRAY = 1

/** Addresses between two reports; what comes from more than that at once is no matter of bans. */
const MAX_ADDRESSES = 1_000

interface Counted {
  count: number
  strays: number
}

/**
 * Counts per address what was refused since the last report, by weight. What a page elsewhere can cause
 * is counted apart: nobody is to be banned for having read it.
 */
export function createRefusals() {
  let counts = new Map<string, Counted>()

  return {
    note(address: string, weight: number, isStray = false): void {
      const known = counts.get(address)
      if (known === undefined && (address === '' || counts.size >= MAX_ADDRESSES)) return
      const counted = known ?? { count: 0, strays: 0 }
      if (isStray) counted.strays += weight
      else counted.count += weight
      counts.set(address, counted)
    },
    /** Everything since the last call. */
    take(): ({ address: string } & Counted)[] {
      if (counts.size === 0) return []
      const taken = [...counts].map(([address, counted]) => ({ address, ...counted }))
      counts = new Map()
      return taken
    },
  }
}
export type Refusals = ReturnType<typeof createRefusals>

/** Who is noted where, and who is not. */
export interface Refusing {
  readonly refusals: Pick<Refusals, 'note'>
  readonly trusted: TrustedPeers
}

/** A proxy in front of us is not to blame for what comes through it. */
export function noteRefusal(plane: Refusing, address: string, weight: number): void {
  if (!plane.trusted.trusts(address)) plane.refusals.note(address, weight)
}

/** The same for what a page may have caused. */
export function noteStray(plane: Refusing, address: string): void {
  if (!plane.trusted.trusts(address)) plane.refusals.note(address, STRAY, true)
}

/** What browsers say of themselves with every request of a page, and a page cannot leave out. */
const OF_BROWSERS = new Set(['accept-language', 'origin', 'referer', 'sec-fetch-mode'])

/**
 * Whether a browser may have sent it because a page told it to. A scanner may say the same: it is
 * banned for what no browser does.
 */
export function isLikeBrowser(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (OF_BROWSERS.has(rawHeaders[index]?.toLowerCase() ?? '')) return true
  return false
}

const TLS_HANDSHAKE = 0x16
const STUN_MESSAGE = 0x00

/** A browser that was sent to this port by https:// or as to a STUN server: no HTTP, and nobody's attack. */
export const isOtherProtocol = (bytes: Buffer | undefined): boolean =>
  bytes?.[0] === TLS_HANDSHAKE || bytes?.[0] === STUN_MESSAGE
