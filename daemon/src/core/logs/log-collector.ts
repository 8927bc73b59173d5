import type { ObservedInstance, ReadLogsEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import type { InstanceHint, InstanceHints } from '#core/processes/instance-hints.ts'
import { endedBy } from '#lib/ended-by.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

interface Deps {
  agent: Pick<NodeAgent, 'listInstances' | 'readLogs'>
  hints: Pick<InstanceHints, 'on'>
  logs: AppLogs
  redactorFor: (appId: string) => Redactor
  /** How fast an app may print; read when a reading begins. */
  linesPerSecondOf?: (appId: string) => number
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

type Line = Extract<ReadLogsEvent, { type: 'line' }>

/** Hints may be missed: everything is looked at again this often (rule K6). */
const LOOK_AGAIN_MS = 30_000
const REDIAL_MS = 1_000
const SAY_DROPPED_MS = 1_000
/** The agent cuts lines at 16 KiB; a piece of about that length goes on in the next one. */
const CUT_BYTES = 16_380

/** One instance that is read, from the line behind the last that was kept. */
interface Reader {
  instance: ObservedInstance
  source: string
  lastAt: string | null
  redactors: Record<Line['stream'], Redactor>
  /** Somebody is about to stop it: how it ends is no news. */
  isEnding: boolean
  stop: AbortController
  /** Ends one reading, so that the next begins with other settings. */
  again: AbortController
  /** Dropped, and not said yet. */
  dropped: number
}

/**
 * Reads the logs of all instances into the logs of their apps. Times of lines are unique and rise
 * within an instance, so what is behind the last kept time is exactly what is missing: after a crash
 * of the daemon, an engine restart or a broken connection nothing is lost or repeated.
 */
export function createLogCollector(deps: Deps) {
  const { agent, logs, clock } = deps
  const readers = new Map<string, Reader>()
  const stopping = new AbortController()
  let looking: Promise<void> | undefined
  let lookAgain = false
  let running: Promise<void> | undefined

  async function readerOf(instance: ObservedInstance): Promise<Reader> {
    const times = await logs.lastTimes(instance.appId)
    const known = readers.get(instance.name)
    if (known) return known
    const reader: Reader = {
      instance,
      source: `${instance.process}.${instance.ordinal}`,
      lastAt: times.get(instance.name) ?? null,
      redactors: {
        stdout: deps.redactorFor(instance.appId),
        stderr: deps.redactorFor(instance.appId),
      },
      isEnding: false,
      stop: new AbortController(),
      again: new AbortController(),
      dropped: 0,
    }
    readers.set(instance.name, reader)
    void follow(reader)
    return reader
  }

  /** Until the instance has been removed. */
  async function follow(reader: Reader): Promise<void> {
    const signal = AbortSignal.any([reader.stop.signal, stopping.signal])
    while (!signal.aborted) {
      const { again } = reader
      try {
        await read(reader, true, AbortSignal.any([signal, again.signal]))
        if (!again.signal.aborted) break
      } catch (error) {
        if (again.signal.aborted) continue
        if (error instanceof CodedError && error.code === 'INSTANCE_NOT_FOUND') break
        // The agent or the engine is away: whoever needs them reports it, here is nothing lost.
        await clock.sleep(REDIAL_MS, signal).catch(() => undefined)
      }
    }
    readers.delete(reader.instance.name)
  }

  async function read(reader: Reader, follow: boolean, signal: AbortSignal): Promise<void> {
    const { name } = reader.instance
    const linesPerSecond = follow ? deps.linesPerSecondOf?.(reader.instance.appId) : undefined
    const lines = agent.readLogs(
      {
        name,
        since: reader.lastAt,
        tail: null,
        follow,
        ...(linesPerSecond === undefined ? {} : { linesPerSecond }),
      },
      signal,
    )
    for await (const line of lines) await take(reader, line)
  }

  /** A line that another reading of the same instance took already is left. */
  async function take(
    reader: Reader,
    { at, stream, text, dropped = 0, lostAfter }: Line,
  ): Promise<void> {
    if (reader.lastAt !== null && at <= reader.lastAt) return
    // Another reading may have been in time for what this one came too late for.
    if (lostAfter !== undefined && reader.lastAt !== null && lostAfter >= reader.lastAt)
      logs.lose(
        reader.instance.appId,
        reader.source,
        [lostAfter, at],
        reader.instance.releaseNumber,
      )
    if (dropped > 0) sayDropped(reader, dropped)
    reader.lastAt = at
    const { appId, releaseNumber, name } = reader.instance
    const redactor = reader.redactors[stream]
    const goesOn = text.length >= CUT_BYTES / 4 && Buffer.byteLength(text) >= CUT_BYTES
    const shown = redactor.push(text) + (goesOn ? '' : redactor.end())
    const line = { at, source: reader.source, release: releaseNumber, stream, text: shown }
    await logs.add(appId, { line, instance: name })
  }

  /** Once a second at most, and never not at all. */
  function sayDropped(reader: Reader, count: number): void {
    reader.dropped += count
    if (reader.dropped > count) return
    const say = (): void => {
      logs.drop(reader.instance.appId, reader.source, reader.dropped, reader.instance.releaseNumber)
      reader.dropped = 0
    }
    clock.sleep(SAY_DROPPED_MS, stopping.signal).then(say, say)
  }

  async function look(): Promise<void> {
    for (const instance of await agent.listInstances()) await readerOf(instance)
  }

  /** One look at a time; hints that come meanwhile ask for one more. */
  function lookSoon(): Promise<void> {
    lookAgain = true
    looking ??= (async () => {
      while (lookAgain && !stopping.signal.aborted) {
        lookAgain = false
        try {
          await look()
        } catch (error) {
          if (!(error instanceof CodedError)) deps.onProblem('logs could not be looked for', error)
        }
      }
      looking = undefined
    })()
    return looking
  }

  function onHint(hint: InstanceHint): void {
    if (hint.type === 'engine-restarted' || !readers.has(hint.name)) {
      void lookSoon()
      return
    }
    const reader = readers.get(hint.name)
    if (!reader || reader.isEnding) return
    const { appId, releaseNumber } = reader.instance
    if (hint.action === 'oom')
      logs.say(appId, `${reader.source} needed more memory than it may have`, releaseNumber)
    if (hint.action === 'overwrote')
      logs.say(
        appId,
        `${reader.source} has written several gigabytes into its own files and is started anew without them: keep data in a volume (vastrox volumes:create)`,
        releaseNumber,
      )
    if (hint.reason !== undefined)
      logs.say(appId, `${reader.source}: ${hint.reason}`, releaseNumber)
    if (hint.action === 'die')
      logs.say(
        appId,
        `${reader.source} exited with code ${hint.exitCode ?? 'unknown'}`,
        releaseNumber,
      )
  }

  return {
    start(): void {
      const stopHints = deps.hints.on(onHint)
      stopping.signal.addEventListener('abort', stopHints, { once: true })
      running ??= (async () => {
        while (!stopping.signal.aborted) {
          await lookSoon()
          await clock.sleep(LOOK_AGAIN_MS, stopping.signal).catch(() => undefined)
        }
      })()
    },

    /** Ends reading and writes what has been read. */
    async stop(): Promise<void> {
      stopping.abort()
      await running
      await logs.flush()
    },

    /** What an app may print has changed: its instances are read on with that. */
    readAgain(appId: string): void {
      for (const reader of readers.values()) {
        if (reader.instance.appId !== appId) continue
        const { again } = reader
        reader.again = new AbortController()
        again.abort()
      }
    },

    /** Those that were stopped start again: how they end is news once more. */
    goOn(names: readonly string[]): void {
      for (const name of names) {
        const reader = readers.get(name)
        if (reader) reader.isEnding = false
      }
    },

    /**
     * To be awaited before instances are stopped: reads what they have logged so far to its end, also
     * of one that has exited already. What they log while they stop is read too, as it comes. Never
     * rejects, and never takes longer than `timeoutMs`: logs do not hold up a deployment.
     */
    async settle(names: readonly string[], timeoutMs: number): Promise<void> {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), stopping.signal])
      const missing = names.some((name) => !readers.has(name))
      if (missing) await endedBy(lookSoon(), signal)
      await Promise.all(
        names.map(async (name) => {
          const reader = readers.get(name)
          if (!reader) return
          reader.isEnding = true
          // Read once more beside the reading that follows: it alone says where the end is.
          await endedBy(read(reader, false, signal), signal)
        }),
      )
    },
  }
}
export type LogCollector = ReturnType<typeof createLogCollector>
