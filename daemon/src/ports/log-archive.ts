import type { LogLine } from '@vastrox/shared/log.ts'

/** The kept log of each app: beyond its containers, bounded by size per app. */
export interface LogArchive {
  append(appId: string, lines: readonly LogLine[]): Promise<void>
  /** The last `limit` lines, oldest first. */
  tail(appId: string, limit: number): Promise<LogLine[]>
  remove(appId: string): Promise<void>
}
