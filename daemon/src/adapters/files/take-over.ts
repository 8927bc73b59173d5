import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import type { Place } from './descriptor-walk.ts'

/** Puts a copy of ours in the place of a file that another account has written. */
export async function takeOver({ at }: Place, workFolder: string): Promise<void> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  const copy = `${workFolder}/${randomUUID()}`
  const from = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const info = await from.stat()
    const to = await open(copy, 'wx', 0o660)
    try {
      await to.writeFile(from.createReadStream({ autoClose: false }))
      await to.chmod(info.mode & 0o777)
      await to.utimes(info.atimeMs / 1_000, info.mtimeMs / 1_000)
    } finally {
      await to.close()
    }
    await rename(copy, at)
  } finally {
    await from.close()
    await rm(copy, { force: true })
  }
}
