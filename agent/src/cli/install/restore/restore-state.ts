import { existsSync } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory, writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'

/** `<data>/restore.json`: what a restore was begun with, and how far it has come. Never a key. */
export const RestoreState = z.object({
  format: z.literal(1),
  /** As `--restore` takes it. */
  repository: z.string(),
  snapshotId: z.string(),
  takenAt: z.string(),
  begunAt: z.string(),
  /** `files`, `volume:<id>`, `images`, `data` … in the order in which they were done. */
  done: z.array(z.string()),
})
export type RestoreState = z.infer<typeof RestoreState>

export const restoreFileOf = (dataDir: string): string => join(dataDir, 'restore.json')

/** What was to be restored, as the backup said: for a run that goes on. */
export const manifestFileOf = (dataDir: string): string => join(dataDir, 'restore-manifest.json')

/** Whether one was begun that has not come to its end. */
export const isRestoring = (dataDir: string): boolean => existsSync(restoreFileOf(dataDir))

export async function readRestoreState(dataDir: string): Promise<RestoreState | undefined> {
  if (!isRestoring(dataDir)) return undefined
  return RestoreState.parse(JSON.parse(await readFile(restoreFileOf(dataDir), 'utf8')))
}

export const writeRestoreState = (dataDir: string, state: RestoreState): Promise<void> =>
  writeAtomically(restoreFileOf(dataDir), `${JSON.stringify(state, null, 2)}\n`)

/** It is kept as the account of where this installation comes from. */
export async function endRestore(dataDir: string): Promise<void> {
  await rename(restoreFileOf(dataDir), join(dataDir, 'restored.json'))
  await rm(manifestFileOf(dataDir), { force: true })
  await syncDirectory(dataDir)
}
