import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Starter, StarterName } from '@vastrox/shared/starter.ts'
import type { StarterFile, Starters } from '#ports/starters.ts'

const MAX_STARTERS = 50
const MAX_FILES = 1_000
const MAX_BYTES = 8 * 2 ** 20
const MAX_README_BYTES = 65_536
/** What somebody's own checkout may hold beside an example: no part of it. */
const NOT_SHIPPED = new Set(['.git', 'node_modules', 'vendor', '.next', 'dist', 'target', '.venv'])

/** One folder for each, whose README says in its front matter what it is; null where none are shipped. */
export function createStarterFolder(folder: string | null): Starters {
  async function describe(name: string): Promise<Starter[]> {
    if (folder === null || !StarterName.safeParse(name).success) return []
    const path = join(folder, name, 'README.md')
    const info = await stat(path).catch(() => undefined)
    if (!info?.isFile() || info.size > MAX_README_BYTES) return []
    const { title, stack, description } = frontMatter(await readFile(path, 'utf8'))
    return title && stack && description ? [{ name, title, stack, description }] : []
  }

  return {
    async list() {
      if (folder === null) return []
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
      const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
      const found = await Promise.all(names.slice(0, MAX_STARTERS).map(describe))
      return found.flat().toSorted((one, other) => one.title.localeCompare(other.title, 'en'))
    },

    async files(name) {
      if (folder === null || (await describe(name)).length === 0) return undefined
      const files: StarterFile[] = []
      await collect(join(folder, name), '', files)
      return files.toSorted((one, other) => (one.path < other.path ? -1 : 1))
    },
  }
}

/** Links are left out: nothing outside of the folder is ever part of a starter. */
async function collect(root: string, below: string, files: StarterFile[]): Promise<void> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    if (NOT_SHIPPED.has(entry.name)) continue
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) await collect(root, path, files)
    if (!entry.isFile()) continue
    const content = await readFile(join(root, path))
    const { mode } = await stat(join(root, path))
    files.push({ path, executable: (mode & 0o100) !== 0, content })
    const bytes = files.reduce((sum, file) => sum + file.content.length, 0)
    if (files.length > MAX_FILES || bytes > MAX_BYTES)
      throw new Error(`the starter in ${root} is larger than a starter may be`)
  }
}

/** `key: value` lines between two lines of `---` at the very beginning. */
function frontMatter(text: string): Record<string, string> {
  const [, block = ''] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text) ?? []
  return Object.fromEntries(
    block.split('\n').flatMap((line) => {
      const at = line.indexOf(':')
      return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]]
    }),
  )
}
