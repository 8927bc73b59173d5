import type { UptimeExpect, UptimeKind } from '@vastrox/shared/uptime.ts'

/** One look at somebody's address. */
export interface UptimeLook {
  kind: UptimeKind
  target: string
  expect: UptimeExpect
  followRedirects: boolean
  /** Of an app of ours: asked of the proxy on this machine, by this host name. */
  throughProxy?: { host: string; path: string }
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
