import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import {
  PLATFORM_PROCESSES,
  type PlatformLogLine,
  type ReadPlatformLog,
  type ReadPlatformLogEvent,
} from '@vastrox/shared/agent-api-platform-log.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { linesBackwards } from '#agent/node/lines-backwards.ts'
import type { StreamCall } from '#agent/server/bind.ts'

interface Deps {
  /** `<data>/log` */
  directory: string
  /** Whether systemd runs the processes: what they print is in its journal then. */
  hasSystemd?: () => boolean
}

/** A log and what the supervisor has put away of it, the newest first. */
const PIECES = ['', '.1', '.2', '.3']
/** Lines without a time of their own (stacks) that wait for the one in front of them; more are left out. */
const MAX_WAITING = 10_000
const MAX_LINES = 500
/** One event must fit into what is taken of a line of the wire, however much of it is escaped. */
const MAX_CHARS = 100_000
/** Of agent and daemon, of proxy workers, of the supervisor, of dockerd. */
const STAMP =
  /^(?:\{"(?:at|time)":"|time=")?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))/

/** See read-platform-log in agent-api-platform-log.ts. */
export async function readPlatformLog(
  { directory, hasSystemd = () => existsSync('/run/systemd/system') }: Deps,
  input: ReadPlatformLog,
  { emit, signal }: StreamCall<ReadPlatformLogEvent>,
): Promise<void> {
  if (hasSystemd())
    throw new CodedError('LOG_UNAVAILABLE', {
      reason: 'systemd runs Vastrox here, and its journal has what the processes print.',
    })
  const wanted = input.processes.length > 0 ? input.processes : PLATFORM_PROCESSES
  const there = new Set(await readdir(directory))
  const files = wanted
    .filter((process) => there.has(`${process}.log`))
    .map((process) => backwards(directory, process, input))
  try {
    let lines: PlatformLogLine[] = []
    let chars = 0
    for await (const line of newestFirst(files)) {
      if (signal.aborted) return
      lines.push(line)
      chars += line.text.length
      if (lines.length < MAX_LINES && chars < MAX_CHARS) continue
      await emit({ type: 'lines', lines })
      lines = []
      chars = 0
    }
    if (lines.length > 0) await emit({ type: 'lines', lines })
    await emit({ type: 'done' })
  } finally {
    for (const file of files) await file.return(undefined)
  }
}

type ProcessLines = AsyncGenerator<PlatformLogLine[], void, undefined>

/** The lines of one process with their times, the last first. */
async function* backwards(
  directory: string,
  process: string,
  { from, to }: Pick<ReadPlatformLog, 'from' | 'to'>,
): ProcessLines {
  const first = from === null ? '' : new Date(from).toISOString()
  const last = to === null ? '~' : new Date(to).toISOString()
  let waiting: string[] = []
  /** The same each time that it is asked: where no line tells one, it was long ago. */
  let known = new Date(0).toISOString()
  let isAny = false
  for (const piece of PIECES)
    for await (const texts of linesBackwards(`${directory}/${process}.log${piece}`)) {
      const found: PlatformLogLine[] = []
      for (const text of texts) {
        const at = timeOf(text)
        if (at !== undefined || waiting.length < MAX_WAITING) waiting.push(text)
        if (at === undefined) continue
        known = at
        isAny = true
        if (at >= first && at <= last)
          for (const each of waiting) found.push({ process, at, text: each })
        waiting = []
        if (at < first) break
      }
      if (found.length > 0) yield found
      if (isAny && known < first) return
    }
  if (waiting.length > 0 && known >= first && known <= last)
    yield waiting.map((text) => ({ process, at: known, text }))
}

/** Undefined where a line tells none, or one that cannot be. */
function timeOf(text: string): string | undefined {
  const said = STAMP.exec(text)?.[1]
  const ms = said === undefined ? Number.NaN : Date.parse(said)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

async function* newestFirst(
  files: readonly ProcessLines[],
): AsyncGenerator<PlatformLogLine, void, undefined> {
  const heads = await Promise.all(
    files.map(async (file) => ({ file, lines: await more(file), next: 0 })),
  )
  for (;;) {
    let newest: { head: (typeof heads)[number]; line: PlatformLogLine } | undefined
    for (const head of heads) {
      const line = head.lines[head.next]
      if (line && (newest === undefined || line.at > newest.line.at)) newest = { head, line }
    }
    if (!newest) return
    const { head, line } = newest
    yield line
    head.next += 1
    if (head.next < head.lines.length) continue
    head.lines = await more(head.file)
    head.next = 0
  }
}

/** None at its end. */
async function more(file: ProcessLines): Promise<PlatformLogLine[]> {
  const { done, value } = await file.next()
  return done === true ? [] : value
}
