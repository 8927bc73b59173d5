import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { pidsOf } from '#agent/disk/writers.ts'

/** Of one container, so that a look comes to an end whatever an app has open. */
const MOST_LOOKED_AT = 200_000
const AT_ONCE = 256
/** Their files are in memory, which has its own limit. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6, 0x958458f6])
const BLOCK = 512

/** A file without a name that is smaller is nobody's concern. */
const WORTH_BYTES = 2 ** 20

interface Places {
  proc?: string
  root?: string
}

/**
 * What files take on the disk that have lost their names and are still open or mapped in a container:
 * no walk through folders finds them, and the disk has them until the last of its programs lets go.
 */
export async function namelessOf(
  id: string,
  { proc = '/proc', root = '/sys/fs/cgroup' }: Places = {},
): Promise<number> {
  const sizes = new Map<string, number>()
  let left = MOST_LOOKED_AT
  for (const pid of new Set(await pidsOf(id, root))) {
    const all = [...(await openOf(join(proc, pid))), ...(await mappedOf(join(proc, pid)))]
    const paths = all.slice(0, left)
    left -= paths.length
    for (let from = 0; from < paths.length; from += AT_ONCE)
      await Promise.all(paths.slice(from, from + AT_ONCE).map((path) => note(path, sizes)))
    if (left === 0) break
  }
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
}

const openOf = async (process: string): Promise<string[]> => {
  const folder = join(process, 'fd')
  return (await readdir(folder).catch(() => [])).map((fd) => join(folder, fd))
}

/** A file that is mapped needs nobody who has it open. */
async function mappedOf(process: string): Promise<string[]> {
  const text = await readFile(join(process, 'maps'), 'utf8').catch(() => '')
  return [...text.matchAll(/^([0-9a-f]+-[0-9a-f]+) .* \(deleted\)$/gm)].map(([, range = '']) =>
    join(process, 'map_files', range),
  )
}

async function note(path: string, sizes: Map<string, number>): Promise<void> {
  // Closed meanwhile, or a process that has ended.
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile() || found.nlink > 0 || found.blocks * BLOCK < WORTH_BYTES) return
  const where = await statfs(path).catch(() => undefined)
  if (!where || IN_MEMORY.has(where.type)) return
  sizes.set(`${found.dev}:${found.ino}`, found.blocks * BLOCK)
}
