import type { RunOnce } from '@vastrox/shared/agent-api.ts'
import { CodedError, type ErrorCode, sayError } from '@vastrox/shared/errors.ts'
import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { Run, RunKind, RunState } from '@vastrox/shared/run.ts'
import type { DeploymentLog, DeploymentLogs } from '#core/deployments/deployment-log.ts'
import { Interrupted } from '#core/deployments/interrupted.ts'
import { isolationOf, limitsOf } from '#core/processes/limits.ts'
import type { ReleaseMaker } from '#core/releases/release-maker.ts'
import type { AppVolumes } from '#core/volumes/app-volumes.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { SessionExit } from '#ports/session.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { ReleaseRecord } from '#store/release-store.ts'
import type { RunRecord, RunStore } from '#store/run-store.ts'

interface Deps {
  agent: Pick<NodeAgent, 'runOnce'>
  apps: AppStore
  runs: RunStore
  logs: DeploymentLogs
  makeRelease: ReleaseMaker
  volumes: AppVolumes
  redactorFor: (appId: string) => Redactor
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  /** A command or a job has ended with another code than 0; with the last lines that it printed. */
  noteFailed: (run: RunRecord, lines: readonly string[], memoryBytes: number) => void
  onProblem: (what: string, error: unknown) => void
}

/** What is to be run, for whom. */
export interface RunOrder {
  app: AppRecord
  release: ReleaseRecord
  kind: RunKind
  command: string
  actor: { id: string; name: string }
  timeoutMs: number
  memoryBytes?: number | undefined
  jobId?: string
  dueAt?: Date
  deploymentNumber?: number
}

interface Ending {
  state: RunState
  exitCode?: number
  oomKilled?: boolean
  reason?: string
}

interface UnderWay {
  record: RunRecord
  abort: AbortController
  done: Promise<unknown>
}

/** What fails where nobody looks; who works with one sees it, and a deployment tells its own. */
const BOXED: readonly RunKind[] = ['command', 'job']
const BOXED_LINES = 200
const KEPT_OF_APP = 100
const KEPT_OF_JOB = 50
const MAX_OF_APP = 10
const MAX_OF_ALL = 60
/** The agent or the engine went away under it: it is not the command's fault. */
const AWAY: readonly ErrorCode[] = [
  'AGENT_UNREACHABLE',
  'ENGINE_UNREACHABLE',
  'FENCED',
  'RUN_INTERRUPTED',
]

/** Why a run was ended before its end. */
export class RunEnded extends Error {
  readonly state: 'stopped' | 'interrupted'

  constructor(state: 'stopped' | 'interrupted', reason: string) {
    super(reason)
    this.name = 'RunEnded'
    this.state = state
  }
}

/**
 * Commands in containers of their own: their rows, their logs, and what becomes of them. Row first,
 * effect second, result third (rule K3): what is under way when the daemon dies is recorded by the
 * next one as interrupted, and its container goes with the connection.
 */
export function createRuns(deps: Deps) {
  const { agent, apps, runs, logs, makeRelease, volumes, clock, transact } = deps
  const underWay = new Map<string, UnderWay>()
  let stopping = false

  function tell({ teamId, appId, id, jobId }: RunRecord): void {
    const app = apps.findByIdForPlatform(appId)?.name ?? null
    deps.events.emit({ teamId, type: 'runs.changed', app, subject: id })
    if (jobId !== null) deps.events.emit({ teamId, type: 'jobs.changed', app, subject: jobId })
  }

  /** Without the values of the app's env, which people do type. */
  function shown(appId: string, text: string): string {
    const redactor = deps.redactorFor(appId)
    return redactor.push(text) + redactor.end()
  }

  function record(order: RunOrder, state: RunState, reason: string | null): RunRecord {
    const { app, actor } = order
    const at = clock.now().toISOString()
    const written = transact(() => {
      const row: RunRecord = {
        id: deps.newId(),
        teamId: app.teamId,
        appId: app.id,
        number: apps.takeRunNumberForPlatform(app.id),
        kind: order.kind,
        releaseNumber: order.release.number,
        jobId: order.jobId ?? null,
        deploymentNumber: order.deploymentNumber ?? null,
        command: shown(app.id, order.command),
        state,
        exitCode: null,
        oomKilled: false,
        reason,
        actor: actor.name,
        actorId: actor.id,
        dueAt: order.dueAt?.toISOString() ?? null,
        startedAt: at,
        endedAt: state === 'running' ? null : at,
      }
      runs.saveForPlatform(row)
      runs.pruneForPlatform(row, row.jobId === null ? KEPT_OF_APP : KEPT_OF_JOB)
      return row
    })
    tell(written)
    return written
  }

  function finish(id: string, ending: Ending): RunRecord | undefined {
    const before = runs.findForPlatform(id)
    if (before?.state !== 'running') return before
    const reason = ending.reason === undefined ? null : shown(before.appId, ending.reason)
    const ended: RunRecord = {
      ...before,
      state: ending.state,
      exitCode: ending.exitCode ?? null,
      oomKilled: ending.oomKilled ?? false,
      reason,
      endedAt: clock.now().toISOString(),
    }
    transact(() => runs.saveForPlatform(ended))
    tell(ended)
    return ended
  }

  /** The limits and the rest of what the agent is told. */
  function specOf(order: RunOrder, { number }: RunRecord): RunOnce {
    const { app, release } = order
    const { memoryBytes, cpuMillis } = limitsOf(app, 'web', release)
    return {
      appId: app.id,
      appName: app.name,
      releaseId: release.id,
      releaseNumber: release.number,
      process: order.kind === 'command' || order.kind === 'console' ? 'run' : order.kind,
      generation: number,
      imageId: makeRelease.buildOf(release).imageId,
      command: order.command,
      env: makeRelease.envOf(release),
      limits: { memoryBytes: order.memoryBytes ?? memoryBytes, cpuMillis },
      isolation: isolationOf(app),
      volumes:
        order.kind === 'release' ? volumes.mountsOfRelease(app.id) : volumes.sharedMounts(app.id),
      timeoutMs: order.timeoutMs,
    }
  }

  function mustHaveRoom(appId: string): void {
    if (stopping) throw new CodedError('RUN_INTERRUPTED')
    const all = [...underWay.values()]
    const ofApp = all.filter(({ record }) => record.appId === appId)
    if (ofApp.length >= MAX_OF_APP || all.length >= MAX_OF_ALL)
      throw new CodedError('RUNS_TOO_MANY', { most: MAX_OF_APP })
  }

  /** Keeps a run under way known until `work` has settled, so that it can be stopped. */
  function watch<T>(row: RunRecord, abort: AbortController, work: Promise<T>): Promise<T> {
    const done = work.finally(() => underWay.delete(row.id))
    // Whoever started it looks at the outcome; here it only counts that it is over.
    underWay.set(row.id, { record: row, abort, done: done.catch(() => undefined) })
    return done
  }

  async function toItsEnd(
    order: RunOrder,
    row: RunRecord,
    log: DeploymentLog,
    signal: AbortSignal,
    onOutput: (text: string) => void,
  ): Promise<RunRecord> {
    let ending: Ending
    try {
      signal.throwIfAborted()
      const spec = specOf(order, row)
      const done = await agent.runOnce(
        spec,
        ({ text }) => {
          log.output(text)
          onOutput(text)
        },
        signal,
      )
      volumes.noteMade(spec.volumes ?? [])
      ending = endingOf(done, spec.limits.memoryBytes)
    } catch (error) {
      ending = endingOfFailure(error, signal)
      if (ending.state === 'failed' && !(error instanceof CodedError))
        deps.onProblem(`run ${row.number} of ${order.app.name} broke off`, error)
    }
    const ended = finish(row.id, ending) ?? row
    if (ended.state === 'failed' && ended.exitCode !== null && BOXED.includes(order.kind))
      deps.noteFailed(ended, log.tail(BOXED_LINES), specOf(order, row).limits.memoryBytes)
    log.done(sayEnding(ended))
    log.flush()
    return ended
  }

  function begin(
    order: RunOrder,
    row: RunRecord,
    signal: AbortSignal | undefined,
    onOutput: (text: string) => void,
    after: Promise<unknown> = Promise.resolve(),
  ): Promise<RunRecord> {
    const abort = new AbortController()
    const either = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal
    const log = logs.open({ id: row.id, appId: order.app.id })
    const run = () => toItsEnd(order, row, log, either, onOutput)
    return watch(row, abort, after.then(run, run))
  }

  return {
    mustHaveRoom,
    specOf,
    /** The row of one that is worked with; `finish` must follow. */
    record: (order: RunOrder): RunRecord => record(order, 'running', null),
    watch,
    finish,
    /** It has begun with what it was given. */
    noteBegun: ({ volumes: mounts = [] }: RunOnce): void => volumes.noteMade(mounts),

    /** A row for one that never ran: skipped or missed. */
    note: (order: RunOrder, state: 'skipped' | 'missed', reason: string): RunRecord =>
      record(order, state, reason),

    /**
     * Runs it to its end, with its output in its log. Throws RUNS_TOO_MANY; afterwards nothing is
     * thrown: how it went is in the row that `done` gives.
     */
    execute(
      order: RunOrder,
      {
        signal,
        onOutput = () => {},
      }: { signal?: AbortSignal; onOutput?: (text: string) => void } = {},
    ): { run: RunRecord; done: Promise<RunRecord> } {
      if (order.kind !== 'release') mustHaveRoom(order.app.id)
      const run = record(order, 'running', null)
      return { run, done: begin(order, run, signal, onOutput) }
    },

    /** For a row that `record` gave: runs it once `after` is over. Never rejects. */
    begin: (
      order: RunOrder,
      row: RunRecord,
      { after }: { after: Promise<unknown> },
    ): Promise<RunRecord> => begin(order, row, undefined, () => {}, after),

    isUnderWay: (id: string): boolean => underWay.has(id),
    underWayOfJob: (jobId: string): RunRecord[] =>
      [...underWay.values()].map(({ record }) => record).filter((row) => row.jobId === jobId),

    /** Resolves when it is over, its container gone. False where it is not under way. */
    async stop(id: string, reason: string): Promise<boolean> {
      const found = underWay.get(id)
      if (!found) return false
      found.abort.abort(new RunEnded('stopped', reason))
      await found.done
      return true
    },

    async stopAllOf(appId: string, kinds: readonly RunKind[], reason: string): Promise<void> {
      const ofApp = [...underWay.values()].filter(
        ({ record }) => record.appId === appId && kinds.includes(record.kind),
      )
      for (const { abort } of ofApp) abort.abort(new RunEnded('stopped', reason))
      await Promise.all(ofApp.map(({ done }) => done))
    },

    /** At the daemon's end: what is under way is ended cleanly and says so. */
    async interruptAll(): Promise<void> {
      stopping = true
      for (const { abort } of underWay.values())
        abort.abort(new RunEnded('interrupted', 'Vastrox was restarted'))
      await Promise.all([...underWay.values()].map(({ done }) => done))
    },

    /** At the daemon's start: what the one before did not bring to its end. */
    recordInterrupted(): void {
      for (const row of runs.listInStateForPlatform('running')) {
        const ended = finish(row.id, {
          state: 'interrupted',
          reason: 'Vastrox was restarted while it ran',
        })
        if (ended && row.kind !== 'console' && row.kind !== 'exec')
          logs.open({ id: row.id, appId: row.appId }).done(sayEnding(ended))
      }
    },
  }
}
export type Runs = ReturnType<typeof createRuns>

/** How a command's exit counts. */
export function endingOf({ exitCode, oomKilled }: SessionExit, memoryBytes?: number): Ending {
  if (exitCode === 0) return { state: 'succeeded', exitCode, oomKilled }
  const limit = memoryBytes === undefined ? '' : ` (limit ${Math.round(memoryBytes / 2 ** 20)} MB)`
  return {
    state: 'failed',
    exitCode,
    oomKilled,
    ...(oomKilled ? { reason: `ran out of memory${limit}` } : {}),
  }
}

/** How it counts that there was no exit to speak of. */
export function endingOfFailure(error: unknown, signal: AbortSignal): Ending {
  if (signal.aborted) {
    const why: unknown = signal.reason
    if (why instanceof RunEnded) return { state: why.state, reason: why.message }
    if (why instanceof Interrupted)
      return why.kind === 'stopping'
        ? { state: 'interrupted', reason: 'Vastrox was restarted' }
        : { state: 'stopped', reason: 'the deployment was cancelled' }
    return { state: 'stopped', reason: 'whoever asked for it has gone' }
  }
  if (!(error instanceof CodedError)) return { state: 'failed', reason: sayError(error) }
  if (error.code === 'RUN_TIMED_OUT' || error.code === 'RUN_IDLE')
    return { state: 'timed-out', reason: sayError(error) }
  return { state: AWAY.includes(error.code) ? 'interrupted' : 'failed', reason: sayError(error) }
}

const WORDS: Record<RunState, string> = {
  running: 'runs',
  succeeded: 'Done',
  failed: 'Failed',
  'timed-out': 'Timed out',
  stopped: 'Stopped',
  interrupted: 'Interrupted',
  skipped: 'Skipped',
  missed: 'Missed',
}

/** "Failed: exited with code 3 after 1.2 s". */
export function sayEnding({
  state,
  exitCode,
  reason,
  startedAt,
  endedAt,
}: Pick<RunRecord, 'state' | 'exitCode' | 'reason' | 'startedAt' | 'endedAt'>): string {
  const seconds = endedAt === null ? 0 : (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000
  const why = reason ?? (exitCode === null || exitCode === 0 ? '' : `exited with code ${exitCode}`)
  return `${WORDS[state]}${why === '' ? '' : `: ${why}`} after ${seconds.toFixed(1)} s`
}

export const showRun = (run: RunRecord): Run => ({
  id: run.id,
  number: run.number,
  kind: run.kind,
  state: run.state,
  command: run.command,
  release: run.releaseNumber,
  jobId: run.jobId,
  deployment: run.deploymentNumber,
  exitCode: run.exitCode,
  oomKilled: run.oomKilled,
  reason: run.reason,
  actor: run.actor,
  dueAt: run.dueAt,
  startedAt: run.startedAt,
  endedAt: run.endedAt,
})
