import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { RegistryCredentials } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { ImageReference } from '@vastrox/shared/image-reference.ts'
import {
  type Registry,
  RegistryHost,
  registryName,
  type SaveRegistry,
} from '@vastrox/shared/image-source.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { Transact } from '#store/database.ts'
import type { RegistryRecord, RegistryStore } from '#store/registry-store.ts'

interface Deps {
  registries: RegistryStore
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_REGISTRIES = 100

/** Names and passwords for image registries: sealed at rest, of one team, never shown again (rule S7). */
export function createRegistryService(deps: Deps) {
  const { registries, secretBox, audit, clock, newId, transact } = deps

  function hostOf(text: string): string {
    const host = RegistryHost.safeParse(text)
    if (host.success) return host.data
    const reason = host.error.issues[0]?.message ?? ''
    throw new CodedError('REGISTRY_HOST_INVALID', { host: text.slice(0, 100), reason })
  }

  return {
    list(actor: Actor): Registry[] {
      mustBeAble(actor, 'registry.manage')
      return registries.list(actor).map(show)
    },

    /** In place of what there was for that host. */
    save(actor: Actor, hostText: string, { username, password }: SaveRegistry): Registry {
      mustBeAble(actor, 'registry.manage')
      const host = hostOf(hostText)
      const id = newId()
      const at = clock.now().toISOString()
      const record = {
        id,
        teamId: actor.teamId,
        host,
        username,
        passwordSealed: secretBox.seal(password, contextOf(id)),
        createdAt: at,
        changedAt: at,
      }
      transact(() => {
        const others = registries.list(actor).filter((one) => one.host !== host)
        if (others.length >= MAX_REGISTRIES)
          throw new CodedError('REGISTRY_HOST_INVALID', {
            reason: `${MAX_REGISTRIES} registries are known already: remove one first.`,
          })
        registries.save(actor, record)
        audit.append({ actor, action: 'registry.save', target: host, details: { username } })
      })
      return show(record)
    },

    /** Throws REGISTRY_NOT_FOUND. */
    remove(actor: Actor, hostText: string): void {
      mustBeAble(actor, 'registry.manage')
      const host = hostOf(hostText)
      transact(() => {
        if (!registries.remove(actor, host)) throw new CodedError('REGISTRY_NOT_FOUND', { host })
        audit.append({ actor, action: 'registry.remove', target: host })
      })
    },

    /** What a team has for the registry of an image; null: it lets everybody in. */
    credentialsFor(teamId: string, { host }: ImageReference): RegistryCredentials | null {
      const record = registries.findForPlatform(teamId, registryName(host))
      if (!record) return null
      const { id, username, passwordSealed } = record
      return { username, password: secretBox.open(passwordSealed, contextOf(id)) }
    },
  }
}
export type RegistryService = ReturnType<typeof createRegistryService>

const contextOf = (id: string): string => `registry_credentials|${id}|password_sealed`

const show = ({ host, username, changedAt }: RegistryRecord): Registry => ({
  host,
  username,
  changedAt,
})
