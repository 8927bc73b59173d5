import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { AppDisk, ChangeAppDisk, DiskUse } from '@vastrox/shared/disk-use.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeDiskUse } from '#ports/node-disk.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DiskAllowanceStore } from '#store/disk-allowance-store.ts'

interface Deps {
  apps: Pick<AppStore, 'listNames'>
  finder: AppFinder
  allowances: DiskAllowanceStore
  disk: NodeDiskUse
  hints: Pick<InstanceHints, 'on'>
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
  onProblem: (what: string, error: unknown) => void
}

/**
 * How much of the disk an app may take with its volumes, and what it takes. Said by those who look
 * after the node, not by the app's own people: it is what protects the others.
 */
export function createDiskService(deps: Deps) {
  const { apps, finder, allowances, disk } = deps
  let stopHints: (() => void) | undefined

  /** A node that is away has kept what it was told last, and is told again when it is back. */
  const tellNode = (): Promise<void> =>
    disk.keepAllowances(allowances.listForPlatform()).catch((error: unknown) => {
      deps.onProblem('the node could not be told what apps may take of its disk', error)
    })

  /** What is not known is not in it: the node may be away. */
  const useOfAll = (): Promise<ReadonlyMap<string, DiskUse>> => disk.use().catch(() => new Map())

  async function show({ id, name }: { id: string; name: string }): Promise<AppDisk> {
    const uses = await useOfAll()
    return {
      app: name,
      allowanceBytes: allowances.findForPlatform(id) ?? null,
      use: uses.get(id) ?? null,
    }
  }

  return {
    /** Of all apps that the actor sees, who takes the most first. */
    async list(actor: Actor): Promise<AppDisk[]> {
      const uses = await useOfAll()
      const allowed = new Map(
        allowances.listForPlatform().map(({ appId, bytes }) => [appId, bytes]),
      )
      return apps
        .listNames(actor)
        .map(({ id, name }) => ({
          app: name,
          allowanceBytes: allowed.get(id) ?? null,
          use: uses.get(id) ?? null,
        }))
        .toSorted((one, other) => (other.use?.bytes ?? -1) - (one.use?.bytes ?? -1))
    },

    async get(actor: Actor, appName: string): Promise<AppDisk> {
      return show(finder.find(actor, appName))
    },

    /** Kept at once, also where the node cannot be told now. */
    async change(
      actor: Actor,
      appName: string,
      { allowanceBytes }: ChangeAppDisk,
    ): Promise<AppDisk> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'node.change', app.id)
      deps.transact(() => {
        const at = deps.clock.now().toISOString()
        if (allowanceBytes === null) allowances.removeForPlatform(app.id)
        else allowances.saveForPlatform(app.id, app.teamId, allowanceBytes, at)
        const details = { allowanceBytes }
        deps.audit.append({ actor, action: 'disk.allow', target: app.name, details })
      })
      deps.events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
      await tellNode()
      return show(app)
    },

    tellNode,

    start(): void {
      stopHints ??= deps.hints.on((hint) => {
        if (hint.type === 'engine-restarted') void tellNode()
      })
      void tellNode()
    },
    stop(): void {
      stopHints?.()
      stopHints = undefined
    },
  }
}
export type DiskService = ReturnType<typeof createDiskService>
