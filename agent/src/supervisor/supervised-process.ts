import type { PlatformProcess } from '@vastrox/shared/platform-status.ts'
import { killWhenSilent } from '#agent/supervisor/heart-watch.ts'
import type { ProcessEnd, RunningProcess } from '#agent/supervisor/launch.ts'
import type { ProcessSpec } from '#agent/supervisor/process-table.ts'

interface Deps {
  launch: (spec: ProcessSpec) => RunningProcess
  report: (line: string) => void
}

/** One line of the process table, kept running. */
export interface SupervisedProcess {
  spec: ProcessSpec
  start(): void
  /** Resolves when it is gone; SIGTERM first, the whole group after the time-out. */
  stop(): Promise<void>
  /**
   * A new run in place of the old one, in the order that the table says. Rejects when a successor
   * that was started first ends at once: then the predecessor was not touched. `envOnce` is for
   * this run alone.
   */
  replace(envOnce?: Record<string, string>): Promise<void>
  /** False when the current run ended before it was ready; one that says nothing in time is taken to run. */
  ready(timeoutMs: number): Promise<boolean>
  status(): PlatformProcess
}

/**
 * The first restart is immediate: a killed worker must accept again within 300 ms. The last pause is
 * how long a control plane that cannot come up stays away after what hindered it has gone.
 */
const PAUSES_MS = [0, 250, 1_000, 2_000, 5_000, 10_000]
/** A run of this length wipes out the memory of failed ones: it came up and did its work. */
const STEADY_MS = 3_000
/** A process that ends with this code refuses its state (a newer database, say): a restart changes nothing. */
const EX_CONFIG = 78
/** A process that says nothing counts as running after this. */
const READY_TIMEOUT_MS = 10_000

export function createSupervisedProcess(
  spec: ProcessSpec,
  { launch, report }: Deps,
): SupervisedProcess {
  let current: RunningProcess | undefined
  let state: PlatformProcess['state'] = 'stopped'
  let restarts = 0
  let failures = 0
  let lastExit: string | null = null
  let timer: NodeJS.Timeout | undefined
  /** Raised by everything that makes a planned start obsolete. */
  let turn = 0

  function begin(envOnce: Record<string, string> = {}): void {
    clearTimeout(timer)
    turn += 1
    try {
      const run = launch({ ...spec, env: { ...spec.env, ...envOnce } })
      current = watch(spec.beats ? killWhenSilent(run, { name: spec.name, report }) : run)
    } catch (error) {
      afterFailure({ exitCode: null, words: String(error) }, 0)
    }
  }

  function watch(run: RunningProcess): RunningProcess {
    state = 'starting'
    void Promise.race([run.ready, after(READY_TIMEOUT_MS)]).then((isUp) => {
      if (current === run && state === 'starting' && isUp !== false) state = 'running'
    })
    void run.ended.then((end) => {
      if (current !== run) return
      current = undefined
      afterFailure(end, Date.now() - run.startedAt.getTime())
    })
    return run
  }

  function afterFailure(end: ProcessEnd, ranMs: number): void {
    lastExit = end.words
    if (end.exitCode === EX_CONFIG) {
      state = 'refused'
      report(`${spec.name} refuses to run; its log says why`)
      return
    }
    failures = ranMs >= STEADY_MS ? 0 : failures
    const pauseMs = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0
    failures += 1
    state = 'waiting'
    report(`${spec.name} ended (${end.words}) after ${ranMs} ms; again in ${pauseMs} ms`)
    const planned = turn
    timer = setTimeout(() => {
      if (turn !== planned) return
      restarts += 1
      begin()
    }, pauseMs)
  }

  async function endRun(run: RunningProcess): Promise<void> {
    run.terminate()
    const late = setTimeout(() => {
      report(`${spec.name} did not stop in ${spec.stopTimeoutMs} ms; killed`)
      run.kill()
    }, spec.stopTimeoutMs)
    await run.ended
    clearTimeout(late)
  }

  async function stop(): Promise<void> {
    clearTimeout(timer)
    turn += 1
    const run = current
    current = undefined
    state = 'stopped'
    if (run) await endRun(run)
  }

  const ready = async (timeoutMs: number): Promise<boolean> => {
    const isUp = await Promise.race([current?.ready ?? false, after(timeoutMs)])
    return isUp !== false
  }

  return {
    spec,
    stop,
    ready,
    start() {
      if (current === undefined) begin()
    },
    async replace(envOnce) {
      failures = 0
      const before = current
      if (spec.replace === 'stop-first' || before === undefined) {
        await stop()
        begin(envOnce)
        await ready(READY_TIMEOUT_MS)
        return
      }
      begin(envOnce)
      if (await ready(READY_TIMEOUT_MS)) return endRun(before)
      clearTimeout(timer)
      turn += 1
      current = watch(before)
      state = 'running'
      throw new Error(`the new ${spec.name} ended at once; the one before goes on`)
    },
    status: () => ({
      name: spec.name,
      pid: current?.pid ?? null,
      since: current?.startedAt.toISOString() ?? null,
      restarts,
      state,
      lastExit,
    }),
  }
}

/** Keeps no process alive by itself. */
function after(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, ms).unref()
  return promise
}
