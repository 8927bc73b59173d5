import type { UptimeExpect, UptimeKind, UptimeMethod } from '@vastrox/shared/uptime.ts'

/** One look at somebody's address. */
export interface UptimeLook {
  kind: UptimeKind
  /** An address of http(s), or `host:port`. */
  target: string
  method: UptimeMethod
  expect: UptimeExpect
  followRedirects: boolean
  /** Of an app of ours: `target` is asked of the proxy on this machine, whatever the DNS says. */
  throughProxy?: {
    /** What the proxy itself may answer for an app that is well: it asks for a password, say. */
    alsoUp: readonly number[]
  }
}

export interface UptimeFound {
  isUp: boolean
  isSlow: boolean
  /** In words; null where it is up. */
  reason: string | null
  tookMs: number
  certificateDays: number | null
}

/** Looks from this node, through guarded addresses (rule C11) but for apps of ours. */
export interface UptimeProbe {
  /** Never rejects: whatever goes wrong is what it has found. Never longer than the signal. */
  look(look: UptimeLook, signal: AbortSignal): Promise<UptimeFound>
}
