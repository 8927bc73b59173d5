import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'

/** Lies in every directory that root has allowed for backups, and holds its id. */
const ROOT_MARK = '.vastrox-destination'
const Settings = z.looseObject({
  roots: z.array(z.looseObject({ rootId: z.string(), path: z.string() })).default([]),
})

/**
 * Backups go on where they came from: a disk that is mounted at another path here is the same root as
 * before, by the mark in it. Gives the path of that root, undefined where there is nothing to change.
 */
export async function pointRoot(
  settingsFile: string,
  repository: string,
): Promise<string | undefined> {
  const path = rootAbove(repository)
  if (path === undefined || !existsSync(settingsFile)) return undefined
  const rootId = (await readFile(join(path, ROOT_MARK), 'utf8')).trim()
  const settings = Settings.parse(JSON.parse(await readFile(settingsFile, 'utf8')))
  const root = settings.roots.find((each) => each.rootId === rootId)
  if (root === undefined || root.path === path) return undefined
  root.path = path
  await writeAtomically(settingsFile, `${JSON.stringify(settings, null, 2)}\n`, 0o600)
  return path
}

function rootAbove(repository: string): string | undefined {
  for (let path = repository; path !== '/'; path = dirname(path))
    if (existsSync(join(path, ROOT_MARK))) return path
  return undefined
}
