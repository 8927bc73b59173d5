import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlatformDumps } from '#ports/platform-dumps.ts'

/** `<data>/daemon/restoring-addons/<id>/<the one file>`. */
export function createPlatformDumps(folder: string): PlatformDumps {
  const pathOf = (addonId: string): string => {
    if (!/^[a-z0-9]{8,40}$/.test(addonId)) throw new Error('that is not the id of an add-on')
    return join(folder, addonId)
  }

  return {
    async open(addonId) {
      const path = pathOf(addonId)
      const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
      const file = entries.find((entry) => entry.isFile())
      return file && { name: file.name, content: createReadStream(join(path, file.name)) }
    },
    remove: (addonId) => rm(pathOf(addonId), { recursive: true, force: true }),
    removeAll: () => rm(folder, { recursive: true, force: true }),
  }
}
