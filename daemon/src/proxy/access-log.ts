import { appendFile, mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UPTIME_AGENT } from '#ports/uptime-agent.ts'
import { CLIENT_GONE } from './edge-meter.ts'
import { createLineBuffer, type LineBuffer } from './line-buffer.ts'
import { createLogShare } from './log-share.ts'
import { maskQuery } from './mask-query.ts'
import type { Visit } from './visit.ts'

/** What a line is made of. */
export interface LoggedVisit
  extends Pick<Visit, 'app' | 'route' | 'instance' | 'bytesIn' | 'bytesOut'> {
  head: Pick<Visit['head'], 'method' | 'host' | 'path' | 'target' | 'headers'>
  visitor: Pick<Visit['visitor'], 'address' | 'requestId'>
  res: Pick<Visit['res'], 'headersSent' | 'statusCode' | 'writableFinished'>
}

interface Options {
  /** A directory for each app is made in it. Undefined: nothing is written. */
  directory: string | undefined
  /** Several workers append to the same files; one of them removes old ones. */
  removesOld: boolean
  limits?: Partial<AccessLogLimits>
  onProblem: (line: string) => void
}

export interface AccessLogLimits {
  /** A file that is larger is followed by another of the same hour. */
  fileBytes: number
  appBytes: number
  totalBytes: number
  /** What waits for the disk, of all apps; lines beyond are dropped and counted. */
  waitingBytes: number
}

const LIMITS: AccessLogLimits = {
  fileBytes: 8 * 2 ** 20,
  appBytes: 64 * 2 ** 20,
  totalBytes: 2 ** 30,
  waitingBytes: 4 * 2 ** 20,
}
/** So much is written at once, whatever the second: a heap of it would hold up whom it shares the processor with. */
const HEAP_BYTES = 262_144
const DAY_MS = 86_400_000
const DEFAULT_DAYS = 7
const REMOVE_EVERY_MS = 60_000
/** Of what belongs to no app: unknown hosts, scanners. */
const NO_APP = '_none'

/**
 * A line of JSON for each request, in a file for each app and hour, written in batches and never
 * waited for. What may be a secret in an address is masked. Of a crowd, and where an app wants it so,
 * a share of what went well is written only; failures are written always.
 */
export function createAccessLog({ directory, removesOld, limits: given, onProblem }: Options) {
  const limits: AccessLogLimits = { ...LIMITS, ...given }
  let waiting = new Map<string, LineBuffer>()
  let waitingBytes = 0
  let dropped = 0
  let writing: Promise<void> | undefined
  let enabled = true
  const share = createLogShare()
  let lookedAt = Number.NEGATIVE_INFINITY
  /** How often an app's file of the hour was full. */
  const parts = new Map<string, { hour: string; part: number }>()
  const days = new Map<string, number>()

  function add(key: string, line: string): void {
    if (waitingBytes > limits.waitingBytes) {
      dropped += 1
      return
    }
    let lines = waiting.get(key)
    if (!lines) {
      lines = createLineBuffer()
      waiting.set(key, lines)
    }
    waitingBytes += lines.add(line)
    if (waitingBytes >= HEAP_BYTES && !writing) void flush()
  }

  function flush(): Promise<void> {
    if (directory === undefined || waiting.size === 0) return writing ?? Promise.resolve()
    writing ??= write(directory).finally(() => {
      writing = undefined
    })
    return writing
  }

  async function write(to: string): Promise<void> {
    if (dropped > 0) {
      waitingBytes = 0
      add(NO_APP, `${JSON.stringify({ time: new Date().toISOString(), droppedLines: dropped })}\n`)
      dropped = 0
    }
    const batch = waiting
    waiting = new Map()
    waitingBytes = 0
    for (const [key, lines] of batch) {
      try {
        await append(to, key, lines.take())
      } catch (error) {
        onProblem(`access log: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    if (removesOld && performance.now() - lookedAt > REMOVE_EVERY_MS) await removeOld(to)
  }

  async function append(to: string, key: string, lines: Buffer): Promise<void> {
    const hour = new Date().toISOString().slice(0, 13)
    const known = parts.get(key)
    let part = known?.hour === hour ? known.part : 0
    for (;;) {
      const path = join(to, key, fileName(hour, part))
      const there = await stat(path).catch(() => undefined)
      if (there && there.size > limits.fileBytes) {
        part += 1
        continue
      }
      if (!there) await mkdir(join(to, key), { recursive: true, mode: 0o750 })
      parts.set(key, { hour, part })
      await appendFile(path, lines, { mode: 0o640 })
      return
    }
  }

  /** By age as the app wants it, then by size: of an app, and of all. */
  async function removeOld(from: string): Promise<void> {
    lookedAt = performance.now()
    try {
      const left: StoredFile[] = []
      for (const key of await readdir(from)) left.push(...(await removeOldOf(from, key)))
      let total = left.reduce((sum, file) => sum + file.size, 0)
      for (const file of left.toSorted((one, other) => one.name.localeCompare(other.name))) {
        if (total <= limits.totalBytes) break
        await rm(file.path, { force: true })
        total -= file.size
      }
    } catch (error) {
      onProblem(`access log: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async function removeOldOf(from: string, key: string): Promise<StoredFile[]> {
    const directoryOfApp = join(from, key)
    const oldest = new Date(Date.now() - (days.get(key) ?? DEFAULT_DAYS) * DAY_MS)
      .toISOString()
      .slice(0, 13)
    const kept: StoredFile[] = []
    let bytes = 0
    for (const name of (await readdir(directoryOfApp)).toSorted().toReversed()) {
      const path = join(directoryOfApp, name)
      const there = await stat(path).catch(() => undefined)
      if (!there) continue
      bytes += there.size
      if (name < oldest || bytes > limits.appBytes) await rm(path, { force: true })
      else kept.push({ name, path, size: there.size })
    }
    // Fails where it is not empty, which is what is wanted.
    if (kept.length === 0) await rmdir(directoryOfApp).catch(() => undefined)
    return kept
  }

  return {
    /** Called when the visit is over; `endedAt` by `performance.now()`. */
    note(visit: LoggedVisit, tookMs: number, endedAt: number): void {
      if (directory === undefined || !enabled) return
      const { route, res } = visit
      const wanted = route?.accessLog?.percent ?? 100
      const key = route?.accessLog?.key ?? route?.app ?? NO_APP
      let percent = wanted
      if (res.statusCode < 500) {
        percent = Math.min(wanted, share.next(key, endedAt))
        if (percent < 100 && Math.random() * 100 >= percent) return
        share.wrote(key)
      }
      add(/^[\w-]{1,80}$/.test(key) ? key : NO_APP, lineOf(visit, tookMs, percent))
    },
    enable(on: boolean): void {
      enabled = on
    },
    /** How long the lines of apps are kept, by the snapshot that is in force. */
    keep(routes: readonly NonNullable<LoggedVisit['route']>[]): void {
      days.clear()
      for (const { accessLog } of routes) if (accessLog) days.set(accessLog.key, accessLog.days)
    },
    /** Called once a second; a write that is still under way takes the next batch later. */
    flush,
    async close(): Promise<void> {
      await writing
      if (directory !== undefined && waiting.size > 0) await write(directory)
    },
  }
}
export type AccessLog = ReturnType<typeof createAccessLog>

interface StoredFile {
  name: string
  path: string
  size: number
}

/** Sorts by time: `2026-11-26T15.000.log`, `2026-11-26T15.001.log`. */
const fileName = (hour: string, part: number): string =>
  `${hour}.${String(part).padStart(3, '0')}.log`

/** By hand: this is the costliest thing that is done for a request after the two writes. */
function lineOf(visit: LoggedVisit, tookMs: number, percent: number): string {
  const { head, res, visitor, instance } = visit
  const answered = res.headersSent || res.statusCode === 101
  const query = maskQuery(head.target)
  return (
    `{"time":"${timeNow()}"` +
    (visit.app === undefined ? '' : `,"app":${JSON.stringify(visit.app)}`) +
    (instance
      ? `,"release":${instance.spec.release},"instance":${JSON.stringify(instance.spec.name)}`
      : '') +
    `,"client":"${visitor.address}","method":"${head.method}","host":"${head.host}"` +
    `,"path":${JSON.stringify(head.path)}` +
    (query === '' ? '' : `,"query":${JSON.stringify(query)}`) +
    `,"status":${answered ? res.statusCode : CLIENT_GONE}` +
    `,"ms":${Math.round(tookMs * 10) / 10},"bytesIn":${visit.bytesIn},"bytesOut":${visit.bytesOut}` +
    `,"complete":${res.writableFinished || res.statusCode === 101}` +
    (percent < 100 ? `,"percent":${percent}` : '') +
    (isUptimeCheck(visit) ? ',"isUptimeCheck":true' : '') +
    `,"requestId":${JSON.stringify(visitor.requestId)}}\n`
  )
}

/** One of ours: from this machine itself, under the name of our checks. */
function isUptimeCheck({ visitor, head: { headers } }: LoggedVisit): boolean {
  if (!LOOPBACK.has(visitor.address)) return false
  for (let at = 0; at + 1 < headers.length; at += 2)
    if (headers[at + 1] === UPTIME_AGENT && headers[at]?.toLowerCase() === 'user-agent') return true
  return false
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1'])

let timeText = ''
let timeAt = 0

/** To the millisecond; made anew only when it has changed. */
function timeNow(): string {
  const now = Date.now()
  if (now !== timeAt) {
    timeAt = now
    timeText = new Date(now).toISOString()
  }
  return timeText
}
