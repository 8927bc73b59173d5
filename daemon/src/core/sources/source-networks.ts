import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { SourceAuthorities, SourceNetworks } from '@vastrox/shared/external-source.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Transact } from '#store/database.ts'
import type { MetaStore } from '#store/meta-store.ts'
import { readAuthorities } from './read-authorities.ts'

interface Deps {
  meta: Pick<MetaStore, 'readNoteForPlatform' | 'writeNoteForPlatform'>
  audit: Pick<AuditLog, 'append'>
  transact: Transact
}

const NOTE = 'source_networks'
const AUTHORITIES = 'source_authorities'
const NONE: SourceNetworks = { allowed: [] }

/**
 * Which sources are reached that are not out in the world: private networks, and hosts that prove
 * themselves by an authority of the operator's own. None, until an operator says so (rule C11).
 */
export function createSourceNetworks({ meta, audit, transact }: Deps) {
  const read = (): SourceNetworks => {
    const text = meta.readNoteForPlatform(NOTE)
    return text === undefined ? NONE : SourceNetworks.parse(JSON.parse(text))
  }

  return {
    allowedForPlatform: (): readonly string[] => read().allowed,

    get(actor: Actor): SourceNetworks {
      mustBeAble(actor, 'node.read')
      return read()
    },

    set(actor: Actor, networks: SourceNetworks): SourceNetworks {
      mustBeAble(actor, 'node.change')
      const allowed = [...new Set(networks.allowed)]
      transact(() => {
        meta.writeNoteForPlatform(NOTE, JSON.stringify({ allowed }))
        const details = { allowed }
        audit.append({ actor, action: 'source.networks', target: 'platform', details })
      })
      return { allowed }
    },

    /** In PEM; empty where there are none. */
    authoritiesForPlatform: (): string => meta.readNoteForPlatform(AUTHORITIES) ?? '',

    authorities(actor: Actor): SourceAuthorities {
      mustBeAble(actor, 'node.read')
      return showAuthorities(meta.readNoteForPlatform(AUTHORITIES) ?? '')
    },

    /** Those, and no others. Throws REQUEST_INVALID where one is no certificate of an authority. */
    setAuthorities(actor: Actor, text: string): SourceAuthorities {
      mustBeAble(actor, 'node.change')
      const shown = showAuthorities(text)
      const pem = readAuthorities(text).map((one) => one.pem)
      transact(() => {
        meta.writeNoteForPlatform(AUTHORITIES, pem.join(''))
        const details = { authorities: shown.authorities.map(({ name }) => name) }
        audit.append({ actor, action: 'source.authorities', target: 'platform', details })
      })
      return shown
    },
  }
}
const showAuthorities = (text: string): SourceAuthorities => ({
  authorities: readAuthorities(text).map(({ pem: _pem, ...shown }) => shown),
})

export type SourceNetworkService = ReturnType<typeof createSourceNetworks>
