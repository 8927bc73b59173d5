import type { Readable } from 'node:stream'
import { sayError } from '@vastrox/shared/errors.ts'
import type { PlatformDumps } from '#ports/platform-dumps.ts'

/** Add-ons, as far as the restore of everything needs them. */
export interface RestorableAddons {
  /** Once: nothing of their data is on this machine. They wait, with an empty volume to come. */
  holdBack(): void
  /** Those that wait still. */
  listHeld(): { id: string; name: string }[]
  /** Its server starts with nothing in it, gets its users and the dump, and runs. What an attempt before has left goes first. */
  fill(id: string, dump: Readable, signal: AbortSignal): Promise<void>
  /** No app may meet it empty. */
  keepStopped(id: string, reason: string): Promise<void>
}

interface Deps {
  addons: RestorableAddons
  dumps: PlatformDumps
}

const NO_DUMP = 'There was no backup of it where everything was restored from.'

/**
 * Puts the content of every add-on back, one after the other; one that fails does not keep the others from
 * theirs. Done once more after a crash: those that have theirs do not wait any more.
 */
export async function restoreAddons(
  { addons, dumps }: Deps,
  signal: AbortSignal,
): Promise<{ name: string; reason: string | null }[]> {
  const ends: { name: string; reason: string | null }[] = []
  for (const { id, name } of addons.listHeld()) {
    const dump = await dumps.open(id)
    const reason = dump ? await fill(id, dump.content) : NO_DUMP
    if (reason !== null) await addons.keepStopped(id, reason)
    else await dumps.remove(id)
    ends.push({ name, reason })
  }
  return ends

  async function fill(id: string, content: Readable): Promise<string | null> {
    try {
      await addons.fill(id, content, signal)
      return null
    } catch (error) {
      signal.throwIfAborted()
      return sayError(error)
    } finally {
      content.destroy()
    }
  }
}
