import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { InstanceHint } from '#core/processes/instance-hints.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { CrashStore } from '#store/crash-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  agent: Pick<NodeAgent, 'readLogs' | 'listInstances'>
  crashes: CrashStore
  instances: InstanceStore
  releases: ReleaseStore
  redactorFor: (appId: string) => Redactor
  clock: Clock
  onChange: (row: InstanceRecord) => void
}

export interface Ending {
  /** undefined where the engine did not tell. */
  exitCode: number | undefined
  oomKilled: boolean
}

const LINES = 20
const MAX_LINE_LENGTH = 2_000
const KEPT_OF_APP = 50
const READ_TIMEOUT_MS = 2_000
/** A container that ends because its engine stops is no crash: the engine does not answer then. */
const LOOK_AGAIN_MS = 1_000
/** The engine says that memory ran out right before it says that the container died. */
const OOM_BEFORE_MS = 10_000

/** Keeps how instances end by themselves: exit code, memory, the last lines, beyond their containers. */
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
        lines.push((redactor.push(text) + redactor.end()).slice(0, MAX_LINE_LENGTH))
    } catch {
      // What came until then is kept.
    }
    return lines.slice(-LINES)
  }

  /** Writes it down; the lines are read from the container, which must be there still. */
  async function record(row: InstanceRecord, ending: Ending): Promise<void> {
    const at = clock.now()
    write(row, ending, await lastLines(row), at)
  }

  function write(
    row: InstanceRecord,
    { exitCode, oomKilled }: Ending,
    lines: readonly string[],
    at: Date,
  ): void {
    crashes.insertForPlatform(
      {
        teamId: row.teamId,
        appId: row.appId,
        instance: row.name,
        process: row.process,
        ordinal: row.ordinal,
        release: deps.releases.findForPlatform(row.releaseId)?.number ?? 0,
        exitCode: exitCode ?? null,
        oomKilled,
        memoryBytes: row.limits.memoryBytes,
        lines: [...lines],
        at: at.toISOString(),
      },
      KEPT_OF_APP,
    )
    deps.onChange(row)
  }

  async function recordUnlessEngineStops(row: InstanceRecord, ending: Ending): Promise<void> {
    const at = clock.now()
    // Read at once: the engine starts it again, and it prints other lines then.
    const lines = lastLines(row)
    await clock.sleep(LOOK_AGAIN_MS)
    await agent.listInstances()
    write(row, ending, await lines, at)
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
      if (hint.action === 'oom') oomAt.set(hint.name, clock.elapsedMs())
      if (hint.action !== 'die') return
      const oomKilled = wasOutOfMemory(hint.name)
      const row = instances.findForPlatform(hint.name)
      // Whoever is stopped by us has another state before.
      if (row?.state !== 'live') return
      heard.add(hint.name)
      recordUnlessEngineStops(row, { exitCode: hint.exitCode ?? undefined, oomKilled }).catch(
        () => {
          // The engine or the agent is away, or we are stopping: nobody knows whose fault it was.
        },
      )
    },

    /** True once for an end that a hint has told of. */
    hasHeardOf: (name: string): boolean => heard.delete(name),
  }
}
export type BlackBox = ReturnType<typeof createBlackBox>
