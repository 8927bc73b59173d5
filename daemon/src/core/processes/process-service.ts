import { ownOf } from '@vastrox/shared/own-of.ts'
import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import type { InstanceUsage, ObservedInstance } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type {
  Crash,
  CrashDetails,
  Instance,
  InstanceState,
  Process,
} from '@vastrox/shared/process.ts'
import type { z } from 'zod'
import { limitsOf, runsWithOther } from '#core/processes/limits.ts'
import { scaleOf } from '#core/processes/scale.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { CrashRecord, CrashStore } from '#store/crash-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  agent: NodeAgent
  apps: AppStore
  instances: InstanceStore
  releases: ReleaseStore
  crashes: CrashStore
  /** When a crash-looping instance is tried again. */
  nextTryAt: (instance: string) => Date | null
  clock: Clock
}

const MAX_CRASHES = 50
/** Where there are several. */
const SHORT_LINES = 20

type Usage = z.infer<typeof InstanceUsage>

export function createProcessService(deps: Deps) {
  const { agent, apps, instances, releases, crashes, clock } = deps

  /** CPU is a difference: what was read last, by instance. */
  const readBefore = new Map<string, { atMs: number; cpuUsec: number }>()

  function mustFind(actor: Actor, name: string): AppRecord {
    const app = apps.findByName(actor, name)
    if (!app) throw new CodedError('APP_NOT_FOUND', { name })
    return app
  }

  function cpuPercent(usage: Usage | undefined): number | null {
    if (!usage) return null
    const atMs = clock.now().getTime()
    const before = readBefore.get(usage.name)
    readBefore.set(usage.name, { atMs, cpuUsec: usage.cpuUsec })
    if (!before || atMs <= before.atMs) return null
    const percent = (usage.cpuUsec - before.cpuUsec) / 10 / (atMs - before.atMs)
    return Math.max(0, Math.round(percent * 10) / 10)
  }

  return {
    /** The processes of the live release with their instances; rows alone where the agent is away. */
    async list(actor: Actor, appName: string): Promise<Process[]> {
      const app = mustFind(actor, appName)
      const live =
        app.liveReleaseId === null ? undefined : releases.findForPlatform(app.liveReleaseId)
      if (!live) return []

      const rows = instances.listForApp(actor, app.id)
      const [observed, measured] = await Promise.all([
        agent.listInstances().catch((): ObservedInstance[] => []),
        agent.measureInstances().catch((): Usage[] => []),
      ])
      const numberOf = new Map(
        releases.list(actor, app.id).map(({ id, number }) => [id, number] as const),
      )
      const show = (row: InstanceRecord): Instance => {
        const seen = observed.find(({ name }) => name === row.name)
        const usage = measured.find(({ name }) => name === row.name)
        return {
          id: row.name,
          process: row.process,
          ordinal: row.ordinal,
          release: numberOf.get(row.releaseId) ?? 0,
          node: row.node,
          state: stateOf(row, seen),
          address: row.host ?? '',
          port: row.port,
          restarts: seen?.restarts ?? 0,
          exitCode: seen?.status === 'running' ? null : (seen?.exitCode ?? null),
          memoryBytes: usage?.memoryBytes ?? null,
          cpuPercent: cpuPercent(usage),
          startedAt: seen?.startedAt ?? null,
          limits: row.limits,
          lastCrash: crashOf(crashes.lastForPlatform(row.name), mayDo(actor, 'logs.read', app.id)),
          nextTryAt: deps.nextTryAt(row.name)?.toISOString() ?? null,
        }
      }
      const scale = scaleOf(app.scale, live.processes)
      return Object.entries(live.processes).map(([name, command]) => {
        const limits = limitsOf(app, name, live)
        return {
          name,
          command,
          scale: ownOf(scale, name) ?? 0,
          limits,
          ownLimits: ownOf(app.processLimits, name) ?? {},
          needsRestart: runsWithOther(limits, rows, name),
          instances: rows.filter((row) => row.process === name).map(show),
        }
      })
    },

    /** How instances of the app ended by themselves, newest first, also those that are gone. */
    listCrashes(
      actor: Actor,
      appName: string,
      { limit = MAX_CRASHES, before }: { limit?: number; before?: number | undefined } = {},
    ): Crash[] {
      const app = mustFind(actor, appName)
      mustBeAble(actor, 'logs.read', app.id)
      return crashes
        .listForApp(actor, app.id, limit, before)
        .flatMap((crash) => crashOf(crash) ?? [])
    },

    /** One with all that is known of it. Throws CRASH_NOT_FOUND. */
    getCrash(actor: Actor, appName: string, number: number): CrashDetails {
      const app = mustFind(actor, appName)
      mustBeAble(actor, 'logs.read', app.id)
      const crash = crashes.find(actor, app.id, number)
      if (!crash) throw new CodedError('CRASH_NOT_FOUND', { number })
      const { teamId: _team, appId: _app, run: _run, ...details } = crash
      return details
    },
  }
}
export type ProcessService = ReturnType<typeof createProcessService>

function stateOf(row: InstanceRecord, seen: ObservedInstance | undefined): InstanceState {
  if (row.state === 'crashed') return 'crash-looping'
  if (row.state === 'warm' || row.state === 'draining' || row.state === 'held') return 'draining'
  if (row.state === 'starting') return 'starting'
  if (row.state === 'asleep') return 'asleep'
  if (!seen || seen.status === 'running') return 'running'
  return seen.status === 'created' ? 'starting' : 'crashed'
}

const crashOf = (crash: CrashRecord | undefined, withLines = true): Crash | null =>
  crash
    ? {
        number: crash.number,
        at: crash.at,
        process: crash.process,
        ordinal: crash.ordinal,
        release: crash.release,
        exitCode: crash.exitCode,
        signal: crash.signal,
        oomKilled: crash.oomKilled,
        explanation: withLines ? crash.explanation : null,
        memoryBytes: crash.memoryBytes,
        lines: withLines ? crash.lines.slice(-SHORT_LINES) : [],
      }
    : null
