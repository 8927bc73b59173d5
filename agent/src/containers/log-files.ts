import { type FileHandle, open } from 'node:fs/promises'

const CHUNK_BYTES = 2 ** 18
/** The engine's own number of them, see LOG_CONFIG. */
const SUFFIXES = ['', '.1', '.2'] as const
/** Files that are open, which the engine may have removed meanwhile: some 160 MB of the disk at most. */
const MAX_OPEN = 16
const LOOK_BYTES = 2 ** 20

interface LogFile {
  file: FileHandle
  inode: bigint
  /** What came before it was removed before anybody saw it. */
  hasHole: boolean
}

interface Piece {
  bytes: Buffer
  /** It is the first of another file than the piece before. */
  isNewFile: boolean
  hasHole: boolean
}

/**
 * The files of a container's log, oldest first, as the engine begins them anew: each is opened as soon as it is there
 * and stays open until it has been read, so that none is gone before. Undefined where there are none to be read.
 */
export async function createLogFiles(path: string) {
  /** Not read to the end yet, oldest first. The last one is written to. */
  const files: LogFile[] = []
  const buffer = Buffer.alloc(CHUNK_BYTES)
  let position = 0
  let readSinceLook = 0
  let isNewFile = true

  async function openNewer(): Promise<LogFile[]> {
    const known = files.at(-1)?.inode
    const newer: LogFile[] = []
    let meetsKnown = known === undefined
    for (const suffix of SUFFIXES) {
      const file = await open(`${path}${suffix}`, 'r').catch(() => undefined)
      if (!file) {
        // Just renamed: it is there in a moment.
        if (suffix === '' && known !== undefined) return []
        continue
      }
      const { ino: inode } = await file.stat({ bigint: true })
      const isThere = inode === known || newer.some((other) => other.inode === inode)
      if (isThere) await file.close()
      else newer.unshift({ file, inode, hasHole: false })
      if (inode === known) {
        meetsKnown = true
        break
      }
    }
    const [first] = newer
    if (first && !meetsKnown) first.hasHole = true
    return newer
  }

  async function look(): Promise<boolean> {
    readSinceLook = 0
    const newer = await openNewer()
    files.push(...newer)
    while (files.length > MAX_OPEN) {
      // The one that is being read goes on; the next ones of those that wait are given up.
      const [given] = files.splice(1, 1)
      await given?.file.close()
      const next = files[1]
      if (next) next.hasHole = true
    }
    return newer.length > 0
  }

  async function close(): Promise<void> {
    for (const { file } of files.splice(0)) await file.close()
  }

  await look()
  if (files.length === 0) return undefined
  return {
    /** What comes next; empty where nothing does, for now. */
    async read(): Promise<Piece> {
      if (readSinceLook > LOOK_BYTES) await look()
      const [current] = files
      if (!current) return { bytes: Buffer.alloc(0), isNewFile: false, hasHole: false }
      const { bytesRead } = await current.file.read(buffer, 0, buffer.length, position)
      const piece = {
        bytes: buffer.subarray(0, bytesRead),
        isNewFile,
        hasHole: isNewFile && current.hasHole,
      }
      if (bytesRead > 0) {
        position += bytesRead
        readSinceLook += bytesRead
        isNewFile = false
        return piece
      }
      // To its end; it is written to no more once there is another one.
      if (files.length === 1 && !(await look()))
        return { ...piece, isNewFile: false, hasHole: false }
      const { bytesRead: more } = await current.file.read(buffer, 0, buffer.length, position)
      if (more > 0) {
        position += more
        isNewFile = false
        return { ...piece, bytes: buffer.subarray(0, more) }
      }
      files.shift()
      await current.file.close()
      position = 0
      isNewFile = true
      return this.read()
    },
    [Symbol.asyncDispose]: close,
  }
}
