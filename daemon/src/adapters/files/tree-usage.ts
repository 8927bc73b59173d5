import { FileError } from '#lib/file-error.ts'

export interface TreeQuota {
  bytes: number
  entries: number
}

/**
 * How much an app's tree holds, counted along with what is written. What other processes write is
 * counted by the next look at the whole tree.
 */
export function createTreeUsage(quota: TreeQuota) {
  const now = { bytes: 0, entries: 0 }

  return {
    quota,
    now: () => ({ ...now }),
    /** After a look at the whole tree. */
    set({ bytes, entries }: TreeQuota): void {
      now.bytes = bytes
      now.entries = entries
    },
    /** Throws 'quota' before anything is written. Negative numbers give room back. */
    take(bytes: number, entries = 0): void {
      if (bytes > 0 && now.bytes + bytes > quota.bytes)
        throw new FileError(
          'quota',
          `An app's files may take ${Math.floor(quota.bytes / 2 ** 20)} MB.`,
        )
      if (entries > 0 && now.entries + entries > quota.entries)
        throw new FileError('quota', `An app may have ${quota.entries} files and directories.`)
      now.bytes = Math.max(0, now.bytes + bytes)
      now.entries = Math.max(0, now.entries + entries)
    },
  }
}
export type TreeUsage = ReturnType<typeof createTreeUsage>
