import type { z } from 'zod'
import type { DnsUpdate } from '#ports/dns-update.ts'
import type { HttpClient } from '#ports/http-client.ts'

/** What an entry of the catalog may do to the world: it opens no connections itself. */
export interface DnsHands {
  update: DnsUpdate
  http: HttpClient
}

/** Somebody who looks after a zone and makes records in it when asked. */
export interface DnsProvider {
  /** Adds a TXT record besides those that are there. Throws DNS_PROVIDER_FAILED. */
  add(name: string, value: string, signal: AbortSignal): Promise<void>
  /** One that is not there is not an error. */
  remove(name: string, value: string, signal: AbortSignal): Promise<void>
  /** Whether the zone's own servers have it; undefined where that cannot be asked. */
  isThere(name: string, value: string, signal: AbortSignal): Promise<boolean | undefined>
  /** How long other servers of the zone may take after that. */
  waitMs: number
}

/** What a provider puts in the catalog: its settings are flat, so that a form can be drawn of them. */
export interface DnsProviderKind {
  type: string
  title: string
  settings: z.ZodObject
  /** Names of settings that nobody is shown again. */
  secrets: readonly string[]
  open(settings: unknown, zone: string, hands: DnsHands): DnsProvider
}

export const defineDnsProvider = <Settings extends z.ZodObject>(
  kind: Omit<DnsProviderKind, 'settings' | 'open'> & {
    settings: Settings
    open(settings: z.infer<Settings>, zone: string, hands: DnsHands): DnsProvider
  },
): DnsProviderKind => ({
  ...kind,
  open: (settings, zone, hands) => kind.open(kind.settings.parse(settings), zone, hands),
})
