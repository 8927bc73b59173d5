import { closeSync, constants, type Dir, fstatSync, lstatSync, openSync, type Stats } from 'node:fs'
import {
  chmod,
  type FileHandle,
  lstat,
  lutimes,
  mkdir,
  open,
  opendir,
  readlink,
  rename,
  rmdir,
  statfs,
  symlink,
  unlink,
} from 'node:fs/promises'
import { posix } from 'node:path'
import { FileError } from '#lib/file-error.ts'
import type {
  DirectoryEntry,
  FileTree,
  OpenDirectory,
  OpenFile,
  OpenFlags,
  StatChange,
} from '#ports/file-tree.ts'
import { type Place, openDirectoryAt, under, walkTo } from './descriptor-walk.ts'
import { explained } from './explain-file-error.ts'
import { MAX_PATH_BYTES, namesOf } from './file-names.ts'
import { isRun, toStat } from './file-stat.ts'
import type { LateSync } from './late-sync.ts'
import { createOpenFile } from './open-file.ts'
import type { TransferJournal } from './transfer-journal.ts'
import type { TreeUsage } from './tree-usage.ts'

interface Deps {
  /** The directory that is the tree. */
  root: string
  usage: TreeUsage
  journal: TransferJournal
  lateSync: LateSync
  /** Told of each change, with its path. */
  onChange: (path: string) => void
  maxOpen?: number
}

const MAX_OPEN = 64
const DIRECTORY_MODE = 0o700
const FILE_MODE = 0o600
const EXECUTABLE = 0o100
const NAMES_AT_ONCE = 256

/** One session's view of the tree; `end` closes what is open and marks what was being written. */
export function createFileTree(deps: Deps): FileTree & { end(): Promise<void> } {
  const { root, usage, journal, lateSync, onChange } = deps
  const open_ = new Set<{ abandon(): Promise<void> }>()
  let hasEnded = false

  const pathOf = ({ names }: Place): string => `/${names.join('/')}`

  function at<Result>(
    path: string,
    follow: boolean,
    work: (place: Place) => Promise<Result>,
  ): Promise<Result> {
    if (hasEnded) return Promise.reject(new FileError('gone', 'The session has ended.'))
    return explained(() => walkTo(root, path, { follow }, work))
  }

  function mustHaveRoom(): void {
    if (open_.size >= (deps.maxOpen ?? MAX_OPEN))
      throw new FileError('too-many-open', 'Too many files are open in this session.')
  }

  /** The entry must be a name in a directory: the root itself is not to be replaced. */
  function mustNotBeRoot({ name }: Place): void {
    if (name === '.') throw new FileError('denied', 'That is the root of the app’s files.')
  }

  function openFile(place: Place, flags: OpenFlags, mode: number): OpenFile {
    mustHaveRoom()
    mustNotBeRoot(place)
    const before = statOf(place)
    if (before?.isDirectory()) throw new FileError('is-a-directory', 'That is a directory.')
    if (before && !before.isFile()) throw new FileError('denied', 'That is not a plain file.')
    if (before) mustHaveOneName(before)
    const makes = !before && flags.write && flags.create
    if (makes) usage.take(0, 1)
    const path = pathOf(place)
    let hasBegun = false
    try {
      if (flags.write) journal.begin(path)
      hasBegun = flags.write
      const fd = openSync(place.at, bitsOf(flags), FILE_MODE | executableOf(mode))
      try {
        const info = fstatSync(fd)
        if (!info.isFile()) throw new FileError('denied', 'That is not a plain file.')
        mustHaveOneName(info)
        if (before && flags.write && flags.truncate) usage.resize(before, 0)
        if (flags.write) onChange(path)
        const room = usage.hold(info)
        const file = createOpenFile({
          fd,
          isAppending: flags.append,
          writes: flags.write,
          room,
          onWrite: () => onChange(path),
          onClosed: (isComplete) => {
            open_.delete(file)
            room.release()
            if (!flags.write) return
            if (isComplete) {
              journal.end(path)
              lateSync.wish()
            }
            if (!isComplete) journal.abandon(path)
            onChange(path)
          },
        })
        open_.add(file)
        return file
      } catch (error) {
        closeSync(fd)
        throw error
      }
    } catch (error) {
      if (makes) usage.take(0, -1)
      if (hasBegun) journal.end(path)
      throw error
    }
  }

  async function setStat(place: Place, change: StatChange): Promise<void> {
    const info = lstatSync(place.at)
    if (info.isSymbolicLink()) return
    if (change.sizeBytes !== undefined) await resize(place, info, change.sizeBytes)
    const { mode, modifiedAtS } = change
    const isExecutable = mode === undefined ? undefined : (mode & 0o111) !== 0
    const changesMode = isExecutable !== undefined && info.isFile() && isExecutable !== isRun(info)
    if (!changesMode && modifiedAtS === undefined) return
    if (changesMode) await chmod(place.at, FILE_MODE | (isExecutable ? EXECUTABLE : 0))
    if (modifiedAtS !== undefined) await lutimes(place.at, modifiedAtS, modifiedAtS)
    onChange(pathOf(place))
  }

  async function resize(place: Place, info: Stats, sizeBytes: number): Promise<void> {
    if (!info.isFile()) throw new FileError('is-a-directory', 'That is not a file.')
    mustHaveOneName(info)
    const handle = await open(place.at, constants.O_WRONLY | constants.O_NOFOLLOW)
    try {
      usage.resize(info, sizeBytes)
      await handle.truncate(sizeBytes)
    } finally {
      await handle.close()
    }
  }

  async function replace(from: Place, to: Place, mayReplace: boolean): Promise<void> {
    mustNotBeRoot(from)
    mustNotBeRoot(to)
    const moved = await lstat(from.at)
    const there = statOf(to)
    if (there && !mayReplace)
      throw new FileError('exists', 'There is something with that name already.')
    // The kernel does nothing then; nothing has gone whose room could be given back.
    if (there?.ino === moved.ino && there.dev === moved.dev) return
    await rename(from.at, to.at)
    if (there) usage.removed(there, there.isFile())
    journal.forget(pathOf(to))
    journal.move(pathOf(from), pathOf(to))
    onChange(pathOf(from))
    onChange(pathOf(to))
  }

  return {
    realPath: (path) => `/${namesOf(path).join('/')}`,
    stat: (path) => at(path, true, async (place) => toStat(lstatSync(place.at))),
    lstat: (path) => at(path, false, async (place) => toStat(lstatSync(place.at))),

    openDirectory: (path) =>
      at(path, true, async (place) => {
        mustHaveRoom()
        const handle = await openDirectoryAt(place.at)
        const names = await openNames(handle).catch(async (error: unknown) => {
          await handle.close()
          throw error
        })
        const directory: OpenDirectory & { abandon(): Promise<void> } = createOpenDirectory(
          handle,
          names,
          () => open_.delete(directory),
        )
        open_.add(directory)
        return directory
      }),

    open: (path, flags, mode = 0o644) =>
      at(path, true, async (place) => openFile(place, flags, mode)),

    makeDirectory: (path) =>
      at(path, false, async (place) => {
        if (place.name === '.') throw new FileError('exists', 'That is the root.')
        usage.take(0, 1)
        try {
          await mkdir(place.at, DIRECTORY_MODE)
        } catch (error) {
          usage.take(0, -1)
          throw error
        }
        onChange(pathOf(place))
      }),

    removeDirectory: (path) =>
      at(path, false, async (place) => {
        mustNotBeRoot(place)
        await rmdir(place.at)
        usage.take(0, -1)
        onChange(pathOf(place))
      }),

    removeFile: (path) =>
      at(path, false, async (place) => {
        mustNotBeRoot(place)
        const info = await lstat(place.at)
        if (info.isDirectory()) throw new FileError('is-a-directory', 'That is a directory.')
        await unlink(place.at)
        usage.removed(info, info.isFile())
        journal.forget(pathOf(place))
        onChange(pathOf(place))
      }),

    rename: (from, to, { replace: mayReplace }) =>
      at(from, false, (place) =>
        walkTo(root, to, { follow: false }, (target) => replace(place, target, mayReplace)),
      ),

    setStat: (path, change) => at(path, true, (place) => setStat(place, change)),
    readLink: (path) => at(path, false, (place) => readlink(place.at)),

    makeLink: (path, target) =>
      at(path, false, async (place) => {
        mustNotBeRoot(place)
        const above = place.names.slice(0, -1)
        if (target === '' || !staysInside(above, target))
          throw new FileError('denied', 'A link may only lead to something among the app’s files.')
        usage.take(0, 1)
        try {
          await symlink(target, place.at)
        } catch (error) {
          usage.take(0, -1)
          throw error
        }
        onChange(pathOf(place))
      }),

    space: () =>
      explained(async () => {
        const disk = await statfs(root)
        const { bytes, entries } = usage.now()
        const left = Math.max(0, usage.quota.bytes - bytes)
        return {
          blockBytes: disk.bsize,
          totalBlocks: Math.floor(usage.quota.bytes / disk.bsize),
          freeBlocks: Math.min(disk.bavail, Math.floor(left / disk.bsize)),
          totalEntries: usage.quota.entries,
          freeEntries: Math.max(0, usage.quota.entries - entries),
        }
      }),

    async end() {
      hasEnded = true
      for (const each of open_) await each.abandon()
    },
  }
}

const NOFOLLOW = constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Nothing of ours makes hard links: the other name may be outside of the tree (rule C5). */
function mustHaveOneName({ nlink }: Stats): void {
  if (nlink > 1) throw new FileError('denied', 'That file has a second name; replace or remove it.')
}

function bitsOf(flags: OpenFlags): number {
  const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_EXCL } = constants
  const access = flags.write ? (flags.read ? O_RDWR : O_WRONLY) : O_RDONLY
  if (!flags.write) return access | NOFOLLOW
  return (
    access |
    NOFOLLOW |
    (flags.create ? O_CREAT : 0) |
    (flags.create && flags.exclusive ? O_EXCL : 0) |
    (flags.truncate ? O_TRUNC : 0)
  )
}

const executableOf = (mode: number): number => ((mode & 0o111) === 0 ? 0 : EXECUTABLE)

const statOf = ({ at }: Place): Stats | undefined => lstatSync(at, { throwIfNoEntry: false })

/** Not all of them at once: sixty-four handles on 100,000 names would be half a gigabyte. */
const openNames = (handle: FileHandle): Promise<Dir> =>
  opendir(under(handle, '.'), { bufferSize: NAMES_AT_ONCE })

function createOpenDirectory(
  handle: FileHandle,
  names: Dir,
  onClosed: () => boolean,
): OpenDirectory & { abandon(): Promise<void> } {
  function take(max: number): string[] {
    const chosen: string[] = []
    while (chosen.length < max) {
      const found = names.readSync()
      if (!found) break
      chosen.push(found.name)
    }
    return chosen
  }
  async function next(max: number): Promise<DirectoryEntry[]> {
    for (;;) {
      const chosen = take(max)
      const entries = await Promise.all(chosen.map((name) => entryOf(name, under(handle, name))))
      const found = entries.flat()
      // Nothing would mean the end.
      if (found.length > 0 || chosen.length === 0) return found
    }
  }
  async function close(): Promise<void> {
    if (!onClosed()) return
    await names.close()
    await handle.close()
  }
  return { next: (max) => explained(() => next(Math.max(1, max))), close, abandon: close }
}

/** None where it is gone by now, or where there is something that clients have no word for. */
async function entryOf(name: string, path: string): Promise<DirectoryEntry[]> {
  if (name.includes('\uFFFD')) return []
  const info = await lstat(path).catch(() => undefined)
  if (!info || !(info.isFile() || info.isDirectory() || info.isSymbolicLink())) return []
  return [{ name, stat: toStat(info) }]
}

/** By the text alone; what other links on the way do is seen when it is followed. */
export function staysInside(above: readonly string[], target: string): boolean {
  if (posix.isAbsolute(target) || target.includes('\0')) return false
  if (Buffer.byteLength(target) > MAX_PATH_BYTES) return false
  let depth = above.length
  for (const name of target.split('/')) {
    if (name === '..') depth -= 1
    else if (name !== '' && name !== '.') depth += 1
    if (depth < 0) return false
  }
  return true
}
