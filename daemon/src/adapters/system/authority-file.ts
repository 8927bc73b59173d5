import { createHash } from 'node:crypto'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { trustedAuthorities } from './trusted-authorities.ts'

/**
 * A file of all authorities that are trusted, for programs that take one file in place of the
 * system's. Gives undefined where there is none besides the system's: then they look by themselves.
 */
export function createAuthorityFile({ file, extra }: { file: string; extra: () => string }) {
  let written: string | undefined

  return async (): Promise<string | undefined> => {
    const own = extra()
    if (own === '') return undefined
    const text = [...trustedAuthorities(), own].join('\n')
    const digest = createHash('sha256').update(text).digest('hex')
    if (written !== digest) await writeAtomically(file, text)
    written = digest
    return file
  }
}
