import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { AttachAddon } from '@vastrox/shared/addon.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonFinder } from '#core/addons/addon-finder.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonSecrets } from '#core/addons/addon-secrets.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import type { AddonUsers } from '#core/addons/addon-users.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { EnvDeployments } from '#core/env/env-deployments.ts'
import type { Clock } from '#ports/clock.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord } from '#store/addon-store.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { EnvStore } from '#store/env-store.ts'

interface Deps {
  apps: AppFinder
  finder: AddonFinder
  attachments: AddonAttachmentStore
  env: Pick<EnvStore, 'listForPlatform'>
  kinds: AddonKinds
  users: AddonUsers
  servers: AddonServers
  secrets: AddonSecrets
  deploying: Pick<EnvDeployments, 'changed'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  /** Users are made and dropped in the background. */
  settleSoon: (addonId: string) => void
}

const MAX_OF_APP = 20
const MAX_OF_ADDON = 200

/** Which apps have which add-ons: rows at once, users and deployments as soon as the server has them. */
export function createAddonAttachments(deps: Deps) {
  const { apps, finder, attachments, kinds, users, servers, audit, clock, transact } = deps

  /** Throws ADDON_VARIABLE_TAKEN for names that the user has set, or another add-on gives. */
  function mustBeFree(app: AppRecord, names: readonly string[]): void {
    const own = deps.env.listForPlatform(app.id).find(({ key }) => names.includes(key))
    if (own)
      throw new CodedError('ADDON_VARIABLE_TAKEN', {
        key: own.key,
        reason: `${app.name} has a variable ${own.key} of its own: unset it, or choose another prefix.`,
      })
    for (const other of attachments.listOfAppForPlatform(app.id)) {
      const shared = other.names.find((name) => names.includes(name))
      if (shared !== undefined)
        throw new CodedError('ADDON_VARIABLE_TAKEN', {
          key: shared,
          reason: `${app.name} has ${shared} by another add-on: choose another prefix.`,
        })
    }
  }

  /** Inside of a transaction; the server is not asked yet. */
  function write(addon: AddonRecord, app: AppRecord, prefix: string): void {
    const names = users.namesOf(addon, prefix)
    const ofApp = attachments.listOfAppForPlatform(app.id)
    if (ofApp.some(({ addonId }) => addonId === addon.id))
      throw new CodedError('ADDON_ATTACHED', {
        reason: `${addon.name} is attached to ${app.name} already.`,
      })
    if (ofApp.length >= MAX_OF_APP || attachments.listForPlatform(addon.id).length >= MAX_OF_ADDON)
      throw new CodedError('ADDONS_TOO_MANY', {
        reason: `An app has at most ${MAX_OF_APP} add-ons, and an add-on at most ${MAX_OF_ADDON} apps.`,
      })
    mustBeFree(app, names)
    const user = users.newUser(addon, app)
    attachments.saveForPlatform({
      addonId: addon.id,
      appId: app.id,
      appName: app.name,
      teamId: app.teamId,
      prefix,
      username: user.username,
      names,
      variablesSealed: Buffer.alloc(0),
      attachedAt: clock.now().toISOString(),
    })
  }

  const attachmentOf = (addon: AddonRecord, app: AppRecord) => {
    const found = attachments.listForPlatform(addon.id).find(({ appId }) => appId === app.id)
    if (!found)
      throw new CodedError('ADDON_NOT_ATTACHED', {
        reason: `${addon.name} is not attached to ${app.name}.`,
      })
    return found
  }

  return {
    write,
    mustBeFree,

    /**
     * The app gets a user of its own and the variables, by a deployment as soon as the server has it.
     * Throws ADDON_ATTACHED, ADDON_VARIABLE_TAKEN, ADDONS_TOO_MANY.
     */
    attach(actor: Actor, name: string, { app: appName, prefix }: AttachAddon): AddonRecord {
      const addon = finder.find(actor, name)
      const app = apps.find(actor, appName)
      mustBeAble(actor, 'addon.change')
      mustBeAble(actor, 'env.change', app.id)
      const asked = prefix ?? kinds.get(addon.kind).prefix
      transact(() => {
        write(addon, app, asked)
        const details = { app: app.name, prefix: asked }
        audit.append({ actor, action: 'addon.attach', target: addon.name, details })
      })
      servers.emit(addon)
      deps.settleSoon(addon.id)
      return addon
    },

    /** The variables go by a deployment, the user once nothing of the app runs with them any more. */
    detach(actor: Actor, name: string, appName: string): Deployment | null {
      const addon = finder.find(actor, name)
      const app = apps.find(actor, appName)
      mustBeAble(actor, 'addon.change')
      mustBeAble(actor, 'env.change', app.id)
      const deployment = transact(() => {
        const attachment = attachmentOf(addon, app)
        for (const user of attachments.listUsersForPlatform(addon.id))
          if (user.appId === app.id && user.leavingAt === null) users.leave(user)
        attachments.removeForPlatform(addon.id, app.id)
        const details = { app: app.name, prefix: attachment.prefix }
        audit.append({ actor, action: 'addon.detach', target: addon.name, details })
        const wasGiven = attachment.variablesSealed.length > 0
        return wasGiven
          ? deps.deploying.changed(actor, app, `add-on ${addon.name}: detached`, false)
          : null
      })
      servers.emit(addon)
      deps.settleSoon(addon.id)
      return deployment
    },

    /**
     * A new user with a new password for each app, or for one, and a new password of the platform's
     * own; the apps get theirs by a deployment, and what they had is dropped after it.
     */
    async rotate(actor: Actor, name: string, appName: string | undefined): Promise<Deployment[]> {
      const addon = finder.find(actor, name)
      mustBeAble(actor, 'addon.change')
      servers.mustRun(addon)
      const only = appName === undefined ? undefined : apps.find(actor, appName)
      if (only) mustBeAble(actor, 'env.change', only.id)
      return servers.inTurn(addon.id, async () => {
        const chosen = transact(() => {
          const found = attachments
            .listForPlatform(addon.id)
            .filter(({ appId }) => only === undefined || appId === only.id)
          if (only && found.length === 0) attachmentOf(addon, only)
          for (const one of found) users.newUser(addon, { id: one.appId, name: one.appName })
          const details = { apps: found.map((one) => one.appName) }
          audit.append({ actor, action: 'addon.rotate', target: addon.name, details })
          return found
        })
        if (only === undefined) await rotateRoot(addon.id)
        return chosen.length === 0 ? [] : users.settle(addon.id)
      })
    },
  }

  /** Written down before the server is told: after a crash the one that it takes is the right one. */
  async function rotateRoot(id: string): Promise<void> {
    const { secrets } = deps
    const addon = servers.mustFind(id)
    const kind = kinds.get(addon.kind)
    const next = { password: secrets.newPassword() }
    const noted = servers.note(id, { nextRootSealed: secrets.sealNextRoot(id, next.password) })
    const commands = kind.changeRoot(secrets.rootOf(noted), next)
    if (commands.length === 0) {
      servers.note(id, {
        rootSealed: secrets.sealRoot(id, next.password),
        nextRootSealed: null,
        generation: noted.generation + 1,
      })
      await servers.bringUp(id, AbortSignal.timeout(600_000))
      return
    }
    await servers.run(noted, commands)
    servers.note(id, {
      rootSealed: secrets.sealRoot(id, next.password),
      nextRootSealed: null,
    })
  }
}
export type AddonAttachments = ReturnType<typeof createAddonAttachments>
