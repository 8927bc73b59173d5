import type { PlatformStatus } from '@vastrox/shared/platform-status.ts'

/** How the processes of an installation are kept running: by our supervisor, or by systemd. */
export interface Platform {
  kind: 'vastrox' | 'systemd'
  /** Undefined when it does not run at all. */
  status(): Promise<PlatformStatus | undefined>
  /** Starts what does not run. */
  up(): Promise<void>
  /** Stops every process of ours; containers go on. */
  down(): Promise<void>
  restart(process: string | undefined): Promise<void>
  /** Ends one process until the next `change`, `up` or `restart`. */
  stopProcess(process: string): Promise<void>
  /** Makes what the current link leads to, and what config.json says, run in place of what runs; drops no request. */
  change(): Promise<void>
  /** Takes away what it put into the system. */
  remove(): Promise<void>
}
