import { readFileSync, statSync } from 'node:fs'

/** Of the machine, since it started; another one after each start of it. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Where the kernel does not tell, every start looks like the same one.
    return 'unknown'
  }
}

/**
 * Of a file that is there: a copy of it has another one. Not by the number of its disk, which is another
 * one after a restart of the machine with some file systems.
 */
export function fileId(path: string): string {
  const { ino, birthtimeNs } = statSync(path, { bigint: true })
  return `${ino}:${birthtimeNs}`
}
