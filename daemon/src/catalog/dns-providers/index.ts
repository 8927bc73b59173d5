import type { DnsProviderKind } from '#ports/dns-provider.ts'
import { rfc2136 } from './rfc2136.ts'
import { webhook } from './webhook.ts'

/** To add a provider: write its file beside this one, then name it here. */
export const dnsProviders: readonly DnsProviderKind[] = [rfc2136, webhook]
