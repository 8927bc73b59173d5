import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type ShownTrustedProxies, TrustedProxies } from '@vastrox/shared/trusted-proxies.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { PROXY_PRESETS } from '#core/routing/proxy-presets.ts'
import { type AddressList, createAddressList } from '#lib/address-list.ts'
import type { MetaStore } from '#store/meta-store.ts'

interface Deps {
  meta: Pick<MetaStore, 'readNoteForPlatform' | 'writeNoteForPlatform'>
  audit: Pick<AuditLog, 'append'>
  /** Writes in one transaction, and tells the proxy. */
  publishChange: (write: () => void) => Promise<void>
}

const NOTE = 'trusted_proxies'
/** A network as wide as that holds strangers. */
const LEAST_BITS = { ipv4: 8, ipv6: 16 }

/** Whose forwarding fields are believed (rule P3), by the proxy and by the dashboard alike. */
export function createTrustedProxies({ meta, audit, publishChange }: Deps) {
  let known: { text: string | undefined; list: AddressList } | undefined

  const read = (): TrustedProxies => {
    const text = meta.readNoteForPlatform(NOTE)
    return TrustedProxies.parse(text === undefined ? {} : JSON.parse(text))
  }

  const networks = (): string[] => {
    const { presets, ranges } = read()
    return [...new Set([...presets.flatMap((name) => PROXY_PRESETS[name].networks), ...ranges])]
  }

  function show(): ShownTrustedProxies {
    const chosen = read()
    const asOf = chosen.presets.flatMap((name) => {
      const { asOf } = PROXY_PRESETS[name]
      return asOf === undefined ? [] : [[name, asOf]]
    })
    return { ...chosen, networks: networks(), asOf: Object.fromEntries(asOf) }
  }

  return {
    networksForPlatform: networks,

    /** Asked for every request of the dashboard. */
    trusts(address: string): boolean {
      const text = meta.readNoteForPlatform(NOTE)
      if (known?.text !== text || !known) known = { text, list: createAddressList(networks()) }
      return known.list.has(address)
    },

    get(actor: Actor): ShownTrustedProxies {
      mustBeAble(actor, 'node.read')
      return show()
    },

    /** In force at once, in the proxy and for the dashboard. Throws TRUSTED_PROXY_TOO_WIDE. */
    async set(actor: Actor, wish: TrustedProxies): Promise<ShownTrustedProxies> {
      mustBeAble(actor, 'node.change')
      const presets = [...new Set(wish.presets)]
      const ranges = [...new Set(wish.ranges)]
      const wide = ranges.find(isTooWide)
      if (wide !== undefined) throw new CodedError('TRUSTED_PROXY_TOO_WIDE', { range: wide })
      await publishChange(() => {
        meta.writeNoteForPlatform(NOTE, JSON.stringify({ presets, ranges }))
        const details = { presets, ranges }
        audit.append({ actor, action: 'trusted-proxies.set', target: 'platform', details })
      })
      return show()
    },
  }
}
export type TrustedProxyService = ReturnType<typeof createTrustedProxies>

function isTooWide(range: string): boolean {
  const [address = '', bits] = range.split('/')
  if (bits === undefined) return false
  return Number(bits) < (address.includes(':') ? LEAST_BITS.ipv6 : LEAST_BITS.ipv4)
}
