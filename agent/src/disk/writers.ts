import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readText } from '#agent/node/cgroups.ts'

/** Where the kernel lists the processes of a container, by cgroup version and driver. */
const placesOf = (id: string): string[] =>
  [`docker/${id}`, `system.slice/docker-${id}.scope`].flatMap((place) => [
    place,
    join('memory', place),
    join('pids', place),
  ])

interface Places {
  proc?: string
  root?: string
}

/**
 * What the processes of a container have written so far, by the kernel's own count: what they have
 * made dirty, whoever brings it to the disk. It goes down as processes end, so that only a difference
 * between two moments tells something.
 */
export async function writtenBy(
  id: string,
  { proc = '/proc', root = '/sys/fs/cgroup' }: Places = {},
): Promise<number> {
  const pids = await pidsOf(id, root)
  const counts = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(join(proc, pid, 'io'), 'utf8').catch(() => '')
      const written = Number(/^write_bytes: (\d+)/m.exec(text)?.[1] ?? 0)
      const taken = Number(/^cancelled_write_bytes: (\d+)/m.exec(text)?.[1] ?? 0)
      return Math.max(0, written - taken)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Of all processes of a container. */
export async function pidsOf(id: string, root: string): Promise<string[]> {
  for (const place of placesOf(id)) {
    const pids = await pidsBelow(join(root, place), 3)
    if (pids.length > 0) return pids
  }
  return []
}

/** A program may have made groups of its own within its own. */
async function pidsBelow(folder: string, deep: number): Promise<string[]> {
  const own = (await readText(join(folder, 'cgroup.procs'))).split('\n').filter(Boolean)
  if (deep === 0) return own
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const below = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => pidsBelow(join(folder, entry.name), deep - 1)),
  )
  return [...own, ...below.flat()]
}
