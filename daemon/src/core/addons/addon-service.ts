import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import type {
  Addon,
  AddonAttachment,
  AddonCatalogEntry,
  AddonUsage,
  ChangeAddon,
  CreateAddon,
} from '@vastrox/shared/addon.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonAttachments } from '#core/addons/addon-attachments.ts'
import type { AddonFinder } from '#core/addons/addon-finder.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonSecrets } from '#core/addons/addon-secrets.ts'
import type { AddonServers } from '#core/addons/addon-servers.ts'
import { hostOf } from '#core/addons/addon-users.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { SessionWish } from '#core/processes/run-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { Session } from '#ports/session.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  apps: AppFinder
  addons: AddonStore
  finder: AddonFinder
  attachments: AddonAttachmentStore
  attaching: AddonAttachments
  kinds: AddonKinds
  servers: AddonServers
  secrets: AddonSecrets
  node: NodeAddons
  agent: Pick<NodeAgent, 'measureVolumes' | 'describe'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  transact: Transact
  nodeName: string
  /** In the background: the server is brought to what its row says, and its users too. */
  wakeUp: (addonId: string) => void
  /** Why a version cannot be had on this node; null where it can. */
  whyNot: (kind: string, version: string) => string | null
}

const MAX_OF_TEAM = 100
const MIB = 2 ** 20
const IDLE_MS = 30 * 60_000
const MOST_MS = 24 * 3_600_000
const TERM = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,40}$/

/** What a new add-on is asked to be, worked out. */
export interface NewAddon {
  name: string
  kind: string
  version: string
  memoryBytes: number
  cpuMillis: number
}

/** Databases that the platform runs, as people ask for them. */
export function createAddonService(deps: Deps) {
  const { addons, finder, attachments, kinds, servers, secrets, node, audit, clock, transact } =
    deps

  const show = (actor: Actor, addon: AddonRecord): Addon => {
    const kind = kinds.get(addon.kind)
    return {
      name: addon.name,
      kind: addon.kind,
      title: kind.title,
      version: addon.version,
      state: addon.state,
      reason: addon.reason,
      memoryBytes: addon.memoryBytes,
      cpuMillis: addon.cpuMillis,
      host: hostOf(addon),
      port: kind.port,
      attachments: attachments
        .list(actor, addon.id)
        .map(({ appName, prefix, username, names, attachedAt }) => ({
          app: appName,
          prefix,
          username,
          variables: names,
          attachedAt,
        })),
      createdAt: addon.createdAt,
    }
  }

  /** Throws ADDON_KIND_UNKNOWN, ADDON_VERSION_UNKNOWN, ADDON_MEMORY_TOO_SMALL. */
  function planned(wish: Omit<CreateAddon, 'app' | 'prefix'>): NewAddon {
    const kind = kinds.get(wish.kind)
    const { version } = kinds.versionOf(kind, wish.version)
    const memoryBytes = wish.memoryBytes ?? kind.defaultMemoryBytes
    mustBeEnough(kind, memoryBytes)
    return {
      name: wish.name,
      kind: kind.kind,
      version,
      memoryBytes,
      cpuMillis: wish.cpuMillis ?? 0,
    }
  }

  function mustBeEnough(
    kind: { title: string; minMemoryBytes: number },
    memoryBytes: number,
  ): void {
    if (memoryBytes < kind.minMemoryBytes)
      throw new CodedError('ADDON_MEMORY_TOO_SMALL', {
        reason: `${kind.title} needs at least ${Math.round(kind.minMemoryBytes / MIB)} MB of memory.`,
      })
  }

  async function mustFitNode(actor: Actor, memoryBytes: number): Promise<void> {
    const there = await deps.agent.describe().catch(() => undefined)
    if (!there || memoryBytes <= there.memoryBytes || mayDo(actor, 'node.change')) return
    throw new CodedError('NODE_MEMORY_EXCEEDED', {
      reason: `It would take ${Math.round(memoryBytes / MIB)} MiB; the server has ${Math.round(there.memoryBytes / MIB)} MiB.`,
    })
  }

  /** Inside of a transaction. Throws ADDON_NAME_TAKEN, ADDONS_TOO_MANY. */
  function insert(actor: Actor, plan: NewAddon, id: string = deps.newId()): AddonRecord {
    if (addons.findByNameForPlatform(actor.teamId, plan.name))
      throw new CodedError('ADDON_NAME_TAKEN', { name: plan.name })
    if (addons.list(actor).length >= MAX_OF_TEAM)
      throw new CodedError('ADDONS_TOO_MANY', { reason: `A team has at most ${MAX_OF_TEAM}.` })
    const addon: AddonRecord = {
      ...plan,
      id,
      teamId: actor.teamId,
      node: deps.nodeName,
      serverId: deps.newId(),
      isThrowAway: false,
      state: 'creating',
      reason: null,
      wanted: true,
      generation: 1,
      volumeId: kinds.get(plan.kind).dataPath === null ? null : deps.newId(),
      volumeMadeAt: null,
      rootSealed: secrets.sealRoot(id, secrets.newPassword()),
      nextRootSealed: null,
      createdAt: clock.now().toISOString(),
      destroyedAt: null,
      purgingAt: null,
    }
    addons.insertForPlatform(addon)
    const { kind, version, memoryBytes } = plan
    audit.append({
      actor,
      action: 'addon.create',
      target: plan.name,
      details: { kind, version, memoryBytes },
    })
    return addon
  }

  function changing(actor: Actor, name: string): AddonRecord {
    const addon = finder.find(actor, name)
    mustBeAble(actor, 'addon.change')
    if (addon.state === 'restoring') throw new CodedError('ADDON_BUSY', { addon: name })
    return addon
  }

  /** A container of another generation takes its place. */
  function replaced(
    actor: Actor,
    addon: AddonRecord,
    action: string,
    change: Partial<AddonRecord>,
    details: Record<string, unknown> = {},
  ): Addon {
    transact(() => {
      servers.note(addon.id, {
        state: 'creating',
        reason: null,
        wanted: true,
        generation: addon.generation + 1,
        ...change,
      })
      audit.append({ actor, action, target: addon.name, details })
    })
    deps.wakeUp(addon.id)
    return show(actor, servers.mustFind(addon.id))
  }

  return {
    show,
    planned,
    insert,

    /** Throws ADDON_NOT_ATTACHED. */
    attachmentOf(actor: Actor, name: string, appName: string): AddonAttachment {
      const { attachments: all } = show(actor, finder.find(actor, name))
      const found = all.find(({ app }) => app === appName)
      if (!found) throw notAttached(name, appName)
      return found
    },

    /** In the clear; empty until the server has the app's user. Leaves an audit event. */
    credentials(actor: Actor, name: string, appName: string): Record<string, string> {
      const addon = finder.find(actor, name)
      mustBeAble(actor, 'addon.open')
      const found = attachments.list(actor, addon.id).find((one) => one.appName === appName)
      if (!found) throw notAttached(name, appName)
      audit.append({ actor, action: 'addon.reveal', target: name, details: { app: appName } })
      return secrets.openVariables(addon.id, found.appId, found.variablesSealed)
    },

    catalog: (actor: Actor): AddonCatalogEntry[] => {
      mustBeAble(actor, 'addon.read')
      return kinds.list().map((kind) => ({
        kind: kind.kind,
        title: kind.title,
        summary: kind.summary,
        prefix: kind.prefix,
        versions: kind.versions.map(({ version, isDefault, needsRegistry }) => ({
          version,
          isDefault,
          needsRegistry,
          unavailable: deps.whyNot(kind.kind, version),
        })),
        defaultMemoryBytes: kind.defaultMemoryBytes,
        minMemoryBytes: kind.minMemoryBytes,
        keepsData: kind.dataPath !== null,
        hasConsole: kind.console !== null,
      }))
    },

    list(actor: Actor): Addon[] {
      mustBeAble(actor, 'addon.read')
      return addons.list(actor).map((addon) => show(actor, addon))
    },

    get: (actor: Actor, name: string): Addon => show(actor, finder.find(actor, name)),

    /** Its server is made in the background; it is attached as soon as it answers. */
    async create(actor: Actor, wish: CreateAddon): Promise<Addon> {
      mustBeAble(actor, 'addon.create')
      const plan = planned(wish)
      const app: AppRecord | undefined =
        wish.app === undefined ? undefined : deps.apps.find(actor, wish.app)
      if (app) mustBeAble(actor, 'env.change', app.id)
      await mustFitNode(actor, plan.memoryBytes)
      const addon = transact(() => {
        const made = insert(actor, plan)
        if (app) {
          const prefix = wish.prefix ?? kinds.get(plan.kind).prefix
          deps.attaching.write(made, app, prefix)
          const details = { app: app.name, prefix }
          audit.append({ actor, action: 'addon.attach', target: made.name, details })
        }
        return made
      })
      servers.emit(addon)
      deps.wakeUp(addon.id)
      return show(actor, addon)
    },

    /** Restarts it with settings that match its memory. */
    async change(actor: Actor, name: string, changes: ChangeAddon): Promise<Addon> {
      const addon = changing(actor, name)
      const memoryBytes = changes.memoryBytes ?? addon.memoryBytes
      const cpuMillis = changes.cpuMillis ?? addon.cpuMillis
      mustBeEnough(kinds.get(addon.kind), memoryBytes)
      if (memoryBytes > addon.memoryBytes) await mustFitNode(actor, memoryBytes)
      if (memoryBytes === addon.memoryBytes && cpuMillis === addon.cpuMillis)
        return show(actor, addon)
      const next = addon.wanted
        ? { memoryBytes, cpuMillis }
        : { memoryBytes, cpuMillis, wanted: false, state: addon.state }
      return replaced(actor, addon, 'addon.change', next, { memoryBytes, cpuMillis })
    },

    restart: (actor: Actor, name: string): Addon =>
      replaced(actor, changing(actor, name), 'addon.restart', {}),

    start(actor: Actor, name: string): Addon {
      const addon = changing(actor, name)
      if (addon.wanted && addon.state === 'running') return show(actor, addon)
      return replaced(actor, addon, 'addon.start', {})
    },

    /** Its data is kept for ever; apps that have it meet nobody. */
    async stop(actor: Actor, name: string): Promise<Addon> {
      const addon = changing(actor, name)
      transact(() => {
        servers.note(addon.id, { wanted: false })
        audit.append({ actor, action: 'addon.stop', target: name })
      })
      await servers.inTurn(addon.id, () => servers.takeDown(addon.id))
      return show(actor, servers.mustFind(addon.id))
    },

    /** Asked now; what cannot be known is null. */
    async usage(actor: Actor, name: string): Promise<AddonUsage> {
      const addon = finder.find(actor, name)
      const kind = kinds.get(addon.kind)
      const [seen, sizes, used] = await Promise.all([
        node.list().then(
          (all) => all.find(({ addonId }) => addonId === addon.serverId),
          () => undefined,
        ),
        addon.volumeId === null
          ? undefined
          : deps.agent.measureVolumes([addon.volumeId]).catch(() => undefined),
        addon.state === 'running'
          ? servers.run(addon, [kind.usage(secrets.rootOf(addon))]).then(
              (stdout) => kind.readUsage(stdout),
              () => undefined,
            )
          : undefined,
      ])
      return {
        memoryBytes: seen?.memoryBytes ?? null,
        sizeBytes: (addon.volumeId === null ? undefined : sizes?.get(addon.volumeId)) ?? null,
        connections: used?.connections ?? null,
        maxConnections: used?.maxConnections ?? null,
      }
    },

    /**
     * psql, mariadb or redis-cli inside of the server's container, as an app's user or as the
     * platform's own. Throws ADDON_NO_CONSOLE, ADDON_NOT_RUNNING, ADDON_NOT_ATTACHED.
     */
    async openConsole(
      actor: Actor,
      name: string,
      asApp: string | undefined,
      wish: Pick<SessionWish, 'terminal' | 'term' | 'stdin'>,
      signal: AbortSignal,
    ): Promise<Session> {
      const addon = finder.find(actor, name)
      mustBeAble(actor, 'addon.open')
      const kind = kinds.get(addon.kind)
      if (!kind.console)
        throw new CodedError('ADDON_NO_CONSOLE', { reason: `${kind.title} has no console.` })
      servers.mustRun(addon)
      const user = asApp === undefined ? null : userOf(actor, addon, asApp)
      audit.append({
        actor,
        action: 'addon.console',
        target: name,
        details: { as: user?.username ?? 'the platform' },
      })
      const { argv, env = {} } = kind.console(secrets.rootOf(addon), user)
      const { terminal, term, stdin } = wish
      return node.openExec(
        {
          addonId: addon.serverId,
          argv,
          env:
            terminal === null
              ? env
              : { ...env, TERM: term !== undefined && TERM.test(term) ? term : 'xterm' },
          terminal,
          stdin,
          timeoutMs: MOST_MS,
          idleMs: IDLE_MS,
        },
        signal,
      )
    },
  }

  function userOf(actor: Actor, addon: AddonRecord, appName: string) {
    const attachment = attachments.list(actor, addon.id).find((one) => one.appName === appName)
    const record = attachments
      .listUsersForPlatform(addon.id)
      .find(({ username }) => username === attachment?.username)
    if (!record) throw notAttached(addon.name, appName)
    return secrets.userOf(record)
  }
}
const notAttached = (addon: string, app: string): CodedError =>
  new CodedError('ADDON_NOT_ATTACHED', { reason: `${addon} is not attached to ${app}.` })

export type AddonService = ReturnType<typeof createAddonService>
