import { closeSync, constants, lstatSync, openSync, readlinkSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { FileError } from '#lib/file-error.ts'
import { codeOf } from './explain-file-error.ts'
import { checkName, MAX_DEPTH, namesOf } from './file-names.ts'

/** Of an open directory: a number, or what holds one. */
export type Descriptor = Pick<FileHandle, 'fd'>

/** A name in a directory that is held open: what is done there cannot be led elsewhere. */
export interface Place {
  directory: Descriptor
  /** `.` for the root itself. */
  name: string
  /** For the calls of node:fs: `/proc/self/fd/N/name`. */
  at: string
  /** The names from the root to here, all links resolved. */
  names: readonly string[]
}

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const MAX_HOPS = 8

export const under = (directory: Descriptor, name: string): string =>
  `/proc/self/fd/${directory.fd}/${name}`

export const openDirectoryAt = (path: string): Promise<FileHandle> => open(path, DIRECTORY)

/**
 * Does `work` at a path below `root`, whatever others do to the tree meanwhile (rule C5): each
 * directory on the way is opened from the one before, never by a path of more than one name, and
 * never through a link. Links are read and walked by us, inside of the root; with `follow` the last
 * one too. The steps wait for the kernel and give up no turn: each is some ten microseconds, and a
 * hundred times that where the event loop is busy and they take turns.
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
  const held: Descriptor[] = [{ fd: openSync(root, DIRECTORY) }]
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
        closeTop(held)
        continue
      }
      checkName(name)
      const isLast = todo.length === 0
      if (isLast && !follow) return await work(placeOf(directory, name, place))
      const next = isLast ? undefined : enter(directory, name)
      if (next) {
        held.push(next)
        place.push(name)
        if (place.length > MAX_DEPTH)
          throw new FileError('bad-name', 'That path is more than 64 directories deep.')
        continue
      }
      const target = linkAt(under(directory, name))
      if (target !== undefined) follows(target)
      else if (isLast) return await work(placeOf(directory, name, place))
      else throw new FileError('not-a-directory', 'Part of that path is not a directory.')
    }
  } finally {
    while (held.length > 0) closeTop(held)
  }
}

function closeTop(held: Descriptor[]): void {
  const top = held.pop()
  if (top) closeSync(top.fd)
}

const placeOf = (directory: Descriptor, name: string, above: readonly string[]): Place => ({
  directory,
  name,
  at: under(directory, name),
  names: name === '.' ? [...above] : [...above, name],
})

/** undefined where there is something else than a directory. */
function enter(directory: Descriptor, name: string): Descriptor | undefined {
  try {
    return { fd: openSync(under(directory, name), DIRECTORY) }
  } catch (error) {
    if (['ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

/** Where a link leads; undefined where there is none. */
function linkAt(path: string): string | undefined {
  const info = lstatSync(path, { throwIfNoEntry: false })
  return info?.isSymbolicLink() ? readlinkSync(path) : undefined
}

const leadsOut = (): FileError => new FileError('denied', 'That leads out of the app’s files.')
