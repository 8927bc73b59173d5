import type { Readable } from 'node:stream'

/** Dumps that install.sh has fetched for a restore, one of each add-on. */
export interface PlatformDumps {
  /** undefined where there is none of it. */
  open(addonId: string): Promise<{ name: string; content: Readable } | undefined>
  /** It is where it belongs. */
  remove(addonId: string): Promise<void>
  removeAll(): Promise<void>
}
