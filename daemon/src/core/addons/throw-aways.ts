import { CodedError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonSecrets } from '#core/addons/addon-secrets.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import type { AddonUsers } from '#core/addons/addon-users.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { AddonRoot } from '#ports/addon-kind.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  addons: AddonStore
  attachments: AddonAttachmentStore
  kinds: AddonKinds
  servers: AddonServers
  users: AddonUsers
  secrets: AddonSecrets
  node: Pick<NodeAddons, 'remove'>
  agent: Pick<NodeAgent, 'removeVolume'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  nodeName: string
  teamId: () => string
  crashPoint: (name: string) => void
}

export interface ThrowAwayWish {
  kind: string
  version: string
  memoryBytes: number
  /** Of its data; what replaceData is told later. */
  volumeId: string
  /** The add-on whose users are to be known to it, since a dump may name them. */
  like?: string
}

export interface ThrowAway {
  /** What the node calls it. */
  addonId: string
  root: AddonRoot
  /** Its container and its data go, unless replaceData has given them to an add-on. */
  stop(): Promise<void>
}

/**
 * Servers of their own for drills and restores: nobody is attached to them, they are in no list, and
 * what a crash leaves of them is removed at the next start. Their data is a copy of a backup by
 * nature; what an add-on has taken over is none of them any more.
 */
export function createThrowAways(deps: Deps) {
  const { addons, attachments, kinds, servers, secrets, clock, transact } = deps
  /** Made by this daemon: one may be there before those of a crash are gone, and is none of them. */
  const ours = new Set<string>()

  async function remove(addon: AddonRecord): Promise<void> {
    await deps.node.remove(addon.serverId)
    // Also where the row does not know yet that it was made.
    if (addon.volumeId !== null) await deps.agent.removeVolume(addon.serverId, addon.volumeId)
    addons.removeForPlatform(addon.id)
  }

  /** It may have become an add-on's since. */
  const drop = (id: string): Promise<void> =>
    servers.inTurn(id, async () => {
      const addon = addons.findForPlatform(id)
      if (addon?.isThrowAway) await remove(addon)
      ours.delete(id)
    })

  async function knowUsers(addon: AddonRecord, like: string): Promise<void> {
    const kind = kinds.get(addon.kind)
    const root = secrets.rootOf(addon)
    for (const record of attachments.listUsersForPlatform(like)) {
      const user = secrets.userOf(record)
      await servers.run(addon, kind.createUser(root, user))
    }
  }

  return {
    /** Throws what kept it from answering. Aborting removes it. */
    async startThrowAway(wish: ThrowAwayWish, signal: AbortSignal): Promise<ThrowAway> {
      const kind = kinds.get(wish.kind)
      const id = deps.newId()
      ours.add(id)
      addons.insertForPlatform({
        id,
        teamId: deps.teamId(),
        node: deps.nodeName,
        name: `drill-${id.slice(-8)}`,
        kind: kind.kind,
        version: wish.version,
        serverId: deps.newId(),
        isThrowAway: true,
        state: 'creating',
        reason: null,
        wanted: true,
        memoryBytes: Math.max(kind.minMemoryBytes, wish.memoryBytes),
        cpuMillis: 0,
        generation: 1,
        volumeId: kind.dataPath === null ? null : wish.volumeId,
        volumeMadeAt: null,
        rootSealed: secrets.sealRoot(id, secrets.newPassword()),
        nextRootSealed: null,
        createdAt: clock.now().toISOString(),
        destroyedAt: null,
        purgingAt: null,
      })
      try {
        const isUp = await servers.inTurn(id, () => servers.bringUp(id, signal))
        const addon = servers.mustFind(id)
        if (!isUp)
          throw new CodedError('ADDON_START_FAILED', {
            reason: addon.reason ?? `${kind.title} did not start.`,
          })
        if (wish.like !== undefined) await knowUsers(addon, wish.like)
        return { addonId: addon.serverId, root: secrets.rootOf(addon), stop: () => drop(id) }
      } catch (error) {
        await drop(id).catch(() => {
          // The next start of the daemon removes what is left.
        })
        throw error
      }
    },

    /**
     * The server of a throw-away takes the place of the add-on's own, under the same name, users and
     * passwords; the one before goes to the trash with its data, for 7 days. Throws VOLUME_NOT_FOUND
     * for a volume that no throw-away has.
     */
    async replaceData(addonId: string, volumeId: string): Promise<void> {
      await servers.inTurn(addonId, async () => {
        const before = servers.mustFind(addonId)
        const fresh = addons.findByVolumeForPlatform(volumeId)
        if (!fresh?.isThrowAway || fresh.kind !== before.kind)
          throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
        const trashId = deps.newId()
        transact(() => {
          addons.removeForPlatform(fresh.id)
          servers.note(addonId, {
            serverId: fresh.serverId,
            version: fresh.version,
            volumeId,
            volumeMadeAt: fresh.volumeMadeAt,
            rootSealed: secrets.sealRoot(addonId, secrets.rootOf(fresh).password),
            nextRootSealed: null,
            generation: fresh.generation + 1,
            state: 'creating',
            reason: null,
            wanted: true,
          })
          addons.insertForPlatform({
            ...before,
            id: trashId,
            rootSealed: secrets.sealRoot(trashId, secrets.rootOf(before).password),
            nextRootSealed: null,
            state: 'stopped',
            reason: null,
            wanted: false,
            destroyedAt: clock.now().toISOString(),
          })
          deps.users.forgetMade(addonId)
          deps.audit.append({
            actor: systemActor(before.teamId),
            action: 'addon.replace',
            target: before.name,
            details: { trash: trashId, version: fresh.version },
          })
        })
        deps.crashPoint('addon.replaced')
        // What is written to the one before from now on would be lost.
        await servers.takeDown(trashId)
        if (!(await servers.bringUp(addonId, AbortSignal.timeout(600_000))))
          throw new CodedError('ADDON_START_FAILED', {
            reason: servers.mustFind(addonId).reason ?? 'It did not start.',
          })
        await deps.users.settle(addonId)
      })
    },

    /** What a crash has left. */
    async removeLeftovers(): Promise<void> {
      for (const { id, isThrowAway } of addons.listForPlatform())
        if (isThrowAway && !ours.has(id)) await drop(id)
    },
  }
}
export type ThrowAways = ReturnType<typeof createThrowAways>
