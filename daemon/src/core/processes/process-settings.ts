import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  type ChangeProcess,
  type ChangedProcess,
  OwnLimits,
  ProcessName,
} from '@vastrox/shared/process.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { MemoryLimit } from '#core/nodes/memory-limit.ts'
import { UNDER_WAY } from '#core/deployments/deployment.ts'
import { limitsOf, memoryOf, runsWithOther } from '#core/processes/limits.ts'
import { plannedScale, scaleOf } from '#core/processes/scale.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  releases: ReleaseStore
  instances: InstanceStore
  deployments: Pick<DeploymentService, 'scale' | 'restart'>
  deploymentStore: DeploymentStore
  memoryLimit: MemoryLimit
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  transact: Transact
}

const LIMITS = OwnLimits.keyof().options
/** More names than any Procfile has; a release can bring others every time. */
const MAX_NAMED = 50

/** Memory, CPU, stop grace and scale of one process. */
export function createProcessSettings(deps: Deps) {
  const { apps, releases, instances, deployments, memoryLimit, audit, events, transact } = deps

  const liveOf = (app: AppRecord): ReleaseRecord | undefined =>
    app.liveReleaseId === null ? undefined : releases.findForPlatform(app.liveReleaseId)

  /** Before the first release nobody knows the names: every name may be given limits then. */
  function mustExist(app: AppRecord, process: string): void {
    const live = liveOf(app)
    const isThere = live
      ? Object.hasOwn(live.processes, process)
      : ProcessName.safeParse(process).success
    if (!isThere) throw new CodedError('PROCESS_NOT_FOUND', { process })
  }

  function saveLimits(actor: Actor, app: AppRecord, process: string, change: ChangeProcess): void {
    const own = { ...app.processLimits[process] }
    for (const limit of LIMITS) {
      const value = change[limit]
      if (value === null) delete own[limit]
      if (typeof value === 'number') own[limit] = value
    }
    const { [process]: _, ...others } = app.processLimits
    const processLimits = Object.keys(own).length === 0 ? others : { ...others, [process]: own }
    if (JSON.stringify(processLimits) === JSON.stringify(app.processLimits)) return
    if (Object.keys(processLimits).length > MAX_NAMED)
      throw new CodedError('PROCESS_NOT_FOUND', { process, reason: 'Too many have limits.' })

    const release = liveOf(app) ?? {
      processes: { web: '', [process]: '' },
      config: NO_APP_CONFIG,
    }
    const asked = deps.deploymentStore
      .listInStatesForPlatform(['queued', ...UNDER_WAY])
      .filter(({ appId }) => appId === app.id)
      .map(({ scale }) => scale)
    const wanted = change.scale === undefined ? {} : { [process]: change.scale }
    const scale = { ...plannedScale(app.scale, asked), ...wanted }
    memoryLimit.mustFit(actor, {
      beforeBytes: memoryOf(app, app.scale, release),
      afterBytes: memoryOf({ ...app, processLimits }, scale, release),
    })
    transact(() => {
      apps.saveProcessLimits(actor, app.id, processLimits)
      audit.append({
        actor,
        action: 'process.change',
        target: app.name,
        details: { process, ...own },
      })
    })
    events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
  }

  /** Before the first deployment there is nothing to scale: it begins with what is said here. */
  function saveFirstScale(actor: Actor, app: AppRecord, said: Record<string, number>): void {
    const scale = { ...app.scale, ...said }
    const names = Object.keys(said)
    if (Object.keys(scale).length > MAX_NAMED)
      throw new CodedError('PROCESS_NOT_FOUND', {
        process: names.join(', '),
        reason: 'Too many have a scale.',
      })
    // Nobody knows yet which of them there will be: all must fit.
    const named = Object.fromEntries(Object.keys(scale).map((name) => [name, '']))
    const release = { processes: { web: '', ...named }, config: NO_APP_CONFIG }
    memoryLimit.mustFit(actor, {
      beforeBytes: memoryOf(app, app.scale, release),
      afterBytes: memoryOf(app, scale, release),
    })
    transact(() => {
      const ofSource = apps.scaleOfSourceForPlatform(app.id).filter((name) => !names.includes(name))
      apps.saveScaleForPlatform(app.id, scale, ofSource)
      for (const [process, count] of Object.entries(said))
        audit.append({
          actor,
          action: 'process.change',
          target: app.name,
          details: { process, scale: count },
        })
    })
    events.emit({ teamId: app.teamId, type: 'app.changed', app: app.name, subject: null })
  }

  return {
    /**
     * Of several processes in one go: a deployment of its own; null where nothing is live yet, and it
     * waits for the first one. Throws as `change`.
     */
    scale(actor: Actor, appName: string, scale: Record<string, number>): Deployment | null {
      const app = apps.findByName(actor, appName)
      if (!app) throw new CodedError('APP_NOT_FOUND', { name: appName })
      mustBeAble(actor, 'app.change', app.id)
      if (liveOf(app)) return deployments.scale(actor, appName, scale)
      for (const process of Object.keys(scale)) mustExist(app, process)
      saveFirstScale(actor, app, scale)
      return null
    },

    /**
     * Limits are in force with the next deployment or restart, which `restart` asks for; a scale is a
     * deployment of its own, or waits for the first one. Throws PROCESS_NOT_FOUND, and NODE_MEMORY_EXCEEDED for more than the node
     * can hold.
     */
    change(actor: Actor, appName: string, process: string, change: ChangeProcess): ChangedProcess {
      const app = apps.findByName(actor, appName)
      if (!app) throw new CodedError('APP_NOT_FOUND', { name: appName })
      mustBeAble(actor, 'app.change', app.id)
      mustExist(app, process)
      saveLimits(actor, app, process, change)

      const now = apps.findByName(actor, appName) ?? app
      const live = liveOf(now)
      const before = scaleOf(now.scale, live?.processes ?? { [process]: null })[process] ?? 0
      const scale = change.scale ?? before
      let deployment = null
      if (scale !== before && !live) saveFirstScale(actor, now, { [process]: scale })
      else if (scale !== before)
        deployment = deployments.scale(actor, appName, { [process]: scale })
      if (change.restart === true) deployment = deployments.restart(actor, appName)
      const limits = limitsOf(now, process, live)
      return {
        name: process,
        scale,
        limits,
        ownLimits: now.processLimits[process] ?? {},
        needsRestart:
          change.restart !== true &&
          runsWithOther(limits, instances.listForApp(actor, app.id), process),
        deployment,
      }
    },
  }
}
export type ProcessSettings = ReturnType<typeof createProcessSettings>
