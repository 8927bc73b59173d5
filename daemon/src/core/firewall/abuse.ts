import { createAddressList, isAddress, isLoopback } from '#lib/address-list.ts'
import { isWithin } from '#lib/is-within.ts'
import { networkOf } from '#lib/network-of.ts'
import type { Clock } from '#ports/clock.ts'

export type AbuseKind = 'sign-in' | 'token' | 'ssh' | 'sftp' | 'ftp' | 'proxy'

interface Threshold {
  /** So many … */
  count: number
  /** … within so long … */
  withinMs: number
  /** … are a ban of so long the first time, and of twice as long each time after. */
  seconds: number
  title: string
}

const MINUTE_MS = 60_000

/**
 * One page for what is too much. A person who has forgotten a password stays far below; a scanner
 * does not. Requests that the proxy refuses come by the hundred from one browser gone wrong, too, or
 * from one that reads a page whose images are made up.
 */
export const THRESHOLDS: Record<AbuseKind, Threshold> = {
  'sign-in': { count: 20, withinMs: 10 * MINUTE_MS, seconds: 3_600, title: 'failed sign-ins' },
  token: { count: 30, withinMs: 10 * MINUTE_MS, seconds: 3_600, title: 'wrong tokens' },
  ssh: { count: 12, withinMs: 10 * MINUTE_MS, seconds: 3_600, title: 'failed SSH sign-ins' },
  sftp: { count: 12, withinMs: 10 * MINUTE_MS, seconds: 3_600, title: 'failed SFTP sign-ins' },
  ftp: { count: 12, withinMs: 10 * MINUTE_MS, seconds: 3_600, title: 'failed FTP sign-ins' },
  proxy: { count: 600, withinMs: MINUTE_MS, seconds: 600, title: 'requests that make no sense' },
}

/** Networks that are counted at the same time; the oldest are forgotten first. */
const MAX_COUNTED = 20_000
/** Whoever came in with the right to change the firewall is not banned for so long. */
const PRESENT_MS = 12 * 3_600_000
const MAX_PRESENT = 200

interface Deps {
  clock: Clock
  /** Addresses and networks that are never banned. */
  allowList: () => readonly string[]
  /** Proxies whose visitors' failures arrive under their address. */
  trustedProxies: () => readonly string[]
  /** One line for each failure: fail2ban and CrowdSec read it (docs/FIREWALL.md). */
  say: (event: string, details: Record<string, unknown>) => void
  onTooMuch: (found: { network: string; seconds: number; reason: string }) => void
}

/**
 * Counts what goes wrong for each network (an IPv6 /64 is one) and says when it is too much. The
 * allow-list, trusted proxies, the machine itself and operators who are there are never too much.
 */
export function createAbuse({ clock, allowList, trustedProxies, say, onTooMuch }: Deps) {
  const counted = new Map<string, { from: number; count: number; strays: number }>()
  const present = new Map<string, number>()

  function isSpared(address: string): boolean {
    if (isLoopback(address)) return true
    const at = present.get(networkOf(address))
    if (at !== undefined && clock.now().getTime() - at < PRESENT_MS) return true
    return createAddressList([...allowList(), ...trustedProxies()]).has(address)
  }

  function count(network: string, kind: AbuseKind, weight: number, strays: number): void {
    const { count: most, withinMs, seconds, title } = THRESHOLDS[kind]
    const key = `${kind} ${network}`
    const at = clock.now().getTime()
    const known = counted.get(key)
    const window =
      known && isWithin(known.from, at, withinMs) ? known : { from: at, count: 0, strays: 0 }
    window.count += weight
    window.strays += strays
    counted.delete(key)
    counted.set(key, window)
    const oldest = counted.size > MAX_COUNTED ? counted.keys().next().value : undefined
    if (oldest !== undefined) counted.delete(oldest)
    // What a page can cause counts no more than what none can: alone it bans nobody.
    const sum = window.count + Math.min(window.strays, window.count)
    if (sum < most) return
    counted.delete(key)
    const minutes = Math.round(withinMs / MINUTE_MS)
    onTooMuch({
      network,
      seconds,
      reason: `${sum} ${title} within ${minutes === 1 ? 'a minute' : `${minutes} minutes`}`,
    })
  }

  return {
    /**
     * Somebody at this address got something wrong: the one call for every server of ours. Cheap,
     * never throws; whoever calls it still answers as it would. `strays`: what a page of the web can
     * make its reader's browser do; it is no failure of theirs, and only adds to one.
     */
    note(address: string, kind: AbuseKind, weight = 1, strays = 0): void {
      if (!isAddress(address)) return
      if (weight > 0)
        say('abuse.failure', { kind, address, ...(weight === 1 ? {} : { count: weight }) })
      if (!isSpared(address)) count(networkOf(address), kind, weight, strays)
    },

    /** Somebody who may change the firewall works from there: their address wins over any count. */
    notePresent(address: string): void {
      if (!isAddress(address)) return
      const network = networkOf(address)
      present.delete(network)
      present.set(network, clock.now().getTime())
      const oldest = present.size > MAX_PRESENT ? present.keys().next().value : undefined
      if (oldest !== undefined) present.delete(oldest)
    },

    /** True for whom nobody may ban, not even by hand. */
    isSpared,
  }
}
export type Abuse = ReturnType<typeof createAbuse>
