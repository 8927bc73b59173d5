import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Replaces a file so that readers and a power cut see the old or the new content, never a part:
 * written beside, fsynced, renamed, directory fsynced. With `gid` it is of that group from the start.
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
  gid?: number,
): Promise<void> {
  const beside = `${path}.${process.pid}.${Math.random().toString(36).slice(2, 8)}.new`
  try {
    const file = await open(beside, 'wx', mode)
    try {
      if (gid !== undefined) {
        await file.chown(-1, gid)
        await file.chmod(mode)
      }
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}

/** Makes a rename or removal in the directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
