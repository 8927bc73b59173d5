import { cp, lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { STAGED, STAGING_NAME } from '@vastrox/shared/platform-backup.ts'
import type { PlatformStaging } from '#ports/platform-staging.ts'

interface Places {
  daemon: string
  repositories: string
  auditAnchors: string
}

/** What says where branches and tags are; everything else of a repository only ever grows until it is packed. */
const POINTERS = ['HEAD', 'packed-refs', 'refs']

/** `<data>/daemon/platform-backup`, with the rights of the directory above it. */
export function createPlatformStaging(places: Places): PlatformStaging {
  const folder = join(places.daemon, STAGING_NAME)
  const path = (name: string): string => join(folder, name)

  return {
    async begin() {
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { mode: 0o700 })
      return path
    },

    write: (name, text) => writeAtomically(path(name), text),

    async keepAuditAnchors() {
      await copyIfThere(places.auditAnchors, path(STAGED.auditAnchors))
    },

    async keepRefs() {
      const names = (await readdir(places.repositories)).filter((name) => name.endsWith('.git'))
      for (const name of names) {
        const into = join(path(STAGED.refs), name)
        await mkdir(into, { recursive: true, mode: 0o700 })
        for (const pointer of POINTERS)
          await copyIfThere(join(places.repositories, name, pointer), join(into, pointer))
      }
      return names.length
    },

    end: () => rm(folder, { recursive: true, force: true }),
  }
}

/** git holds a ref by a file beside it that ends in `.lock`, which is nobody's ref. */
async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await lstat(from)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !basename(source).endsWith('.lock'),
  })
}
