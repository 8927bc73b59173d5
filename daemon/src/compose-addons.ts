import type { AuditLog } from '#core/audit/audit-log.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AddonParts } from '#core/addons/addon-parts.ts'
import type { EnsureAddons } from '#core/builds/build-source.ts'
import type { EnvDeployments } from '#core/env/env-deployments.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { AddonKind } from '#ports/addon-kind.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import {
  type AddonAttachmentStore,
  createAddonAttachmentStore,
} from '#store/addon-attachment-store.ts'
import { type AddonRecord, type AddonStore, createAddonStore } from '#store/addon-store.ts'
import type { LogSettingsStore } from '#store/log-settings-store.ts'
import type { Database, Transact } from '#store/database.ts'

interface Given {
  db: Database
  agent: NodeAgent
  hints: InstanceHints
  finder: AppFinder
  deploying: EnvDeployments
  /** What servers print is kept there, by the add-on's id. */
  appLogs: AppLogs
  archive: LogArchive
  /** How they are kept, as far as it was said of an add-on. */
  logSettings: LogSettingsStore
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  nodeName: string
  /** Of what is of no team: servers of drills. */
  teamId: () => string
  /** From 0 to 1. */
  random: () => number
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
  /** In place of the catalog. */
  kinds?: readonly AddonKind[]
}

export interface AddonDeps extends Given {
  addons: AddonStore
  attachments: AddonAttachmentStore
}

/**
 * Add-ons, as far as a daemon without any needs them: whether there is one. The rest is loaded when
 * somebody first has to do with them.
 */
export function composeAddons(given: Given) {
  const deps: AddonDeps = {
    ...given,
    addons: createAddonStore(given.db),
    attachments: createAddonAttachmentStore(given.db),
  }
  let parts: Promise<Awaited<ReturnType<typeof load>>> | undefined
  let isStarted = false
  let kinds: AddonParts['kinds'] | undefined

  async function load() {
    const { composeAddonParts } = await import('./compose-addon-parts.ts')
    const made = composeAddonParts(deps)
    kinds = made.kinds
    if (isStarted) made.keeper.start()
    return made
  }

  const open = async (): Promise<AddonParts> => (parts ??= load())

  /** While the source of a deployment is looked at. */
  const ensure: EnsureAddons = async (...wanted) => (await open()).declared.ensure(...wanted)

  return {
    open,
    ensure,

    /** That a server takes at once; null where nobody knows, or add-ons are not loaded yet. */
    maxConnections: ({ kind, memoryBytes }: Pick<AddonRecord, 'kind' | 'memoryBytes'>) =>
      kinds?.find(kind)?.maxConnections(memoryBytes) ?? null,

    start(): void {
      isStarted = true
      if (parts) void parts.then(({ keeper }) => keeper.start())
      else if (deps.addons.isAnyForPlatform())
        open().catch((error: unknown) => given.onProblem('add-ons could not be loaded', error))
    },

    async stop(): Promise<void> {
      isStarted = false
      await (await parts)?.keeper.stop()
    },
  }
}
export type AddonServices = ReturnType<typeof composeAddons>
