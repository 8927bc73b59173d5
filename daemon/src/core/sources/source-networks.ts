import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { SourceNetworks } from '@vastrox/shared/external-source.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Transact } from '#store/database.ts'
import type { MetaStore } from '#store/meta-store.ts'

interface Deps {
  meta: Pick<MetaStore, 'readNoteForPlatform' | 'writeNoteForPlatform'>
  audit: Pick<AuditLog, 'append'>
  transact: Transact
}

const NOTE = 'source_networks'
const NONE: SourceNetworks = { allowed: [] }

/** Private networks that sources may lie in: none, until an operator says so (rule C11). */
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
  }
}
export type SourceNetworkService = ReturnType<typeof createSourceNetworks>
