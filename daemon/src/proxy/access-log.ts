import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import type { ResponseSide } from './client-sides.ts'
import type { Visitor } from './forwarded-fields.ts'
import type { RequestHead } from './head-rules.ts'
import type { Instance } from './instance.ts'

/** What a line is made of. */
export interface LoggedVisit {
  head: Pick<RequestHead, 'method' | 'host' | 'path'>
  visitor: Pick<Visitor, 'address' | 'requestId'>
  res: Pick<ResponseSide, 'headersSent' | 'statusCode' | 'writableFinished'>
  app: string | undefined
  instance: Instance | undefined
  startedAt: number
  bytesIn: number
  bytesOut: number
}

interface Options {
  /** Undefined: nothing is written. */
  path: string | undefined
  /** Several workers append to one file; one of them rotates it. */
  rotates: boolean
  maxBytes?: number
  onProblem: (line: string) => void
}

const MAX_BYTES = 32 * 2 ** 20
/** What waits for the disk; lines beyond are dropped and counted. */
const MAX_WAITING_BYTES = 4 * 2 ** 20
const CHUNK_BYTES = 65_536

/**
 * A line of JSON for each request, written in batches and never waited for. The query of an address
 * is left out: people put secrets there.
 */
export function createAccessLog({ path, rotates, maxBytes = MAX_BYTES, onProblem }: Options) {
  let full: Buffer[] = []
  let current = Buffer.allocUnsafe(0)
  let used = 0
  let waitingBytes = 0
  let dropped = 0
  let file: FileHandle | undefined
  let writing: Promise<void> | undefined
  let enabled = true

  /** Copied out at once: text that waits a second is what the collector would have to carry around. */
  function add(line: string): void {
    if (waitingBytes > MAX_WAITING_BYTES) {
      dropped += 1
      return
    }
    const mostBytes = line.length * 3
    if (current.length - used < mostBytes) turnOver(Math.max(CHUNK_BYTES, mostBytes))
    const written = current.write(line, used)
    used += written
    waitingBytes += written
  }

  function turnOver(nextBytes: number): void {
    if (used > 0) full.push(current.subarray(0, used))
    current = Buffer.allocUnsafe(nextBytes)
    used = 0
  }

  async function write(to: string): Promise<void> {
    if (dropped > 0) {
      add(`${JSON.stringify({ time: new Date().toISOString(), droppedLines: dropped })}\n`)
      dropped = 0
    }
    turnOver(0)
    const lines = Buffer.concat(full)
    full = []
    waitingBytes = 0
    try {
      await reopen(to)
      await file?.appendFile(lines)
    } catch (error) {
      onProblem(`access log: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Another worker may have rotated the file that is open here. */
  async function reopen(to: string): Promise<void> {
    const there = await stat(to).catch(() => undefined)
    if (there && rotates && there.size > maxBytes) await rename(to, `${to}.1`)
    const current = await file?.stat()
    if (current && current.ino === there?.ino && current.size <= maxBytes) return
    await file?.close()
    file = await open(to, 'a', 0o640)
  }

  return {
    /** Called when the visit is over. */
    note(visit: LoggedVisit): void {
      if (path !== undefined && enabled) add(lineOf(visit))
    },
    enable(on: boolean): void {
      enabled = on
    },
    /** Called once a second; a write that is still under way takes the next batch later. */
    flush(): Promise<void> {
      if (path === undefined || waitingBytes === 0) return writing ?? Promise.resolve()
      writing ??= write(path).finally(() => {
        writing = undefined
      })
      return writing
    },
    async close(): Promise<void> {
      await writing
      if (path !== undefined && waitingBytes > 0) await write(path)
      await file?.close()
      file = undefined
    },
  }
}
export type AccessLog = ReturnType<typeof createAccessLog>

/** By hand: this is the costliest thing that is done for a request after the two writes. */
function lineOf(visit: LoggedVisit): string {
  const { head, res, visitor, instance } = visit
  const answered = res.headersSent || res.statusCode === 101
  const ms = Math.round((performance.now() - visit.startedAt) * 10) / 10
  return (
    `{"time":"${timeNow()}"` +
    (visit.app === undefined ? '' : `,"app":${JSON.stringify(visit.app)}`) +
    (instance
      ? `,"release":${instance.spec.release},"instance":${JSON.stringify(instance.spec.name)}`
      : '') +
    `,"client":"${visitor.address}","method":"${head.method}","host":"${head.host}"` +
    `,"path":${JSON.stringify(head.path)},"status":${answered ? res.statusCode : CLIENT_GONE}` +
    `,"ms":${ms},"bytesIn":${visit.bytesIn},"bytesOut":${visit.bytesOut}` +
    `,"complete":${res.writableFinished || res.statusCode === 101}` +
    `,"requestId":${JSON.stringify(visitor.requestId)}}\n`
  )
}

/** As nginx says it: the client left before it was answered. */
const CLIENT_GONE = 499

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
