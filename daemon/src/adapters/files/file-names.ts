import { FileError } from '#lib/file-error.ts'

export const MAX_NAME_BYTES = 255
/** PATH_MAX of Linux, without the zero at its end. */
export const MAX_PATH_BYTES = 4_095
export const MAX_DEPTH = 64

/** The names of a path, from the root down; `.` is left out and `..` stops at the root. */
export function namesOf(path: string): string[] {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw new FileError('bad-name', 'That path is longer than 4,095 bytes.')
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') names.pop()
    else names.push(checkName(name))
  }
  if (names.length > MAX_DEPTH)
    throw new FileError('bad-name', 'That path is more than 64 directories deep.')
  return names
}

export function checkName(name: string): string {
  if (name.includes('\0')) throw new FileError('bad-name', 'A name cannot hold a zero byte.')
  // What a client's bytes become where they are no UTF-8: two such names would be one.
  if (name.includes('\uFFFD')) throw new FileError('bad-name', 'Names must be UTF-8.')
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new FileError('bad-name', 'That name is longer than 255 bytes.')
  return name
}
