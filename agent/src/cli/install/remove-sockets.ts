import { readdir, rmdir, unlink } from 'node:fs/promises'

/**
 * Removes what processes that have gone left in the run directory. Its directories are partly not
 * root's, so nothing is walked into: one name each, and what turns out to be a directory stays.
 */
export async function removeSockets(run: string): Promise<void> {
  for (const entry of await readdir(run, { withFileTypes: true }).catch(() => [])) {
    const path = `${run}/${entry.name}`
    if (!entry.isDirectory()) {
      await unlink(path)
      continue
    }
    for (const name of await readdir(path)) await unlink(`${path}/${name}`).catch(ignoreDirectory)
    await rmdir(path).catch(ignoreDirectory)
  }
}

function ignoreDirectory(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'EISDIR' && code !== 'EPERM' && code !== 'ENOTEMPTY') throw error
}
