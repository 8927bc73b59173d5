import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { walkTo } from './descriptor-walk.ts'

/** SHA-256 of a file of the tree; undefined where it is gone, or no file any more. */
export async function hashFile(root: string, path: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  try {
    return await walkTo(root, path, { follow: false }, async ({ at }) => {
      const file = await open(at, flags)
      try {
        if (!(await file.stat()).isFile()) return undefined
        const hash = createHash('sha256')
        for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk)
        return hash.digest('hex')
      } finally {
        await file.close()
      }
    })
  } catch {
    // Swapped while it was looked at: the next look sees what it is then.
    return undefined
  }
}
