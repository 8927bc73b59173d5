import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { FileError } from '#lib/file-error.ts'
import { codeOf } from './explain-file-error.ts'
import { checkName, MAX_DEPTH, namesOf } from './file-names.ts'

/** A name in a directory that is held open: what is done there cannot be led elsewhere. */
export interface Place {
  directory: FileHandle
  /** `.` for the root itself. */
  name: string
  /** For the calls of node:fs: `/proc/self/fd/N/name`. */
  at: string
  /** The names from the root to here, all links resolved. */
  names: readonly string[]
}

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const MAX_HOPS = 8

export const under = (directory: FileHandle, name: string): string =>
  `/proc/self/fd/${directory.fd}/${name}`

export const openDirectoryAt = (path: string): Promise<FileHandle> => open(path, DIRECTORY)

/**
 * Does `work` at a path below `root`, whatever others do to the tree meanwhile (rule C5): each
 * directory on the way is opened from the one before, never by a path of more than one name, and
 * never through a link. Links are read and walked by us, inside of the root; with `follow` the last
 * one too.
 */
export async function walkTo<Result>(
  root: string,
  path: string,
  { follow }: { follow: boolean },
  work: (place: Place) => Promise<Result>,
): Promise<Result> {
  /** What is to be walked, the next name last. */
  const todo = namesOf(path).toReversed()
  const place: string[] = []
  /** From the root to where we are. */
  const held: FileHandle[] = [await openDirectoryAt(root)]
  let hops = 0

  function follows(target: string): void {
    hops += 1
    if (hops > MAX_HOPS) throw new FileError('denied', 'Too many links lead to one another.')
    if (isAbsolute(target)) throw leadsOut()
    todo.push(...target.split('/').toReversed())
  }

  try {
    for (;;) {
      const directory = held.at(-1)
      if (!directory) throw leadsOut()
      const name = todo.pop()
      if (name === undefined) return await work(placeOf(directory, '.', place))
      if (name === '' || name === '.') continue
      if (name === '..') {
        if (place.length === 0) throw leadsOut()
        place.pop()
        await held.pop()?.close()
        continue
      }
      checkName(name)
      const isLast = todo.length === 0
      if (isLast && !follow) return await work(placeOf(directory, name, place))
      const next = isLast ? undefined : await enter(directory, name)
      if (next) {
        held.push(next)
        place.push(name)
        if (place.length > MAX_DEPTH)
          throw new FileError('bad-name', 'That path is more than 64 directories deep.')
        continue
      }
      const target = await linkAt(under(directory, name))
      if (target !== undefined) follows(target)
      else if (isLast) return await work(placeOf(directory, name, place))
      else throw new FileError('not-a-directory', 'Part of that path is not a directory.')
    }
  } finally {
    for (const handle of held) await handle.close()
  }
}

const placeOf = (directory: FileHandle, name: string, above: readonly string[]): Place => ({
  directory,
  name,
  at: under(directory, name),
  names: name === '.' ? [...above] : [...above, name],
})

/** undefined where there is something else than a directory. */
async function enter(directory: FileHandle, name: string): Promise<FileHandle | undefined> {
  try {
    return await openDirectoryAt(under(directory, name))
  } catch (error) {
    if (['ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

/** Where a link leads; undefined where there is none. */
async function linkAt(path: string): Promise<string | undefined> {
  const info = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  return info?.isSymbolicLink() ? readlink(path) : undefined
}

const leadsOut = (): FileError => new FileError('denied', 'That leads out of the app’s files.')
