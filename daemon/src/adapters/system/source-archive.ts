import { createReadStream } from 'node:fs'
import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import { syncDirectory } from '@vastrox/shared/node/atomic-file.ts'
import type { SourceArchive } from '#ports/source-archive.ts'

interface Deps {
  folder: string
  /** A tar that is larger is refused, and nothing of it stays. */
  maxBytes?: number
}

const MAX_BYTES = 2 * 2 ** 30
const SUFFIX = '.tar'

export function createSourceArchive({ folder, maxBytes = MAX_BYTES }: Deps): SourceArchive {
  const pathOf = (id: string): string => {
    if (!/^[a-z0-9]{8,40}$/.test(id)) throw new Error('that is not the id of a source')
    return join(folder, `${id}${SUFFIX}`)
  }

  return {
    async put(id, tar) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const path = pathOf(id)
      const beside = `${path}.new`
      try {
        const sizeBytes = await writeDurably(beside, tar, maxBytes)
        await rename(beside, path)
        await syncDirectory(folder)
        return { sizeBytes }
      } catch (error) {
        await rm(beside, { force: true })
        throw isNoSpace(error) ? new CodedError('DISK_FULL', {}, { cause: error }) : error
      }
    },

    async open(id) {
      const path = pathOf(id)
      await access(path)
      return createReadStream(path)
    },

    has: (id) =>
      access(pathOf(id)).then(
        () => true,
        () => false,
      ),

    async remove(id) {
      await rm(pathOf(id), { force: true })
    },

    async list() {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isCode(error, 'ENOENT')) return []
        throw error
      })
      return names
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length))
    },
  }
}

async function writeDurably(path: string, tar: Readable, maxBytes: number): Promise<number> {
  let bytes = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of tar) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new CodedError('SOURCE_TOO_LARGE', { reason: tooLarge(maxBytes) })
      yield chunk
    }
  }
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(counted())
    await file.sync()
  } finally {
    await file.close()
  }
  return bytes
}

const tooLarge = (maxBytes: number): string =>
  `the unpacked source is larger than ${Math.round(maxBytes / 2 ** 20)} MB`

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const isNoSpace = (error: unknown): boolean => isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')
