import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { clearPrivateFolders } from '#agent/backups/private-folder.ts'
import { RESTORING } from '#agent/backups/restoring.ts'

const LEFT = '.left'

/**
 * What an agent that was killed has left: secrets in files, and half of what was fetched. Its programs died
 * with it; what they have begun in a repository is forgotten when that is used the next time. Nothing of it
 * has its old name afterwards; the work given back removes it, which may take its time. Never rejects.
 */
export async function clearAfterDeath(
  backupsDir: string,
  volumesDir: string,
): Promise<() => Promise<void>> {
  await clearPrivateFolders(backupsDir)
  const halves = (await namesIn(volumesDir)).filter((name) => name.endsWith(RESTORING))
  const places = [
    ...halves.map((name) => join(volumesDir, name)),
    ...['scratch', 'tmp'].map((name) => join(backupsDir, name)),
  ]
  // What was set aside by one that died as well.
  const left = (await namesIn(volumesDir)).filter((name) => name.endsWith(`${RESTORING}${LEFT}`))
  for (const place of places)
    await rename(place, `${place}${LEFT}`).catch(() => {
      // It is not there, or there is one of that name, which goes first.
    })
  return async () => {
    for (const place of [
      ...places.map((each) => `${each}${LEFT}`),
      ...left.map((name) => join(volumesDir, name)),
    ])
      await rm(place, { recursive: true, force: true }).catch(() => {
        // A disk that is read-only: the next start.
      })
  }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])
