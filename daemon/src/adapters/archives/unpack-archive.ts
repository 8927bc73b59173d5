import { createHash, type Hash } from 'node:crypto'
import { closeSync, futimesSync, openSync, writeFileSync } from 'node:fs'
import { constants, copyFile, mkdir, open, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ArchiveEntry, refused } from './archive-entry.ts'
import { cleanTarget, createEntryRules } from './entry-rules.ts'
import { type ArchiveFormat, openArchive } from './open-archive.ts'

interface Options {
  maxBytes: number
  maxEntries: number
  signal: AbortSignal
}

export interface Unpacked {
  format: ArchiveFormat
  entries: number
  sizeBytes: number
  /** The directory in `into` whose content is meant; null where it is all of `into`. */
  onlyDirectory: string | null
  /** SHA-256 of each file, by its path in `into`. */
  hashes: ReadonlyMap<string, string>
}

const MAX_RATIO = 100
const SMALL_BYTES = 65_536

/**
 * Unpacks an archive into a directory that is ours alone and empty. Links are made last, so that
 * nothing is ever written through one. On failure the caller removes the directory.
 */
export async function unpackArchive(
  archive: string,
  into: string,
  { maxBytes, maxEntries, signal }: Options,
): Promise<Unpacked> {
  const limits = { maxBytes, maxEntries }
  await checkArchive(archive, limits, signal)
  const rules = createEntryRules(limits)
  const hashes = new Map<string, string>()
  const made = new Set<string>()
  async function makeAbove(at: string): Promise<void> {
    const above = dirname(at)
    if (made.has(above)) return
    await mkdir(above, { recursive: true, mode: 0o700 })
    made.add(above)
  }
  const opened = await openArchive(archive, { maxEntries, maxRatio: MAX_RATIO })
  try {
    for await (const entry of opened.entries) {
      signal.throwIfAborted()
      const path = rules.pathOf(entry)
      if (path === undefined || entry.kind === 'symlink') continue
      const at = join(into, path)
      if (entry.kind === 'directory') await mkdir(at, { recursive: true, mode: 0o700 })
      else await makeFile(entry, { path, into, hashes, take: rules.take, makeAbove })
    }
    rules.mustStayInside()
    for (const [path, target] of rules.links()) {
      const at = join(into, path)
      await mkdir(dirname(at), { recursive: true, mode: 0o700 })
      await symlink(target, at)
    }
  } finally {
    await opened.close()
  }
  if (rules.entries() === 0) throw refused('there is no file in it')
  return {
    format: opened.format,
    entries: rules.entries(),
    sizeBytes: rules.bytes(),
    onlyDirectory: rules.onlyDirectory(),
    hashes,
  }
}

/** All of it is looked at before anything is written: what is refused costs no disk, and little time. */
async function checkArchive(
  archive: string,
  limits: Pick<Options, 'maxBytes' | 'maxEntries'>,
  signal: AbortSignal,
): Promise<void> {
  const rules = createEntryRules(limits)
  const opened = await openArchive(archive, { ...limits, maxRatio: MAX_RATIO })
  try {
    for await (const entry of opened.entries) {
      signal.throwIfAborted()
      rules.pathOf(entry)
    }
    rules.mustStayInside()
  } finally {
    await opened.close()
  }
}

interface Making {
  path: string
  into: string
  hashes: Map<string, string>
  take: (bytes: number) => void
  makeAbove: (at: string) => Promise<void>
}

async function whole(entry: ArchiveEntry): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of entry.content()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Without waiting: five turns of the event loop for each of 10,000 files take ten times as long. */
function writeSmallFile(at: string, content: Buffer, mode: number, modifiedAtS: number): void {
  const fd = openSync(at, 'wx', mode)
  try {
    writeFileSync(fd, content)
    futimesSync(fd, modifiedAtS, modifiedAtS)
  } finally {
    closeSync(fd)
  }
}

async function* hashed(content: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    hash.update(chunk)
    yield chunk
  }
}

async function makeFile(
  entry: ArchiveEntry,
  { path, into, hashes, take, makeAbove }: Making,
): Promise<void> {
  const at = join(into, path)
  await makeAbove(at)
  if (entry.kind === 'hard-link') {
    const from = join(into, cleanTarget(entry.target))
    const source = await open(from, 'r')
    try {
      take((await source.stat()).size)
    } finally {
      await source.close()
    }
    await copyFile(from, at, constants.COPYFILE_EXCL)
    hashes.set(path, hashes.get(cleanTarget(entry.target)) ?? '')
    return
  }
  const mode = entry.executable ? 0o700 : 0o600
  if (entry.sizeBytes <= SMALL_BYTES) {
    const content = await whole(entry)
    hashes.set(path, createHash('sha256').update(content).digest('hex'))
    writeSmallFile(at, content, mode, entry.modifiedAtS)
    return
  }
  const file = await open(at, 'wx', mode)
  try {
    const hash = createHash('sha256')
    await file.writeFile(hashed(entry.content(), hash))
    hashes.set(path, hash.digest('hex'))
    await file.utimes(entry.modifiedAtS, entry.modifiedAtS)
  } finally {
    await file.close()
  }
}
