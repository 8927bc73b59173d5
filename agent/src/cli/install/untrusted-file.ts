import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/**
 * A regular file in a directory that one of our accounts owns, opened by root for reading. Follows no
 * link, neither the file nor its directory, takes no second name of somebody else's file, and waits for
 * no pipe. What leads to the directory must be root's. The caller closes it.
 */
export async function openUntrusted(path: string): Promise<FileHandle> {
  const directory = await open(
    dirname(path),
    constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
  )
  try {
    const file = await open(
      `/proc/self/fd/${directory.fd}/${basename(path)}`,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    const stat = await file.stat()
    if (stat.isFile() && stat.nlink === 1) return file
    await file.close()
    throw new Error(`${path} is not a plain file`)
  } finally {
    await directory.close()
  }
}
