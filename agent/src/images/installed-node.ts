import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'

/** What of npm an image does not need. */
const LEFT_OUT = new Set(['docs', 'man', 'node_modules/.cache', 'README.md'])

/**
 * A build context with the Dockerfile, the Node that runs this process and the npm of the
 * installation: `Dockerfile`, `node`, `npm/`.
 */
export function installedNodeContext(dockerfile: string): Readable {
  const tar = pack()
  fill(tar, dockerfile).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  return Readable.from(tar)
}

/** A build context that holds nothing but the Dockerfile. */
export function bareContext(dockerfile: string): Readable {
  const tar = pack()
  tar.entry({ name: 'Dockerfile', mtime: new Date(0) }, dockerfile)
  tar.finalize()
  return Readable.from(tar)
}

async function fill(tar: Pack, dockerfile: string): Promise<void> {
  tar.entry({ name: 'Dockerfile', mtime: new Date(0) }, dockerfile)
  const { size } = await stat(process.execPath)
  await pipeline(
    createReadStream(process.execPath),
    tar.entry({ name: 'node', size, mode: 0o755, mtime: new Date(0) }),
  )
  const root = dirname(createRequire(import.meta.url).resolve('npm/package.json'))
  await addFolder(tar, root, '')
  tar.finalize()
}

async function addFolder(tar: Pack, root: string, folder: string): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  for (const entry of entries.toSorted((one, other) => one.name.localeCompare(other.name))) {
    const path = join(folder, entry.name)
    if (LEFT_OUT.has(path)) continue
    if (entry.isDirectory()) await addFolder(tar, root, path)
    else if (entry.isFile()) {
      const content = await readFile(join(root, path))
      tar.entry(
        { name: `npm/${path}`, mode: path.startsWith('bin/') ? 0o755 : 0o644, mtime: new Date(0) },
        content,
      )
    }
  }
}
