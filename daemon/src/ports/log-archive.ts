import type { LogLine } from '@vastrox/shared/log.ts'

/** A line to be kept, and the instance it was read from; null for what the platform says. */
export interface LineToKeep {
  line: LogLine
  instance: string | null
}

/** The kept log of each app: beyond its containers, bounded by size per app. */
export interface LogArchive {
  /** Calls for one app are carried out in their order. */
  append(appId: string, lines: readonly LineToKeep[]): Promise<void>
  /** The last `limit` lines, oldest first. */
  tail(appId: string, limit: number): Promise<LogLine[]>
  /** The time of the last line kept of each instance: reading goes on behind it. */
  lastTimes(appId: string): Promise<ReadonlyMap<string, string>>
  remove(appId: string): Promise<void>
}
