import { readFile } from 'node:fs/promises'

const WANTED = 65_536

/**
 * The number of open files that the engine can grant a container: more than its own hard limit makes
 * a start fail where it may not raise limits (CAP_SYS_RESOURCE). Our own limit stands in where the
 * engine's process cannot be seen.
 */
export async function probeNofile(): Promise<number> {
  const pid = await readFile('/var/run/docker.pid', 'utf8').catch(() => 'self')
  const limits = await readFile(`/proc/${pid.trim()}/limits`, 'utf8').catch(() =>
    readFile('/proc/self/limits', 'utf8'),
  )
  return nofileWithin(limits)
}

export function nofileWithin(limits: string): number {
  const hard = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? WANTED)
  return Math.min(WANTED, hard)
}
