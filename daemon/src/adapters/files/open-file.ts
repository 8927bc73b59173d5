import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsync,
  ftruncate,
  futimesSync,
  read,
  write,
} from 'node:fs'
import { promisify } from 'node:util'
import { FileError } from '#lib/file-error.ts'
import type { OpenFile, StatChange } from '#ports/file-tree.ts'
import { explained } from './explain-file-error.ts'
import { isRun, toStat } from './file-stat.ts'
import type { Room } from './tree-usage.ts'

interface Deps {
  /** Closed by us. */
  fd: number
  isAppending: boolean
  writes: boolean
  room: Room
  onWrite: () => void
  onClosed: (isComplete: boolean) => void
}

/** At most this much is read at a time. */
const MAX_READ_BYTES = 262_144
const MAX_FILE_BYTES = 2 ** 40
/** From this size on a file is worth a wait of its own; smaller ones reach the disk together. */
const SYNCED_BYTES = 2 ** 20

const readSome = promisify(read)
const writeSome = promisify(write)
const truncateTo = promisify(ftruncate)
const syncFile = promisify(fsync)

/** A file of the tree that is held open. */
export function createOpenFile(deps: Deps): OpenFile {
  const { fd, room } = deps
  const pending = new Set<Promise<unknown>>()
  let isClosed = false

  function during<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isClosed) return Promise.reject(new FileError('gone', 'The file has been closed.'))
    const running = explained(work)
    pending.add(running)
    const done = (): boolean => pending.delete(running)
    running.then(done, done)
    return running
  }

  function mustWrite(): void {
    if (!deps.writes) throw new FileError('denied', 'The file was opened for reading.')
  }

  /** Room for the growth is taken before the first byte: what does not fit is not begun. */
  function grow(end: number): void {
    if (end > MAX_FILE_BYTES) throw new FileError('quota', 'A file cannot be as large as that.')
    if (end > room.sizeBytes()) room.resize(end)
  }

  async function writeAll(offset: number, bytes: Uint8Array): Promise<void> {
    let done = 0
    while (done < bytes.length) {
      const left = bytes.length - done
      const { bytesWritten } = await writeSome(fd, bytes, done, left, offset + done)
      done += bytesWritten
    }
  }

  async function setStat({ mode, modifiedAtS, sizeBytes: size }: StatChange): Promise<void> {
    if (size !== undefined) await resize(size)
    if (mode !== undefined) {
      const isExecutable = (mode & 0o111) !== 0
      if (isExecutable !== isRun(fstatSync(fd))) fchmodSync(fd, isExecutable ? 0o700 : 0o600)
    }
    if (modifiedAtS !== undefined) futimesSync(fd, modifiedAtS, modifiedAtS)
  }

  async function resize(size: number): Promise<void> {
    mustWrite()
    if (size > room.sizeBytes()) grow(size)
    else room.resize(size)
    await truncateTo(fd, size)
    deps.onWrite()
  }

  async function end(isComplete: boolean): Promise<void> {
    if (isClosed) return
    isClosed = true
    if (pending.size > 0) await Promise.allSettled(pending)
    try {
      if (deps.writes && isComplete && room.sizeBytes() >= SYNCED_BYTES)
        await explained(() => syncFile(fd))
    } finally {
      closeSync(fd)
      await explained(async () => deps.onClosed(isComplete))
    }
  }

  return {
    stat: () => during(async () => toStat(fstatSync(fd))),
    read: (offset, length) =>
      during(async () => {
        const buffer = Buffer.allocUnsafe(Math.min(length, MAX_READ_BYTES))
        const { bytesRead } = await readSome(fd, buffer, 0, buffer.length, offset)
        return buffer.subarray(0, bytesRead)
      }),
    write: (offset, bytes) =>
      during(async () => {
        mustWrite()
        const start = deps.isAppending ? room.sizeBytes() : offset
        grow(start + bytes.length)
        await writeAll(start, bytes)
        deps.onWrite()
      }),
    truncate: (size) => during(() => resize(size)),
    setStat: (change) => during(() => setStat(change)),
    sync: () => during(() => syncFile(fd)),
    close: () => end(true),
    abandon: () => end(false),
  }
}
