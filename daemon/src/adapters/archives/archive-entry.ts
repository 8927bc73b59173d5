import { CodedError } from '@vastrox/shared/errors.ts'

export type EntryKind =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'hard-link'
  | 'device'
  | 'pipe'
  | 'socket'

/** One thing in an archive, as it is written there: nothing of it has been believed yet. */
export interface ArchiveEntry {
  path: string
  kind: EntryKind
  sizeBytes: number
  executable: boolean
  modifiedAtS: number
  /** Where a link leads. */
  target: string
  /** To be read before the next entry is asked for; what is left of it is skipped. */
  content(): AsyncIterable<Buffer>
}

/** The sentence is for whoever made the archive. */
export const refused = (reason: string, cause?: unknown): CodedError =>
  new CodedError('ARCHIVE_REFUSED', { reason }, cause === undefined ? undefined : { cause })

/** A name as it can be shown in a sentence. */
export const shown = (path: string): string => {
  const plain = path.replaceAll(/\p{C}/gu, '?')
  return JSON.stringify(plain.length > 120 ? `${plain.slice(0, 117)}...` : plain)
}

export const tooMuch = (): CodedError => refused('it unpacks to more than a hundred times its size')
