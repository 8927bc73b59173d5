import { setTimeout as sleep } from 'node:timers/promises'
import { createLogFiles } from '#agent/containers/log-files.ts'
import { createLineCutter, type LogLine, toNanos } from '#agent/containers/log-lines.ts'

const LOOK_MS = 50
/** A loud program that prints nothing for so long is followed through the engine again. */
const QUIET_MS = 5_000
/** As the engine is asked: lines out of order get the times that they had the first time. */
const OVERLAP_MS = 1_000
const NEWLINE = 10

interface Reading {
  /** Time of the line that was had last; null for none. */
  since: string | null
  signal: AbortSignal
  add: (line: LogLine) => void
  /** Resolves when the reader has room for more. */
  flush: () => Promise<void>
  /** Of what is read, so that it is held up where it is more than the platform has for it. */
  take?: (bytes: number) => Promise<void>
  quietMs?: number
}

/**
 * The lines of a program that prints thousands a second, from the engine's own files: there a file that is begun anew
 * is seen, and held open until it has been read. The engine's follower is led past lines then, gives some twice, or
 * waits for ever for a file that is written to no more. Resolves with the time of the last line once nothing has
 * come for a while; with undefined where the files are not to be had.
 */
export async function readLoud(
  path: string,
  { since, signal, add, flush, take = async () => {}, quietMs = QUIET_MS }: Reading,
): Promise<string | null | undefined> {
  await using files = await createLogFiles(path)
  if (!files) return undefined
  const cut = createLineCutter()
  const feedFrom =
    since === null ? '' : toNanos(new Date(Date.parse(since) - OVERLAP_MS).toISOString())
  let last = since
  let mayLack = since !== null
  let rest: Buffer = Buffer.alloc(0)
  let cameAt = performance.now()

  function takeLine(bytes: Buffer): void {
    const entry = entryOf(bytes)
    if (!entry) return
    if (entry.at <= feedFrom) {
      mayLack = false
      return
    }
    for (const line of cut(entry)) {
      const isKnown = since !== null && line.at <= since
      const lostAfter = mayLack && !isKnown && last !== null ? last : undefined
      mayLack = false
      if (isKnown) continue
      last = line.at
      add(lostAfter === undefined ? line : { ...line, lostAfter })
    }
  }

  while (!signal.aborted) {
    const { bytes, isNewFile, hasHole } = await files.read()
    if (isNewFile) rest = Buffer.alloc(0)
    if (hasHole) mayLack = true
    if (bytes.length === 0) {
      if (performance.now() - cameAt > quietMs) break
      if (!isNewFile) await sleep(LOOK_MS, undefined, { signal })
      continue
    }
    cameAt = performance.now()
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    let from = 0
    for (let at = all.indexOf(NEWLINE); at !== -1; at = all.indexOf(NEWLINE, from)) {
      takeLine(all.subarray(from, at))
      from = at + 1
    }
    rest = Buffer.from(all.subarray(from))
    await flush()
    await take(bytes.length)
  }
  return last
}

/** `{"log":"…\n","stream":"stdout","time":"…"}`, as the engine writes it. */
function entryOf(
  bytes: Buffer,
): { stream: LogLine['stream']; at: string; body: string } | undefined {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch {
    // Half a line, where the engine was killed while it wrote.
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('log' in value) || !('time' in value))
    return undefined
  if (typeof value.log !== 'string' || typeof value.time !== 'string') return undefined
  const stream = 'stream' in value && value.stream === 'stderr' ? 'stderr' : 'stdout'
  return { stream, at: paddedTime(value.time), body: value.log.replace(/\r?\n$/, '') }
}

/** The engine leaves noughts at the end out. */
const paddedTime = (time: string): string =>
  time.length === 30 ? time : `${time.slice(0, 19)}.${time.slice(20, -1).padEnd(9, '0')}Z`
