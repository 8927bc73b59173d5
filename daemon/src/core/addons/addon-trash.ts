import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { Addon, DestroyedAddon } from '@vastrox/shared/addon.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonFinder } from '#core/addons/addon-finder.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  addons: AddonStore
  attachments: Pick<AddonAttachmentStore, 'listForPlatform'>
  finder: AddonFinder
  servers: AddonServers
  node: Pick<NodeAddons, 'remove'>
  agent: Pick<NodeAgent, 'measureVolumes' | 'removeVolume'>
  archive: Pick<LogArchive, 'remove'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  wakeUp: (addonId: string) => void
  show: (actor: Actor, addon: AddonRecord) => Addon
  crashPoint: (name: string) => void
}

const TRASH_MS = 7 * 24 * 60 * 60 * 1_000
/** Of the agent, before it has touched anything. */
const REFUSED: readonly string[] = ['VOLUME_IN_USE', 'VOLUME_NOT_FOUND']

/**
 * Destroyed add-ons: stopped, and kept with their data for 7 days and then until somebody purges them
 * by name. Nothing of a sweeper's ever touches one (promise 5, rule B10).
 */
export function createAddonTrash(deps: Deps) {
  const { addons, servers, audit, clock, transact } = deps

  function findDestroyed(actor: Actor, id: string): AddonRecord {
    mustBeAble(actor, 'addon.read')
    const found = addons.listDestroyed(actor).find((addon) => addon.id === id)
    if (!found) throw new CodedError('ADDON_NOT_FOUND', { id })
    return found
  }

  /** Where the agent says no, nothing was removed: it stays in the trash as it was. */
  async function finishPurge(addon: AddonRecord): Promise<void> {
    await deps.node.remove(addon.serverId)
    if (addon.volumeId !== null && addon.volumeMadeAt !== null)
      try {
        await deps.agent.removeVolume(addon.serverId, addon.volumeId)
      } catch (error) {
        if (error instanceof CodedError && REFUSED.includes(error.code))
          servers.note(addon.id, { purgingAt: null })
        throw error
      }
    await deps.archive.remove(addon.id)
    addons.removeForPlatform(addon.id)
    servers.emit(addon)
  }

  return {
    /** Into the trash. Throws CONFIRMATION_WRONG, ADDON_ATTACHED. */
    async destroy(actor: Actor, name: string, confirm: string): Promise<void> {
      const addon = deps.finder.find(actor, name)
      mustBeAble(actor, 'addon.destroy')
      if (confirm !== name) throw new CodedError('CONFIRMATION_WRONG')
      if (addon.state === 'restoring') throw new CodedError('ADDON_BUSY', { addon: name })
      transact(() => {
        const apps = deps.attachments.listForPlatform(addon.id).map(({ appName }) => appName)
        if (apps.length > 0)
          throw new CodedError('ADDON_ATTACHED', {
            reason: `${name} is attached to ${apps.slice(0, 5).join(', ')}: detach it first.`,
          })
        servers.note(addon.id, { destroyedAt: clock.now().toISOString(), wanted: false })
        audit.append({ actor, action: 'addon.destroy', target: name })
      })
      deps.crashPoint('addon.destroyed')
      await servers.inTurn(addon.id, () => servers.takeDown(addon.id))
    },

    async list(actor: Actor): Promise<DestroyedAddon[]> {
      mustBeAble(actor, 'addon.read')
      const records = addons.listDestroyed(actor)
      const volumes = records.flatMap(({ volumeId }) => volumeId ?? [])
      const none: ReadonlyMap<string, number> = new Map()
      const sizes =
        volumes.length === 0 ? none : await deps.agent.measureVolumes(volumes).catch(() => none)
      return records.flatMap((record) => {
        if (record.destroyedAt === null) return []
        const { id, name, kind, version, volumeId, destroyedAt, purgingAt } = record
        return {
          id,
          name,
          kind,
          version,
          sizeBytes: volumeId === null ? null : (sizes.get(volumeId) ?? null),
          destroyedAt,
          purgeableAt: purgeableAt(destroyedAt).toISOString(),
          isPurging: purgingAt !== null,
        }
      })
    },

    /** Throws ADDON_NAME_TAKEN where another has its name now, unless it is given another one. */
    restore(actor: Actor, id: string, as?: string): Addon {
      const addon = findDestroyed(actor, id)
      mustBeAble(actor, 'addon.create')
      if (addon.purgingAt !== null) throw new CodedError('ADDON_PURGING', { name: addon.name })
      const name = as ?? addon.name
      transact(() => {
        if (addons.findByNameForPlatform(actor.teamId, name))
          throw new CodedError('ADDON_NAME_TAKEN', { name })
        servers.note(id, {
          name,
          destroyedAt: null,
          wanted: true,
          state: 'creating',
          reason: null,
          generation: addon.generation + 1,
        })
        audit.append({ actor, action: 'addon.restore', target: name, details: { id } })
      })
      deps.wakeUp(id)
      return deps.show(actor, servers.mustFind(id))
    },

    /**
     * Removes the data for ever. Throws ADDON_IN_TRASH before its 7 days are over, CONFIRMATION_WRONG
     * unless its name is given once more. The wish is written down first (rule K3).
     */
    async purge(actor: Actor, id: string, confirm: string): Promise<void> {
      const addon = findDestroyed(actor, id)
      mustBeAble(actor, 'addon.destroy')
      if (confirm !== addon.name) throw new CodedError('CONFIRMATION_WRONG')
      const until = purgeableAt(addon.destroyedAt ?? addon.createdAt)
      if (clock.now() < until)
        throw new CodedError('ADDON_IN_TRASH', { purgeableAt: until.toISOString() })
      if (addon.purgingAt === null)
        transact(() => {
          servers.note(id, { purgingAt: clock.now().toISOString() })
          audit.append({ actor, action: 'addon.purge', target: addon.name, details: { id } })
        })
      deps.crashPoint('addon.purging')
      await servers.inTurn(id, () => finishPurge(addon))
    },

    /** What broke off after somebody had asked for it. */
    async finishPurges(): Promise<void> {
      for (const addon of addons.listForPlatform())
        if (addon.purgingAt !== null) await servers.inTurn(addon.id, () => finishPurge(addon))
    },
  }
}
export type AddonTrash = ReturnType<typeof createAddonTrash>

const purgeableAt = (destroyedAt: string): Date => new Date(Date.parse(destroyedAt) + TRASH_MS)
