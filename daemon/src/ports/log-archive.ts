import type { LogFilter, LogLine } from '@vastrox/shared/log.ts'

/** A line to be kept, and the instance it was read from; null for what the platform says. */
export interface LineToKeep {
  line: LogLine
  instance: string | null
}

/** A kept line. Lines of one app are counted from 1, in the order in which they were kept. */
export interface NumberedLine {
  number: number
  line: LogLine
}

/** How long lines are kept, and how much of the disk they may take: whichever is reached first. */
export interface LogLimits {
  keepDays: number
  keepBytes: number
}

export interface LogUse {
  /** On the disk. */
  usedBytes: number
  /** Before compression. */
  lineBytes: number
  oldestAt: string | null
}

export interface LogSearch {
  filter: LogFilter
  /** Only lines before this number, newest first, or behind this one, oldest first. */
  from: { before: number | null } | { after: number }
  limit: number
  /** From then on what was found is given back, and where to go on. */
  deadlineMs: number
}

export interface LogSearchResult {
  /** In the order that was asked for. */
  lines: NumberedLine[]
  /** Where to go on; null when everything has been looked through. */
  next: number | null
  scannedBytes: number
}

/** The kept log of each app: beyond its containers, bounded by size and age. */
export interface LogArchive {
  /** Calls for one app are carried out in their order. Resolves with the number of the first line. */
  append(appId: string, lines: readonly LineToKeep[]): Promise<number>
  /** The last `limit` lines, oldest first. */
  tail(appId: string, limit: number): Promise<NumberedLine[]>
  /** Lines behind a number, oldest first. Begins with the oldest that is kept. */
  after(appId: string, number: number, limit: number): Promise<NumberedLine[]>
  /** Of the last line that was kept; 0 before the first. */
  lastNumber(appId: string): Promise<number>
  /** The time of the last line kept of each instance: reading goes on behind it. */
  lastTimes(appId: string): Promise<ReadonlyMap<string, string>>
  /** Looks beside the daemon's own work. A filter's expression has been checked by then. */
  search(appId: string, search: LogSearch, signal: AbortSignal): Promise<LogSearchResult>
  use(appId: string): Promise<LogUse>
  /** Lets go of lines that are older, or more, than the limits say now. */
  keepWithinLimits(appId: string): Promise<void>
  remove(appId: string): Promise<void>
}
