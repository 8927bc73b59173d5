import { z } from 'zod'
import type { Restoring } from '#agent/backups/restored.ts'
import { readLines } from '#agent/backups/read-lines.ts'
import { resticFailure } from '#agent/backups/restic-failure.ts'
import { startRestic } from '#agent/backups/run-restic.ts'

const Node = z.object({
  struct_type: z.literal('node'),
  path: z.string(),
  type: z.string(),
  size: z.number().default(0),
  uid: z.number().default(0),
  gid: z.number().default(0),
  mtime: z.string().default(''),
})
export type SnapshotNode = z.output<typeof Node>

/** What a snapshot holds, or one folder of it; ends early where the reader does. */
export async function* listNodes(
  { access, snapshot, signal }: Pick<Restoring, 'access' | 'snapshot' | 'signal'>,
  { path, isDeep = false }: { path?: string; isDeep?: boolean },
): AsyncGenerator<SnapshotNode, void, undefined> {
  const deep = isDeep ? ['--recursive'] : []
  const folder = path === undefined ? [] : [path]
  const args = ['--no-lock', 'ls', '--json', ...deep, snapshot.id, ...folder]
  const running = startRestic(access, args, { signal })
  try {
    for await (const line of readLines(running.stdout)) {
      const node = nodeIn(line)
      if (node !== undefined) yield node
    }
    const end = await running.ended
    if (end.exitCode !== 0) throw resticFailure(access, end)
  } finally {
    await running.stop()
  }
}

function nodeIn(line: string): SnapshotNode | undefined {
  if (!line.startsWith('{')) return undefined
  return Node.safeParse(JSON.parse(line)).data
}
