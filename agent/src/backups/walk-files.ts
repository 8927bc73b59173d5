import type { Stats } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'

export interface Walked {
  path: string
  stat: Stats
}

/** Everything beneath a directory of ours that nobody else writes to; links are not followed. */
export async function* walkFiles(folder: string): AsyncGenerator<Walked, void, undefined> {
  const names: string[] = []
  for await (const entry of await opendir(folder)) names.push(entry.name)
  for (const name of names) {
    const path = join(folder, name)
    const stat = await lstat(path)
    yield { path, stat }
    if (stat.isDirectory()) yield* walkFiles(path)
  }
}

/** Files, and their sizes together, as restic counts: of one file with several names each. */
export async function countFiles(folder: string): Promise<{ files: number; sizeBytes: number }> {
  let files = 0
  let sizeBytes = 0
  for await (const { stat } of walkFiles(folder)) {
    if (!stat.isFile()) continue
    files += 1
    sizeBytes += stat.size
  }
  return { files, sizeBytes }
}
