import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadLogs, ReadLogsEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { createFrameDecoder } from '#agent/containers/log-frames.ts'
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
import { ownerOf } from '#agent/containers/stop-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import type { StreamCall } from '#agent/server/bind.ts'

/** Asked for again before `since`, so that lines out of order get the times they had the first time. */
const OVERLAP_MS = 1_000
const LOOK_AGAIN_MS = 500

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
}

type Input = z.output<typeof ReadLogs>

/** The lines after `since`. Following goes on across restarts, and ends when the instance is removed. */
export async function readLogs(
  { engine, instance, notices, lineLimit = createLineLimit() }: Deps,
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
  try {
    for (;;) {
      since = await readOnce(
        { engine, notices },
        { ...input, since, tail },
        { emit: (line) => lines.add(line), signal },
      )
      await lines.end()
      if (!follow || !(await runsAgain(engine, input.name, signal))) break
      if (since !== null) tail = null
    }
  } finally {
    lines.stop()
  }
  await emit({ type: 'done' })
}

/** One stretch, to the end of what the engine gives. Returns the time of the last line known. */
async function readOnce(
  { engine, notices }: Omit<Deps, 'instance'>,
  { name, since, tail, follow }: Input,
  { emit, signal }: { emit: (line: LogLine) => Promise<void>; signal: AbortSignal },
): Promise<string | null> {
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
  const decode = createFrameDecoder()
  const linesOf = createLineMaker()
  const take = createLogRate()
  let last = since
  let slowing: Promise<void> | undefined
  const slowIt = async (): Promise<void> => {
    notices.tell({ type: 'instance', name, action: 'slowed', exitCode: null, reason: SLOWED })
    await slowDown(engine, name, signal)
    slowing = undefined
  }
  let mayLack = since !== null && tail === null
  for await (const chunk of reply) {
    if (follow && (await take(chunk.length, signal))) slowing ??= slowIt()
    for (const line of decode(chunk).flatMap(linesOf)) {
      const isKnown = since !== null && line.at <= since
      const lostAfter =
        mayLack && since !== null && !isKnown && (await isOlder(engine, name, since, signal))
          ? since
          : undefined
      mayLack = false
      if (isKnown) continue
      last = line.at
      await emit(lostAfter === undefined ? line : { ...line, lostAfter })
    }
  }
  return last
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
