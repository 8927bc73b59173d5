import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadLogs, ReadLogsEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { createFrameDecoder } from '#agent/containers/log-frames.ts'
import { createGapFinder, printedAt } from '#agent/containers/log-gaps.ts'
import { createLogRate } from '#agent/containers/log-rate.ts'
import type { Notices } from '#agent/containers/notices.ts'
import { slowDown } from '#agent/containers/log-throttle.ts'
import { createKeptLines } from '#agent/containers/kept-lines.ts'
import { createLineLimit, type LineLimit } from '#agent/containers/line-limit.ts'
import {
  createLineMaker,
  type LogLine,
  toEngineTime,
  toNanos,
} from '#agent/containers/log-lines.ts'
import { readLoud } from '#agent/containers/loud-log.ts'
import { createRepeatFinder } from '#agent/containers/log-repeats.ts'
import { createSilenceWatch, StuckLog } from '#agent/containers/silent-log.ts'
import { ownerOf } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/** Asked for again before `since`, so that lines out of order get the times they had the first time. */
const OVERLAP_MS = 1_000
const LOOK_AGAIN_MS = 500

const Files = z.object({ LogPath: z.string() })
const State = z.object({ State: z.object({ Status: z.string() }) })
const Made = z.object({ Created: z.string() })

const SLOWED =
  'It prints without end: what it prints is taken at about half a megabyte a second, and it waits in its writes until it prints less.'

interface Deps {
  engine: Engine
  instance: string
  notices: Pick<Notices, 'tell'>
  /** Shared by all that are read. */
  lineLimit?: LineLimit
  /** After which a follower that may be stuck is looked after. */
  silenceMs?: number
}

type Input = z.output<typeof ReadLogs>

/** The lines after `since`. Following goes on across restarts, and ends when the instance is removed. */
export async function readLogs(
  { engine, instance, notices, lineLimit = createLineLimit(), silenceMs }: Deps,
  input: Input,
  { emit, signal }: StreamCall<ReadLogsEvent>,
): Promise<void> {
  const appId = await ownerOf(engine, instance, input.name)
  if (appId === undefined) throw new CodedError('INSTANCE_NOT_FOUND', { name: input.name })
  let since = input.since === null ? null : toNanos(input.since)
  let tail = input.tail
  const { follow, linesPerSecond: rate } = input
  const isAllowed = (): boolean => !follow || rate === null || lineLimit(appId, rate)
  const lines = createKeptLines(isAllowed, emit)
  const out = {
    add: (line: LogLine) => lines.add(line),
    flush: () => lines.flush(),
    take: takeSlowly({ engine, notices }, input.name, signal),
    signal,
  }
  let isLoudToo = follow
  try {
    for (;;) {
      const { last, next } = await readOnce(
        engine,
        { ...input, since, tail },
        { ...out, isLoudToo, silenceMs },
      )
      since = last
      if (next !== 'end') tail = null
      if (next === 'look-again') continue
      if (next === 'loud') {
        const read = await readLoud(await logPathOf(engine, input.name, signal), { ...out, since })
        // Not to be had, as with another engine's driver: then the engine alone is asked.
        if (read === undefined) isLoudToo = false
        else since = read
        continue
      }
      await lines.end()
      if (!follow || !(await runsAgain(engine, input.name, signal))) break
      if (since !== null) tail = null
    }
  } catch (error) {
    // It was removed between two looks at it: that is the end, and no failure.
    if (!follow || !isNotFound(error)) throw error
    await lines.end()
  } finally {
    lines.stop()
  }
  await emit({ type: 'done' })
}

const logPathOf = async (engine: Engine, name: string, signal: AbortSignal): Promise<string> =>
  (await engine.get(`/containers/${encodeURIComponent(name)}/json`, Files, { signal })).LogPath

/** Holds up the reading where it is more than the platform has for it, and then the program as well. */
function takeSlowly(
  { engine, notices }: Pick<Deps, 'engine' | 'notices'>,
  name: string,
  signal: AbortSignal,
): Out['take'] {
  const take = createLogRate()
  let slowing: Promise<void> | undefined
  const slowIt = async (): Promise<void> => {
    notices.tell({ type: 'instance', name, action: 'slowed', exitCode: null, reason: SLOWED })
    await slowDown(engine, name, signal)
    slowing = undefined
  }
  return async (bytes) => {
    if (await take(bytes, signal)) slowing ??= slowIt()
  }
}

interface Read {
  /** The time of the last line known. */
  last: string | null
  /**
   * It was left off there, because lines may have been passed over: what is read next tells. Or because the
   * program prints so much that it is read from the files themselves.
   */
  next: 'end' | 'look-again' | 'loud'
}

interface Out {
  add: (line: LogLine) => void
  /** Resolves when the reader has room for more. */
  flush: () => Promise<void>
  /** Resolves once what was read may be more. */
  take: (bytes: number) => Promise<void>
  signal: AbortSignal
  /** Whether a loud program is left to who reads the files. */
  isLoudToo: boolean
  silenceMs: number | undefined
}

/** How far a stretch has come. */
interface Progress {
  last: string | null
}

/** One stretch, to the end of what the engine gives, or to where it may have passed over something. */
async function readOnce(engine: Engine, input: Input, out: Out): Promise<Read> {
  const { name, since, tail, follow } = input
  const { signal, silenceMs } = out
  const reply = await engine.stream('GET', `/containers/${encodeURIComponent(name)}/logs`, {
    query: {
      stdout: true,
      stderr: true,
      timestamps: true,
      follow,
      tail: tail ?? 'all',
      since: since === null ? undefined : toEngineTime(overlapped(since)),
    },
    signal,
  })
  const progress: Progress = { last: since }
  if (!follow) return readReply({ engine, input, out, progress }, reply)
  const { through } = createSilenceWatch({
    logPath: () => logPathOf(engine, name, signal),
    onStuck: (error) => {
      // Of nothing it could not be said where to go on.
      if (progress.last !== null) reply.destroy(error)
    },
    ...(silenceMs === undefined ? {} : { silenceMs }),
  })
  try {
    return await readReply({ engine, input, out, progress }, through(reply))
  } catch (error) {
    if (!(error instanceof StuckLog)) throw error
    await out.flush()
    return { last: progress.last, next: 'look-again' }
  }
}

interface Reading {
  engine: Engine
  input: Input
  out: Out
  progress: Progress
}

/** Leaving it ends the reply. */
async function readReply(
  { engine, input: { name, since, tail, follow }, out, progress }: Reading,
  reply: AsyncIterable<Buffer>,
): Promise<Read> {
  const { add, flush, take, signal, isLoudToo } = out
  const decode = createFrameDecoder()
  const linesOf = createLineMaker()
  const isRepeat = createRepeatFinder()
  const { isGap, isBusy } = createGapFinder()
  let mayLack = since !== null && tail === null
  // Of what was had already nothing is concluded: it would be looked at again for ever.
  let isNews = since === null
  for await (const chunk of reply) {
    if (follow) await take(chunk.length)
    for (const frame of decode(chunk)) {
      if (isRepeat(frame)) continue
      isNews ||= since !== null && printedAt(frame.payload) > since
      if (isNews && follow && tail === null && isGap(frame.payload) && progress.last !== null) {
        await flush()
        return { last: progress.last, next: 'look-again' }
      }
      for (const line of linesOf(frame)) {
        const isKnown = since !== null && line.at <= since
        const lostAfter =
          mayLack && since !== null && !isKnown && (await isOlder(engine, name, since, signal))
            ? since
            : undefined
        mayLack = false
        if (isKnown) continue
        progress.last = line.at
        add(lostAfter === undefined ? line : { ...line, lostAfter })
      }
    }
    await flush()
    if (isBusy() && isLoudToo && progress.last !== null) {
      return { last: progress.last, next: 'loud' }
    }
  }
  return { last: progress.last, next: 'end' }
}

/**
 * The line that was read last comes once more, since it is asked for from before it on. Where it does not,
 * the engine has overwritten it, unless it was another container's.
 */
async function isOlder(
  engine: Engine,
  name: string,
  since: string,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `/containers/${encodeURIComponent(name)}/json`
  const { Created: madeAt } = await engine.get(path, Made, { signal })
  return toNanos(madeAt) <= since
}

const overlapped = (since: string): string => new Date(Date.parse(since) - OVERLAP_MS).toISOString()

/** Waits while it is stopped; false once it is gone. */
async function runsAgain(engine: Engine, name: string, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    try {
      const path = `/containers/${encodeURIComponent(name)}/json`
      const { State: state } = await engine.get(path, State, { signal })
      if (state.Status === 'running') return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
    await sleep(LOOK_AGAIN_MS, undefined, { signal })
  }
}
