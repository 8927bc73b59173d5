import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type { LogFilter } from '@vastrox/shared/log.ts'
import { searchSegment, type SegmentSearch } from '#adapters/system/log-segment-search.ts'
import { type LogMatcher, logMatcher } from '#lib/log-match.ts'
import type { NumberedLine } from '#ports/log-archive.ts'

/** One segment to be looked through by a worker. */
export interface SearchTask extends SegmentSearch {
  id: number
  folder: string
  name: string
  /** Before compression, where it is known. */
  contentBytes: number
  filter: LogFilter
}

export type SearchAnswer =
  | { id: number; lines: NumberedLine[]; scannedBytes: number }
  | { id: number; isGone: true }
  /** The filter takes too long on what is there. */
  | { id: number; refusal: string }
  | { id: number; problem: string }

const NEWLINE = 10
const MAX_CONTENT_BYTES = 64 * 2 ** 20

let last: { key: string; matcher: LogMatcher } | undefined

/** Compiling a filter takes longer than looking through a small segment. */
function matcherOf(filter: LogFilter): LogMatcher {
  const key = JSON.stringify(filter)
  if (last?.key !== key) last = { key, matcher: logMatcher(filter) }
  return last.matcher
}

/** The work of a worker; it may take as long as it takes, beside the daemon. */
export function searchTask(task: SearchTask): SearchAnswer {
  const { id, folder, name, contentBytes } = task
  try {
    const content = read(join(folder, name), contentBytes)
    const lines = searchSegment(content, matcherOf(task.filter), task)
    return { id, lines, scannedBytes: content.length }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { id, isGone: true }
    if (error instanceof CodedError && error.code === 'LOG_FILTER_INVALID')
      return { id, refusal: sayError(error) }
    return { id, problem: error instanceof Error ? error.message : String(error) }
  }
}

function read(path: string, contentBytes: number): Buffer {
  const content = readFileSync(path)
  // What is being written to may end in half a line.
  if (!path.endsWith('.zst')) return content.subarray(0, content.lastIndexOf(NEWLINE) + 1)
  const chunkSize = Math.max(64, contentBytes + 64)
  return zstdDecompressSync(content, { chunkSize, maxOutputLength: MAX_CONTENT_BYTES })
}
