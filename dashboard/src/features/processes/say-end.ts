import type { Crash } from '@vastrox/shared/process.ts'
import { sayBytes } from '#lib/bytes.ts'

/** "ran out of memory (limit 512 MB)", "exited with code 1". */
export function sayEnd({
  exitCode,
  oomKilled,
  memoryBytes,
}: Pick<Crash, 'exitCode' | 'oomKilled' | 'memoryBytes'>): string {
  if (oomKilled) return `ran out of memory (limit ${sayBytes(memoryBytes)})`
  return exitCode === null ? 'ended' : `exited with code ${exitCode}`
}
