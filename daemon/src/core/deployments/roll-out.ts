import { CodedError } from '@vastrox/shared/errors.ts'
import { ownOf } from '@vastrox/shared/own-of.ts'
import { instanceName } from '@vastrox/shared/instance-name.ts'
import { type Ending, endingOf } from '#core/crashes/ending.ts'
import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { UntilHealthy } from '#core/deployments/until-healthy.ts'
import type { HealthTarget } from '#core/deployments/health-target.ts'
import { healthOf } from '#core/processes/health-of.ts'
import { isolationOf, limitsOf } from '#core/processes/limits.ts'
import { scaleOf } from '#core/processes/scale.ts'
import { DEFAULT_PORT, type ReleaseMaker } from '#core/releases/release-maker.ts'
import type { AppVolumes } from '#core/volumes/app-volumes.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseRecord } from '#store/release-store.ts'

interface Deps {
  agent: NodeAgent
  instances: InstanceStore
  makeRelease: ReleaseMaker
  volumes: AppVolumes
  untilHealthy: UntilHealthy
  transact: Transact
  /** 6 hex digits of the installation. */
  installation: string
  node: string
  hostOf: (app: AppRecord) => string
  /** Whether visitors get to instances of this process. */
  isRouted: (appId: string, process: string) => boolean
  /** Where the process has to listen for what comes by ports of the server. */
  listensAt: (appId: string, process: string) => HealthTarget['ports']
  /** One has ended by itself before it was healthy; its container is there still. */
  noteExit: (row: InstanceRecord, ending: Ending) => Promise<void>
  crashPoint: (name: string) => void
  now: () => Date
}

/** Failures that the instance's own log explains. */
const TELLING: readonly string[] = [
  'INSTANCE_EXITED',
  'HEALTH_CHECK_FAILED',
  'INSTANCE_BINDS_LOOPBACK',
]
const REPLACEABLE: readonly InstanceRecord['state'][] = ['live', 'held', 'crashed', 'asleep']
const SHOWN_LINES = 200
const MAX_SHOWN_INSTANCES = 3
/** Nobody was served by them yet. */
const UNDO_GRACE_MS = 2_000

/** Which instances a deployment adds, and which it replaces. */
export interface Change {
  fresh: InstanceRecord[]
  replaced: InstanceRecord[]
}

/** From a release to healthy instances that no route leads to yet. The old ones are not touched (D2). */
export function createRollOut(deps: Deps) {
  const { agent, instances, makeRelease, volumes, untilHealthy, transact, crashPoint } = deps

  /** A scale adds to the live instances of its release; anything else puts new ones in their place. */
  function plan(app: AppRecord, deployment: DeploymentRecord, release: ReleaseRecord): Change {
    const rows = instances.listForAppForPlatform(app.id)
    const own = rows.filter((row) => row.deploymentId === deployment.id)
    const others = rows.filter((row) => row.deploymentId !== deployment.id)
    const current = others.filter(({ state }) => REPLACEABLE.includes(state))
    const wanted = isWanted(app, deployment)
      ? placesOf(scaleOf({ ...app.scale, ...deployment.scale }, release.processes)).filter(
          ({ process, ordinal }) => ordinal === 1 || !volumes.isExclusive(app.id, process),
        )
      : []
    const keeps = (row: InstanceRecord): boolean =>
      deployment.trigger === 'scale' &&
      row.releaseId === release.id &&
      row.state === 'live' &&
      wanted.some((place) => isAt(place, row))

    const kept = current.filter(keeps)
    const fresh = wanted
      .filter((place) => !kept.some((row) => isAt(place, row)))
      .map((place) => own.find((row) => isAt(place, row)) ?? rowOf(app, deployment, release, place))
    return { fresh, replaced: current.filter((row) => !keeps(row)) }
  }

  function rowOf(
    app: AppRecord,
    deployment: DeploymentRecord,
    release: ReleaseRecord,
    { process, ordinal }: Place,
  ): InstanceRecord {
    const generation = deployment.number
    const place = { appId: app.id, appName: app.name, process, generation, ordinal }
    return {
      name: instanceName({ installation: deps.installation, ...place }),
      teamId: app.teamId,
      appId: app.id,
      releaseId: release.id,
      deploymentId: deployment.id,
      process,
      ordinal,
      generation,
      node: deps.node,
      host: null,
      port: null,
      state: 'starting',
      limits: limitsOf(app, process, release),
      createdAt: deps.now().toISOString(),
    }
  }

  /** Starts the containers of these rows; a container that is there already is the one (K2). */
  async function startContainers(
    app: AppRecord,
    release: ReleaseRecord,
    rows: readonly InstanceRecord[],
  ): Promise<InstanceRecord[]> {
    const build = makeRelease.buildOf(release)
    const env = makeRelease.envOf(release)
    const groups = Map.groupBy(rows, (row) => `${row.process} ${row.generation}`)
    const started = await Promise.all(
      [...groups.values()].map(async (group) => {
        const [first] = group
        if (!first) return []
        const { process, generation } = first
        const { stopGraceMs, ...limits } = first.limits
        const mounts = volumes.mountsOf(app.id, process)
        const running = await agent.startInstances({
          appId: app.id,
          appName: app.name,
          releaseId: release.id,
          releaseNumber: release.number,
          process,
          generation,
          ordinals: group.map(({ ordinal }) => ordinal),
          imageId: build.imageId,
          command: ownOf(release.processes, process) ?? null,
          env,
          volumes: mounts,
          limits,
          isolation: isolationOf(app),
          stopGraceMs,
        })
        volumes.noteMade(mounts)
        return group.flatMap((row) => {
          const place = running.find(({ ordinal }) => ordinal === row.ordinal)
          return place ? [{ ...row, node: place.node, host: place.host }] : []
        })
      }),
    )
    return started.flat()
  }

  /** Resolves with the port that answers, or null for one that no route leads to. */
  function checkHealth(
    app: AppRecord,
    release: ReleaseRecord,
    row: InstanceRecord,
    signal: AbortSignal,
  ): Promise<number | null> {
    const port = Number(makeRelease.envOf(release)['PORT'] ?? DEFAULT_PORT)
    const expected = Number.isInteger(port) && port > 0 && port < 65_536 ? port : 3_000
    const { healthPath, healthTimeoutMs } = healthOf(app.settings, makeRelease.buildOf(release))
    const http = deps.isRouted(app.id, row.process)
      ? {
          port: expected,
          // The app's own check is of its web process; of another one any answer below 500 will do.
          path: row.process === 'web' ? healthPath : null,
          hostHeader: deps.hostOf(app),
        }
      : null
    const target = {
      name: row.name,
      host: row.host ?? '',
      http,
      ports: deps.listensAt(app.id, row.process),
      timeoutMs: healthTimeoutMs,
      memoryBytes: row.limits.memoryBytes,
    }
    return untilHealthy(target, signal)
  }

  async function lastLines(name: string): Promise<string[]> {
    const lines: string[] = []
    const input = { name, since: null, tail: SHOWN_LINES, follow: false }
    try {
      for await (const { text } of agent.readLogs(input, AbortSignal.timeout(2_000)))
        lines.push(text)
    } catch {
      // What came until then is shown.
    }
    return lines
  }

  return {
    plan,
    startContainers,
    untilHealthy: checkHealth,

    /** Row first, effect second. Gives the rows with the addresses that the instances got. */
    async start(
      app: AppRecord,
      release: ReleaseRecord,
      fresh: readonly InstanceRecord[],
    ): Promise<InstanceRecord[]> {
      transact(() => {
        for (const row of fresh) instances.saveForPlatform(row)
      })
      crashPoint('deploy.afterInstanceRows')
      if (fresh.length === 0) return []
      const started = await startContainers(app, release, fresh)
      crashPoint('deploy.afterStart')
      return started
    },

    /** Until every one is healthy; the first that is not ends it. Gives the rows with their ports. */
    async check(
      app: AppRecord,
      release: ReleaseRecord,
      fresh: readonly InstanceRecord[],
      log: DeploymentLog,
      signal: AbortSignal,
    ): Promise<InstanceRecord[]> {
      const failed = new AbortController()
      const either = AbortSignal.any([signal, failed.signal])
      return Promise.all(
        fresh.map(async (row) => {
          try {
            const found = await checkHealth(app, release, row, either)
            const where = found === null ? '' : ` on port ${found}`
            log.line(`${row.process}.${row.ordinal} is up${where}`)
            return { ...row, port: found }
          } catch (error) {
            failed.abort(error)
            if (error instanceof CodedError && error.code === 'INSTANCE_EXITED')
              await deps.noteExit(row, endingOf(error))
            throw error
          }
        }),
      )
    },

    /** From now on the engine restarts them by itself, whatever becomes of us. */
    async keep(fresh: readonly InstanceRecord[]): Promise<void> {
      if (fresh.length > 0) await agent.keepInstances(fresh.map(({ name }) => name))
    },

    /** The last lines of the instances whose fault it was, before they are removed (D2). */
    async showLogs(
      deployment: DeploymentRecord,
      error: unknown,
      log: DeploymentLog,
    ): Promise<void> {
      if (!(error instanceof CodedError) || !TELLING.includes(error.code)) return
      const rows = instances
        .listForAppForPlatform(deployment.appId)
        .filter((row) => row.deploymentId === deployment.id)
      for (const { name, process, ordinal } of rows.slice(0, MAX_SHOWN_INSTANCES)) {
        const lines = await lastLines(name)
        if (lines.length > 0) log.step(`Last lines of ${process}.${ordinal}`)
        for (const line of lines) log.line(line)
      }
    },

    /** Removes what a deployment that came to nothing has started: nothing of it is left running. */
    async undo(deployment: DeploymentRecord): Promise<void> {
      const rows = instances
        .listForAppForPlatform(deployment.appId)
        .filter((row) => row.deploymentId === deployment.id)
      if (rows.length === 0) return
      transact(() => {
        for (const row of rows) instances.saveForPlatform({ ...row, state: 'draining' })
      })
      const names = rows.map(({ name }) => name)
      await agent.stopInstances(names, UNDO_GRACE_MS)
      transact(() => {
        for (const name of names) instances.removeDrainedForPlatform(name)
      })
    },
  }
}
export type RollOut = ReturnType<typeof createRollOut>

interface Place {
  process: string
  ordinal: number
}

const isAt = (place: Place, row: InstanceRecord): boolean =>
  row.process === place.process && row.ordinal === place.ordinal

const placesOf = (scale: Record<string, number>): Place[] =>
  Object.entries(scale).flatMap(([process, count]) =>
    Array.from({ length: count }, (_, at) => ({ process, ordinal: at + 1 })),
  )

/** An app that the user has stopped stays so through a change of env or scale; a push or a start wakes it. */
export const isWanted = (app: AppRecord, { trigger }: DeploymentRecord): boolean =>
  app.wanted || (trigger !== 'env' && trigger !== 'scale')
