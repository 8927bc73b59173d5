import { readFile } from 'node:fs/promises'

/**
 * When a process was started, in ticks of the machine's clock: with the pid it names one process for
 * ever. Empty when there is none.
 */
export async function processStart(pid: number): Promise<string> {
  if (pid === 0) return ''
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  /** The name may hold blanks and brackets; fields are counted behind it. The start is field 22. */
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
