import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'

/**
 * What the platform's own processes get before apps and builds where the engine's containers share the
 * machine with them; systemd's slice says the same (units.ts).
 */
export const PROTECTED = {
  /** All containers together have 100. */
  cpuWeight: 400,
  ioWeight: 500,
  /** The kernel takes memory from others first, as long as the platform has no more than this. */
  memoryLowBytes: 256 * 2 ** 20,
} as const

export interface ProtectedGroup {
  add(pid: number): void
}

interface Mounts {
  /** Version 2, with its controllers. */
  unified: string | undefined
  cpu: string | undefined
  blkio: string | undefined
}

/** Of version 1 each controller is mounted by itself; of a mixed host version 2 has none. */
export function findMounts(mounts = readFileSync('/proc/mounts', 'utf8')): Mounts {
  const lines = mounts.split('\n').map((line) => line.split(' '))
  const mountOf = (type: string, option?: string): string | undefined =>
    lines.find(
      (fields) =>
        fields[2] === type &&
        (option === undefined || (fields[3] ?? '').split(',').includes(option)),
    )?.[1]
  const cpu = mountOf('cgroup', 'cpu')
  return {
    unified: cpu === undefined ? mountOf('cgroup2') : undefined,
    cpu,
    blkio: mountOf('cgroup', 'blkio'),
  }
}

/** file → value; those that a kernel does not have are left out. */
export function protectionFiles(
  instance: string,
  { unified, cpu, blkio }: Mounts,
): [string, string][] {
  const name = `vastrox-${instance}`
  if (unified !== undefined)
    return [
      [`${unified}/cgroup.subtree_control`, '+cpu'],
      [`${unified}/cgroup.subtree_control`, '+memory'],
      [`${unified}/cgroup.subtree_control`, '+io'],
      [`${unified}/${name}/cpu.weight`, String(PROTECTED.cpuWeight)],
      [`${unified}/${name}/memory.low`, String(PROTECTED.memoryLowBytes)],
      [`${unified}/${name}/io.weight`, `default ${PROTECTED.ioWeight}`],
      [`${unified}/${name}/io.bfq.weight`, String(PROTECTED.ioWeight)],
    ]
  return [
    ...fileOf(cpu, `${name}/cpu.shares`, String(Math.round(PROTECTED.cpuWeight * 10.24))),
    ...fileOf(blkio, `${name}/blkio.bfq.weight`, String(PROTECTED.ioWeight)),
    ...fileOf(blkio, `${name}/blkio.weight`, String(PROTECTED.ioWeight)),
  ]
}

const fileOf = (mount: string | undefined, file: string, value: string): [string, string][] =>
  mount === undefined ? [] : [[`${mount}/${file}`, value]]

/** Groups of version 1 that a process has to be put in; with version 2 its kill group is within already. */
const foldersOf = (instance: string, { unified, cpu, blkio }: Mounts): string[] =>
  unified === undefined
    ? [cpu, blkio].flatMap((mount) => (mount === undefined ? [] : [`${mount}/vastrox-${instance}`]))
    : []

/** Raises the protection; a host that has none of it gives one that does nothing. */
export function openProtectedGroup(instance: string, mounts = findMounts()): ProtectedGroup {
  const folders = foldersOf(instance, mounts)
  for (const folder of folders) quietly(() => mkdirSync(folder, { recursive: true }))
  for (const [file, value] of protectionFiles(instance, mounts))
    if (existsSync(file)) quietly(() => writeFileSync(file, value))
  return {
    add(pid) {
      for (const folder of folders)
        quietly(() => writeFileSync(`${folder}/cgroup.procs`, String(pid)))
    },
  }
}

/** Once nothing runs any more. */
export function removeProtectedGroup(instance: string, mounts = findMounts()): void {
  for (const folder of foldersOf(instance, mounts)) quietly(() => rmdirSync(folder))
}

/** Protection is no reason not to run: doctor shows what is missing. */
function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // The kernel lacks it, or it is not ours to write.
  }
}
