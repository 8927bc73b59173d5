import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { ChangesBefore } from '#core/crashes/changes-before.ts'
import type { CutOff } from '#core/crashes/cut-off.ts'
import { curveBefore, type ReadMetrics } from '#core/crashes/curve-before.ts'
import type { Ending } from '#core/crashes/ending.ts'
import { explainCrash, signalOf } from '#core/crashes/explain-crash.ts'
import type { LastWell } from '#core/crashes/last-well.ts'
import type { InstanceHint } from '#core/processes/instance-hints.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { AppStore } from '#store/app-store.ts'
import type { CrashStore } from '#store/crash-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'
import type { RunRecord } from '#store/run-store.ts'

interface Deps {
  agent: Pick<NodeAgent, 'readLogs' | 'listInstances'>
  apps: Pick<AppStore, 'findByIdForPlatform'>
  crashes: CrashStore
  instances: Pick<InstanceStore, 'findForPlatform'>
  releases: Pick<ReleaseStore, 'findForPlatform'>
  lastWell: LastWell
  changesBefore: ChangesBefore
  cutOff: CutOff
  readMetrics: ReadMetrics
  /** Whether visitors get to instances of this process. */
  isRouted: (appId: string, process: string) => boolean
  redactorFor: (appId: string) => Redactor
  events: Pick<EventStream, 'emit'>
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

const LINES = 200
const MAX_LINE_LENGTH = 2_000
/** Of all lines of a crash; the last ones stay. */
const MAX_BYTES = 64 * 2 ** 10
const KEPT_OF_APP = 50
const KEPT_RUNS_OF_APP = 20
const READ_TIMEOUT_MS = 2_000
/** A container that ends because its engine stops is no crash: the engine does not answer then. */
const LOOK_AGAIN_MS = 1_000
/** The engine says that memory ran out right before it says that the container died. */
const OOM_BEFORE_MS = 10_000
/** What somebody did before it was last well may tell only now. */
const CHANGES_BEFORE_MS = 3_600_000

/** Keeps how instances end by themselves, with all that is known of it, beyond their containers. */
export function createBlackBox(deps: Deps) {
  const { agent, crashes, instances, clock } = deps
  const oomAt = new Map<string, number>()
  /** Ends that were heard of since the last round of the reconciler. */
  const heard = new Set<string>()

  async function lastLines({ name, appId }: InstanceRecord): Promise<string[]> {
    const lines: string[] = []
    const redactor = deps.redactorFor(appId)
    const input = { name, since: null, tail: LINES, follow: false }
    try {
      for await (const { text } of agent.readLogs(input, AbortSignal.timeout(READ_TIMEOUT_MS)))
        lines.push(redactor.push(text) + redactor.end())
    } catch {
      // What came until then is kept.
    }
    return bounded(lines)
  }

  /** Writes it down; the lines are read from the container, which must be there still. */
  async function record(row: InstanceRecord, ending: Ending): Promise<void> {
    const at = clock.now()
    const healthyAt = deps.lastWell.of(row, at)
    write(row, ending, { lines: await lastLines(row), at, healthyAt })
  }

  function write(
    row: InstanceRecord,
    { exitCode = null, oomKilled }: { exitCode?: number | undefined | null; oomKilled: boolean },
    { lines, at, healthyAt }: { lines: readonly string[]; at: Date; healthyAt: string | null },
  ): void {
    const app = deps.apps.findByIdForPlatform(row.appId)
    if (!app) return
    const signal = signalOf(exitCode)
    const { process, ordinal, limits } = row
    let number = 0
    const underWay = deps.cutOff.take(row.name, (more) => {
      crashes.addInFlightForPlatform(row.appId, number, more)
      changed(row, number)
    })
    const crash = {
      teamId: row.teamId,
      appId: row.appId,
      instance: row.name,
      process,
      ordinal,
      release: deps.releases.findForPlatform(row.releaseId)?.number ?? 0,
      exitCode,
      signal,
      oomKilled,
      explanation: explainCrash({
        process,
        exitCode,
        signal,
        oomKilled,
        memoryBytes: limits.memoryBytes,
        lines,
      }),
      memoryBytes: limits.memoryBytes,
      requestsInFlight: deps.isRouted(row.appId, process) ? underWay : null,
      healthyAt,
      lines: [...lines],
      curve: quietly('its curve', { times: [], memory: [], cpu: [] }, () =>
        curveBefore(deps.readMetrics, row, at),
      ),
      changes: quietly('what changed', [], () => {
        const since =
          (healthyAt === null ? at.getTime() : Date.parse(healthyAt)) - CHANGES_BEFORE_MS
        return deps.changesBefore(app, new Date(since), at)
      }),
      run: null,
      at: at.toISOString(),
    }
    number = crashes.insertForPlatform(crash, KEPT_OF_APP)
    changed(row, number)
  }

  /** What is nice to know keeps nobody from knowing the rest. */
  function quietly<T>(what: string, otherwise: T, work: () => T): T {
    try {
      return work()
    } catch (error) {
      deps.onProblem(`of a crash ${what} is not known`, error)
      return otherwise
    }
  }

  function changed({ teamId, appId }: { teamId: string; appId: string }, number: number): void {
    const app = deps.apps.findByIdForPlatform(appId)?.name ?? null
    deps.events.emit({ teamId, type: 'crashes.changed', app, subject: String(number) })
    deps.events.emit({ teamId, type: 'instances.changed', app, subject: null })
    deps.events.emit({ teamId, type: 'app.changed', app, subject: null })
  }

  async function recordUnlessEngineStops(row: InstanceRecord, ending: Ending): Promise<void> {
    const at = clock.now()
    // At once: the engine starts it again, and it prints other lines then.
    const healthyAt = deps.lastWell.of(row, at)
    const lines = lastLines(row)
    await clock.sleep(LOOK_AGAIN_MS)
    await agent.listInstances()
    write(row, ending, { lines: await lines, at, healthyAt })
  }

  function wasOutOfMemory(name: string): boolean {
    const at = oomAt.get(name)
    oomAt.delete(name)
    return at !== undefined && clock.elapsedMs() - at < OOM_BEFORE_MS
  }

  return {
    record,

    /** Give it every hint. */
    hear(hint: InstanceHint): void {
      if (hint.type !== 'instance') return
      if (hint.action === 'start') deps.lastWell.noteStart(hint.name)
      if (hint.action === 'oom') oomAt.set(hint.name, clock.elapsedMs())
      if (hint.action !== 'die') return
      const oomKilled = wasOutOfMemory(hint.name)
      const row = instances.findForPlatform(hint.name)
      // Whoever is stopped by us has another state before.
      if (row?.state !== 'live') return
      heard.add(hint.name)
      deps.cutOff.noteEnd(hint.name)
      recordUnlessEngineStops(row, { exitCode: hint.exitCode ?? undefined, oomKilled }).catch(
        () => {
          // The engine or the agent is away, or we are stopping: nobody knows whose fault it was.
        },
      )
    },

    /** True once for an end that a hint has told of. */
    hasHeardOf: (name: string): boolean => heard.delete(name),

    /** A command that was run once, or of a scheduled job, has failed: the same box, as far as it goes. */
    recordRun(run: RunRecord, printed: readonly string[], memoryBytes: number): void {
      const app = deps.apps.findByIdForPlatform(run.appId)
      if (!app) return
      const at = clock.now()
      const process = run.kind === 'job' ? 'job' : 'run'
      const lines = bounded(printed)
      const signal = signalOf(run.exitCode)
      const { exitCode, oomKilled } = run
      const number = crashes.insertForPlatform(
        {
          teamId: run.teamId,
          appId: run.appId,
          instance: `${process}-${run.number}`,
          process,
          ordinal: run.number,
          release: run.releaseNumber ?? 0,
          exitCode,
          signal,
          oomKilled,
          explanation: explainCrash({ process, exitCode, signal, oomKilled, memoryBytes, lines }),
          memoryBytes,
          requestsInFlight: null,
          healthyAt: null,
          lines,
          curve: { times: [], memory: [], cpu: [] },
          changes: quietly('what changed', [], () =>
            deps.changesBefore(app, new Date(at.getTime() - CHANGES_BEFORE_MS), at),
          ),
          run: run.number,
          at: at.toISOString(),
        },
        KEPT_RUNS_OF_APP,
      )
      changed(run, number)
    },
  }
}
export type BlackBox = ReturnType<typeof createBlackBox>

/** The last lines, none too long, and not too much together. */
function bounded(lines: readonly string[]): string[] {
  const kept: string[] = []
  let bytes = 0
  for (const line of lines.slice(-LINES).toReversed()) {
    const cut = line.slice(0, MAX_LINE_LENGTH)
    bytes += Buffer.byteLength(cut)
    if (bytes > MAX_BYTES) break
    kept.push(cut)
  }
  return kept.toReversed()
}
