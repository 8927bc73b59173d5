import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { findMounts } from '#agent/supervisor/protected-group.ts'

/** Of the processor and the disk: all containers together have 100, builds as much. */
const WEIGHT = 20

type Mounts = ReturnType<typeof findMounts>

const nameOf = (instance: string): string => `vastrox-${instance}-backups`

/** file → value, of the control groups in which whatever makes backups runs. */
export function weightFiles(instance: string, mounts: Mounts): [string, string][] {
  const { unified, cpu, blkio } = mounts
  const within = (mount: string | undefined, files: [string, string][]): [string, string][] =>
    mount === undefined
      ? []
      : files.map(([file, value]) => [`${mount}/${nameOf(instance)}/${file}`, value])
  if (unified !== undefined)
    return within(unified, [
      ['cpu.weight', String(WEIGHT)],
      ['io.weight', `default ${WEIGHT}`],
      ['io.bfq.weight', String(WEIGHT)],
    ])
  return [
    ...within(cpu, [['cpu.shares', String(Math.round(WEIGHT * 10.24))]]),
    ...within(blkio, [
      ['blkio.bfq.weight', String(WEIGHT)],
      ['blkio.weight', String(WEIGHT)],
    ]),
  ]
}

/**
 * Puts a process behind everything that serves visitors: it would otherwise have the agent's own place,
 * which comes before them. A kernel that refuses leaves it to `nice` and `ionice`. Gives what takes the
 * groups away again, once nothing runs in them.
 */
export function runBehindOthers(
  instance: string,
  pid: number,
  mounts: Mounts = findMounts(),
): () => void {
  const files = weightFiles(instance, mounts)
  const folders = [...new Set(files.map(([file]) => file.slice(0, file.lastIndexOf('/'))))]
  for (const folder of folders) {
    quietly(() => mkdirSync(folder, { recursive: true }))
    for (const [file, value] of files)
      if (file.startsWith(`${folder}/`) && existsSync(file))
        quietly(() => writeFileSync(file, value))
    quietly(() => writeFileSync(`${folder}/cgroup.procs`, String(pid)))
  }
  return () => {
    // Another one may run in it: then that one takes it away.
    for (const folder of folders) quietly(() => rmdirSync(folder))
  }
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // The kernel lacks it, or it is not ours to write.
  }
}
