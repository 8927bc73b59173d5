import type { Crash } from '@vastrox/shared/process.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'

/** "ran out of memory (limit 512 MB)", "exited with code 1". */
export function sayEnd({
  exitCode,
  oomKilled,
  memoryBytes,
}: Pick<Crash, 'exitCode' | 'oomKilled' | 'memoryBytes'>): string {
  if (oomKilled)
    return t('ran out of memory (limit {memoryBytes})', { memoryBytes: sayBytes(memoryBytes) })
  return exitCode === null ? t('ended') : t('exited with code {exitCode}', { exitCode })
}
