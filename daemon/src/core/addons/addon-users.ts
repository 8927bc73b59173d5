import type { Deployment } from '@vastrox/shared/deployment.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonSecrets } from '#core/addons/addon-secrets.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import type { EnvDeployments } from '#core/env/env-deployments.ts'
import type { Clock } from '#ports/clock.ts'
import type {
  AddonAttachmentRecord,
  AddonAttachmentStore,
  AddonUserRecord,
} from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  addons: AddonStore
  attachments: AddonAttachmentStore
  servers: AddonServers
  kinds: AddonKinds
  secrets: AddonSecrets
  apps: Pick<AppStore, 'findByIdForPlatform'>
  instances: Pick<InstanceStore, 'listForAppForPlatform'>
  releases: Pick<ReleaseStore, 'findForPlatform' | 'lastNumberForPlatform'>
  deploying: Pick<EnvDeployments, 'changed'>
  clock: Clock
  transact: Transact
  crashPoint: (name: string) => void
}

const MAX_NAME = 40

/** Where apps reach an add-on. */
export const hostOf = ({ name }: Pick<AddonRecord, 'name'>): string => `${name}.addons.internal`

/**
 * The users of servers, as rows say they are to be: made, then given to their app by a deployment;
 * the one before is dropped only when nothing of the app runs with it any more, so that new
 * credentials close no connection (promise 1).
 */
export function createAddonUsers(deps: Deps) {
  const { addons, attachments, servers, kinds, secrets, clock, transact } = deps

  /** `u_` in front: no app's name is then a word that a server has a use of its own for. */
  function newUser(addon: AddonRecord, app: Pick<AppRecord, 'id' | 'name'>): AddonUserRecord {
    const taken = new Set(
      attachments.listUsersForPlatform(addon.id).map(({ username }) => username),
    )
    const base = `u_${app.name.replaceAll('-', '_')}`.slice(0, MAX_NAME)
    let username = base
    for (let count = 2; taken.has(username); count += 1) username = `${base}_${count}`
    const user: AddonUserRecord = {
      addonId: addon.id,
      username,
      appId: app.id,
      passwordSealed: secrets.sealPassword(addon.id, username, secrets.newPassword()),
      createdAt: clock.now().toISOString(),
      madeAt: null,
      leavingAt: null,
      leavingAfter: 0,
      droppedAt: null,
    }
    attachments.saveUserForPlatform(user)
    return user
  }

  function variablesOf(
    addon: AddonRecord,
    { prefix }: Pick<AddonAttachmentRecord, 'prefix'>,
    user: AddonUserRecord,
  ): Record<string, string> {
    const kind = kinds.get(addon.kind)
    const { port } = kind
    return kind.variables({ prefix, host: hostOf(addon), port, user: secrets.userOf(user) })
  }

  /** What was recorded of the app until now may have been frozen with it. */
  function leave(user: AddonUserRecord): void {
    attachments.saveUserForPlatform({
      ...user,
      leavingAt: clock.now().toISOString(),
      leavingAfter: deps.releases.lastNumberForPlatform(user.appId),
    })
  }

  /** The server has it: its app gets it, and whom it had before leaves. */
  function taken(addon: AddonRecord, user: AddonUserRecord): Deployment | null {
    return transact(() => {
      const at = clock.now().toISOString()
      attachments.saveUserForPlatform({ ...user, madeAt: at })
      const attachment = attachments
        .listForPlatform(addon.id)
        .find(({ appId }) => appId === user.appId)
      const app = deps.apps.findByIdForPlatform(user.appId)
      if (!attachment || !app || user.leavingAt !== null) return null
      const isNew = attachment.username !== user.username || attachment.variablesSealed.length === 0
      if (!isNew) return null
      for (const other of attachments.listUsersForPlatform(addon.id))
        if (
          other.appId === user.appId &&
          other.username !== user.username &&
          other.leavingAt === null
        )
          leave(other)
      const variables = variablesOf(addon, attachment, user)
      attachments.saveForPlatform({
        ...attachment,
        username: user.username,
        names: Object.keys(variables),
        variablesSealed: secrets.sealVariables(addon.id, app.id, variables),
      })
      return deps.deploying.changed(
        systemActor(app.teamId),
        app,
        `add-on ${addon.name}: ${Object.keys(variables)[0] ?? attachment.prefix}`,
        false,
      )
    })
  }

  /** Something of the app still runs with what it had before. */
  function isInUse({ appId, leavingAt, leavingAfter }: AddonUserRecord): boolean {
    const app = deps.apps.findByIdForPlatform(appId)
    if (!app || leavingAt === null) return false
    return deps.instances.listForAppForPlatform(appId).some(({ releaseId }) => {
      const release = deps.releases.findForPlatform(releaseId)
      return release !== undefined && release.number <= leavingAfter
    })
  }

  return {
    newUser,
    leave,
    variablesOf,

    /** Names of the variables that an app gets with this prefix. */
    namesOf: (addon: Pick<AddonRecord, 'kind' | 'name'>, prefix: string): string[] => {
      const kind = kinds.get(addon.kind)
      const user = { username: 'u', password: 'p' }
      return Object.keys(kind.variables({ prefix, host: hostOf(addon), port: kind.port, user }))
    },

    /** Brings the users of a running server to what the rows say. Called in the add-on's turn. */
    async settle(id: string): Promise<Deployment[]> {
      const addon = addons.findForPlatform(id)
      if (!addon || (addon.state !== 'running' && addon.state !== 'restoring')) return []
      const kind = kinds.get(addon.kind)
      const root = secrets.rootOf(addon)
      const deployments: Deployment[] = []
      const waiting = attachments
        .listUsersForPlatform(id)
        .filter(({ droppedAt, madeAt }) => droppedAt === null && madeAt === null)
      if (waiting.length > 0) await servers.keepLinks()
      for (const user of waiting) {
        await servers.run(addon, kind.createUser(root, secrets.userOf(user)))
        deps.crashPoint('addon.userMade')
        const deployment = taken(addon, user)
        if (deployment) deployments.push(deployment)
      }
      for (const user of attachments.listUsersForPlatform(id)) {
        const isOrphan = deps.apps.findByIdForPlatform(user.appId) === undefined
        if (user.droppedAt !== null || (user.leavingAt === null && !isOrphan)) continue
        if (isInUse(user)) continue
        await servers.run(addon, kind.dropUser(root, user.username))
        const at = clock.now().toISOString()
        attachments.saveUserForPlatform({ ...user, leavingAt: user.leavingAt ?? at, droppedAt: at })
        await servers.keepLinks()
      }
      return deployments
    },

    /** Another server stands behind the add-on: it has none of its users yet. */
    forgetMade(id: string): void {
      for (const user of attachments.listUsersForPlatform(id))
        if (user.droppedAt === null) attachments.saveUserForPlatform({ ...user, madeAt: null })
    },
  }
}
export type AddonUsers = ReturnType<typeof createAddonUsers>
