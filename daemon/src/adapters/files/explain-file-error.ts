import { FileError, type FileErrorCode } from '#lib/file-error.ts'

const KNOWN: Record<string, readonly [FileErrorCode, string]> = {
  ENOENT: ['not-found', 'There is no such file or directory.'],
  EEXIST: ['exists', 'There is something with that name already.'],
  ENOTEMPTY: ['not-empty', 'The directory is not empty.'],
  ENOTDIR: ['not-a-directory', 'That is not a directory.'],
  EISDIR: ['is-a-directory', 'That is a directory.'],
  ELOOP: ['denied', 'A link was put there while the path was being followed.'],
  EACCES: ['denied', 'That may not be changed.'],
  EPERM: ['denied', 'That may not be changed.'],
  ENXIO: ['denied', 'That is not a plain file.'],
  EINVAL: ['denied', 'That cannot be done with this file.'],
  ENAMETOOLONG: ['bad-name', 'That name is too long.'],
  ENOSPC: ['disk-full', 'The disk of the server is full.'],
  EDQUOT: ['disk-full', 'The disk of the server is full.'],
  EBADF: ['gone', 'The session has ended.'],
}

/** What the kernel refused, in words; anything else is a bug and stays what it is. */
export async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const known = KNOWN[codeOf(error) ?? '']
    if (!known) throw error
    throw new FileError(...known, { cause: error })
  }
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
