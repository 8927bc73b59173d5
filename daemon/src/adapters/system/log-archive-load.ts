import { readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { convertOld } from '#adapters/system/log-archive-old.ts'
import { factsOf, timesIn } from '#adapters/system/log-segment-facts.ts'
import { listSegments, readSegment } from '#adapters/system/log-segment-files.ts'
import {
  createSegmentWriter,
  readKeys,
  type SegmentHead,
} from '#adapters/system/log-segment-text.ts'
import type { LineToKeep } from '#ports/log-archive.ts'

/** What is known of an app's log while it is written to. */
export interface OpenLog {
  /** Number of the next line. */
  next: number
  lastSegment: number
  segment:
    | {
        number: number
        head: SegmentHead
        bytes: number
        beganMs: number
        write: (line: LineToKeep) => string
      }
    | undefined
  times: Map<string, string>
}

const NEWLINE = 10

/** Looks at what there is on the disk, and puts right what a crash has left. */
export async function loadLog(folder: string): Promise<{ log: OpenLog; unclosed: number[] }> {
  let files = await listSegments(folder)
  if (files.old.length > 0) {
    await convertOld(folder, files)
    files = await listSegments(folder)
  }
  const done = new Set(files.closed.map(({ number }) => number))
  const opened = []
  // Killed between the compressed one and the removal of this one.
  for (const file of files.open)
    if (done.has(file.number)) await rm(join(folder, file.name), { force: true })
    else opened.push(file)
  const lastClosed = files.closed.at(-1)
  const newest = opened.at(-1)
  const log: OpenLog = {
    next: lastClosed ? lastClosed.first + lastClosed.count : 1,
    lastSegment: Math.max(0, lastClosed?.number ?? 0, newest?.number ?? 0),
    segment: undefined,
    times: new Map(),
  }
  const unclosed = opened.slice(0, -1).map(({ number }) => number)
  if (newest && (await goOnIn(folder, newest, log))) return { log, unclosed }
  const before = opened.at(-2) ?? lastClosed
  if (before) await rememberFrom(folder, before.name, log)
  return { log, unclosed }
}

/** False where the file was begun and nothing more, not even its head. */
async function goOnIn(
  folder: string,
  { number, name }: { number: number; name: string },
  log: OpenLog,
): Promise<boolean> {
  const path = join(folder, name)
  const content = await readFile(path)
  const whole = content.subarray(0, content.lastIndexOf(NEWLINE) + 1)
  const text = whole.toString()
  const keys = readKeys(text)
  const facts = factsOf(whole)
  if (!keys || !facts) {
    await rm(path, { force: true })
    log.lastSegment = number - 1
    return false
  }
  // A crash can leave half a line; it was not kept, and is read again from its instance.
  if (whole.length < content.length) await truncate(path, whole.length)
  log.next = facts.first + facts.count
  log.times = timesIn(text, keys)
  log.segment = {
    number,
    head: keys.head,
    bytes: whole.length,
    beganMs: Date.parse(keys.head.base),
    write: createSegmentWriter(keys.head, keys.origins),
  }
  return true
}

async function rememberFrom(folder: string, name: string, log: OpenLog): Promise<void> {
  const content = await readSegment(folder, name)
  const text = content.toString()
  const keys = readKeys(text)
  const facts = factsOf(content)
  if (!keys || !facts) return
  log.times = timesIn(text, keys)
  log.next = Math.max(log.next, facts.first + facts.count)
}
