import type { AccessLine, AccessLogFilter } from '@vastrox/shared/traffic.ts'

/** What the proxy's workers write down of requests, for each app in files of its own. */
export interface AccessLogs {
  /**
   * The last lines of an app that the filter lets through, oldest first; of at most
   * 64 MB of text from the end. `after`: only what was written later than this.
   */
  tail(appId: string, filter: AccessLogFilter, limit: number, after?: string): Promise<AccessLine[]>
  /** Every line that is kept and that the filter lets through, file by file, as fast as it is taken. */
  all(appId: string, filter: AccessLogFilter): AsyncGenerator<AccessLine, void, undefined>
}
