import type { Stats } from 'node:fs'
import { FileError } from '#lib/file-error.ts'

export interface TreeQuota {
  bytes: number
  entries: number
}

/** A file that somebody has open: the disk holds it until it is closed, whatever its name does. */
interface Held {
  sizeBytes: number
  opens: number
  hasName: boolean
}

/**
 * How much an app's tree holds, counted along with what is written. What other processes write is
 * counted by the next look at the whole tree.
 */
export function createTreeUsage(quota: TreeQuota) {
  const now = { bytes: 0, entries: 0 }
  const held = new Map<number, Held>()

  function take(bytes: number, entries = 0): void {
    if (bytes > 0 && now.bytes + bytes > quota.bytes)
      throw new FileError(
        'quota',
        `An app's files may take ${Math.floor(quota.bytes / 2 ** 20)} MB.`,
      )
    if (entries > 0 && now.entries + entries > quota.entries)
      throw new FileError('quota', `An app may have ${quota.entries} files and directories.`)
    now.bytes = Math.max(0, now.bytes + bytes)
    now.entries = Math.max(0, now.entries + entries)
  }

  const nameless = (): number =>
    [...held.values()].reduce((sum, { hasName, sizeBytes }) => sum + (hasName ? 0 : sizeBytes), 0)

  return {
    quota,
    now: () => ({ ...now }),
    /** After a look at the whole tree, which does not show what has lost its name and is still open. */
    set({ bytes, entries }: TreeQuota): void {
      now.bytes = bytes + nameless()
      now.entries = entries
    },
    /** Throws 'quota' before anything is written. Negative numbers give room back. */
    take,

    /** A file was opened; its size is one for all who have it open, and its holder tells of its end. */
    hold({ ino, size }: Pick<Stats, 'ino' | 'size'>) {
      const known = held.get(ino) ?? { sizeBytes: size, opens: 0, hasName: true }
      held.set(ino, known)
      known.opens += 1
      let isOver = false
      return {
        sizeBytes: (): number => known.sizeBytes,
        /** Takes the room of the growth before the first byte, or gives it back. Throws 'quota'. */
        resize(sizeBytes: number): void {
          take(sizeBytes - known.sizeBytes)
          known.sizeBytes = sizeBytes
        },
        release(): void {
          if (isOver) return
          isOver = true
          known.opens -= 1
          if (known.opens > 0) return
          held.delete(ino)
          if (!known.hasName) take(-known.sizeBytes)
        },
      }
    },

    /** A file gets another size by its name; whoever has it open knows of it. Throws 'quota'. */
    resize({ ino, size }: Pick<Stats, 'ino' | 'size'>, sizeBytes: number): void {
      const known = held.get(ino)
      take(sizeBytes - (known?.sizeBytes ?? size))
      if (known) known.sizeBytes = sizeBytes
    },

    /** An entry has lost its name: what it held is given back now, or when it is closed. */
    removed({ ino, size }: Pick<Stats, 'ino' | 'size'>, isFile: boolean): void {
      const known = isFile ? held.get(ino) : undefined
      if (known) known.hasName = false
      take(isFile && !known ? -size : 0, -1)
    },

    /** The tree was replaced as a whole: what is open in it has no name any more. */
    allRemoved(): void {
      for (const known of held.values()) known.hasName = false
    },
  }
}
export type Room = Pick<ReturnType<TreeUsage['hold']>, 'sizeBytes' | 'resize'>
export type TreeUsage = ReturnType<typeof createTreeUsage>
