import { CodedError } from '@vastrox/shared/errors.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AddonFinder } from '#core/addons/addon-finder.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonSecrets } from '#core/addons/addon-secrets.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import type { AddonService } from '#core/addons/addon-service.ts'
import type { AddonUsers } from '#core/addons/addon-users.ts'
import type { ThrowAways } from '#core/addons/throw-aways.ts'
import type { KnownAddon, Servers } from '#core/backups/way-back.ts'
import type { Clock } from '#ports/clock.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  addons: AddonStore
  finder: AddonFinder
  kinds: AddonKinds
  secrets: AddonSecrets
  servers: AddonServers
  service: AddonService
  users: AddonUsers
  throwAways: ThrowAways
  clock: Clock
  transact: Transact
}

const START_MS = 900_000

/** Add-ons as drills and restores know them. */
export function createAddonSeams(deps: Deps) {
  const { addons, finder, kinds, secrets, servers, users, throwAways } = deps

  const isThere = (addon: AddonRecord | undefined): addon is AddonRecord =>
    addon !== undefined && addon.destroyedAt === null && !addon.isThrowAway

  const known = (addon: AddonRecord): KnownAddon => ({
    id: addon.id,
    serverId: addon.serverId,
    name: addon.name,
    teamId: addon.teamId,
    kind: addon.kind,
    version: addon.version,
    memoryBytes: addon.memoryBytes,
    volumeId: addon.volumeId,
    root: secrets.rootOf(addon),
  })

  const way: Servers = {
    kindOf: (kind) => kinds.find(kind),
    findForPlatform(id) {
      const addon = addons.findForPlatform(id)
      return addon === undefined || addon.isThrowAway ? undefined : known(addon)
    },
    find: (actor, name) => known(finder.find(actor, name)),
    isNameTaken: (teamId, name) => addons.findByNameForPlatform(teamId, name) !== undefined,
    startThrowAway: (wish, signal) => throwAways.startThrowAway(wish, signal),
    replaceData: (addonId, volumeId) => throwAways.replaceData(addonId, volumeId),

    async create(teamId, { id, ...wish }, signal) {
      const actor = systemActor(teamId)
      const plan = deps.service.planned(wish)
      deps.transact(() => deps.service.insert(actor, plan, id))
      const limit = AbortSignal.any([signal, AbortSignal.timeout(START_MS)])
      const isUp = await servers.inTurn(id, () => servers.bringUp(id, limit))
      const addon = servers.mustFind(id)
      if (!isUp) {
        await this.destroy(id)
        throw new CodedError('ADDON_START_FAILED', {
          reason: addon.reason ?? `${wish.name} did not start.`,
        })
      }
      return known(addon)
    },

    async destroy(id) {
      const addon = addons.findForPlatform(id)
      if (!isThere(addon)) return
      servers.note(id, { destroyedAt: deps.clock.now().toISOString(), wanted: false })
      await servers.inTurn(id, () => servers.takeDown(id))
    },

    sayRestoring(id, isRestoring) {
      const addon = addons.findForPlatform(id)
      if (isThere(addon)) servers.say(id, isRestoring ? 'restoring' : 'running')
    },

    /** What a dump brings knows nothing of who may come in here. */
    async restoreUsers(id) {
      await servers.inTurn(id, async () => {
        users.forgetMade(id)
        const addon = servers.mustFind(id)
        await servers.run(addon, kinds.get(addon.kind).setUp(secrets.rootOf(addon)))
        await users.settle(id)
      })
    },
  }

  return { way }
}
export type AddonSeams = ReturnType<typeof createAddonSeams>
