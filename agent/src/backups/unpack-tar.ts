import { createWriteStream } from 'node:fs'
import { link, lchown, lutimes, mkdir, chmod, statfs, symlink } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RestoreSnapshotEvent } from '@vastrox/shared/agent-api-backups.ts'
import { floorOf } from '@vastrox/shared/disk-floor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type Extract, extract, type Header } from 'tar-stream'
import type { StreamCall } from '#agent/server/bind.ts'

/** A volume of a shop's pictures has hundreds of thousands; each costs a few hundred bytes here. */
const MAX_ENTRIES = 1_000_000
const MAX_DEPTH = 64
const MAX_NAME_BYTES = 255
/** Of a whole path, and of what a link leads to. */
const MAX_PATH_BYTES = 4_096
/** All of them together are held until the end. */
const MAX_PATHS_BYTES = 256 * 2 ** 20
const PROGRESS_EVERY_MS = 1_000
/** Neither setuid nor setgid comes in from outside. */
const MODE = 0o1777

interface Owner {
  uid: number
  gid: number
}

interface Call {
  /** Of everything; undefined: as the tar says. */
  owner: Owner | undefined
  signal: AbortSignal
  emit: StreamCall<RestoreSnapshotEvent>['emit']
}

type TarEntry = Awaited<
  ReturnType<ReturnType<Extract[typeof Symbol.asyncIterator]>['next']>
>['value']

/** What a header says of somebody's file; the rest of it may be megabytes, and is not held. */
type Attributes = Partial<Pick<Header, 'uid' | 'gid' | 'mode' | 'mtime'>>

interface Linked {
  path: string
  target: string
  header: Attributes
}

/**
 * A tar into an empty directory that nobody else writes to, held to the rules of archives (C6): nothing
 * leads out of it, nothing is written through a link, no name comes twice, no devices, and the disk keeps
 * its floor. Links are made last, so that none is there while files are written.
 */
export async function unpackTar(
  source: Readable,
  folder: string,
  { owner, signal, emit }: Call,
): Promise<void> {
  const kinds = new Map<string, 'file' | 'directory' | 'link'>()
  const hardLinks: Linked[] = []
  const symlinks: Linked[] = []
  const folders: Linked[] = []
  let root: Attributes | undefined
  let firstFile: Attributes | undefined
  const room = await roomIn(folder)
  let bytes = 0
  let pathsBytes = 0
  let saidAt = performance.now()
  const tar = extract()
  // Neither its entries nor what waits for one ends where the tar breaks off.
  const broken = new AbortController()
  const feeding = pipeline(source, tar, { signal })
  feeding.catch((error: unknown) => broken.abort(error))
  const until = AbortSignal.any([signal, broken.signal])
  try {
    for await (const entry of entriesOf(tar, until)) {
      signal.throwIfAborted()
      const { header } = entry
      const path = placeOf(header.name)
      if (path === '') {
        root = attributesOf(header)
        entry.resume()
        continue
      }
      claim(kinds, path, kindOf(header))
      if (kinds.size > MAX_ENTRIES) throw bad(`It has more than ${MAX_ENTRIES} files.`)
      const target = targetOf(header)
      pathsBytes += Buffer.byteLength(path) + Buffer.byteLength(target)
      if (pathsBytes > MAX_PATHS_BYTES) throw bad('The names in it are too long, all together.')
      const place = join(folder, path)
      await mkdir(dirname(place), { recursive: true })
      if (header.type === 'file' || header.type === 'contiguous-file') {
        firstFile ??= attributesOf(header)
        bytes += header.size ?? 0
        if (bytes > room)
          throw new CodedError('DISK_LOW', { reason: 'It would fill the disk of the server.' })
        await pipeline(entry, createWriteStream(place, { flags: 'wx', mode: 0o600 }), {
          signal: until,
        })
        await finish(place, { ...header, ...owner })
      } else {
        const linked = { path, target, header: attributesOf(header) }
        if (header.type === 'directory') {
          await mkdir(place, { recursive: true })
          folders.push(linked)
        }
        if (header.type === 'link') hardLinks.push({ ...linked, target: placeOf(target) })
        if (header.type === 'symlink') symlinks.push(linked)
        entry.resume()
      }
      if (performance.now() - saidAt < PROGRESS_EVERY_MS) continue
      saidAt = performance.now()
      await emit({ type: 'progress', bytesDone: bytes, bytesTotal: null, filesDone: kinds.size })
    }
    await feeding
  } catch (error) {
    signal.throwIfAborted()
    if (broken.signal.aborted) throw asRefusal(broken.signal.reason)
    throw error instanceof CodedError ? error : asRefusal(error)
  }
  if (kinds.size === 0) throw bad('There is nothing in it.')
  for (const { path, target } of hardLinks) {
    if (kinds.get(target) !== 'file') throw bad(`${path} is a link to what is not in it.`)
    await link(join(folder, target), join(folder, path))
  }
  for (const { path, target, header } of symlinks) {
    mustStayInside(path, target)
    await symlink(target, join(folder, path))
    const { uid = 0, gid = 0 } = { ...header, ...owner }
    await lchown(join(folder, path), uid, gid)
  }
  // The innermost first: what is made in a folder changes its time.
  for (const { path, header } of folders.toReversed())
    await finish(join(folder, path), { ...header, ...owner })
  // Where the tar says nothing of itself it is as what lies in it.
  const { uid = 0, gid = 0 } = { ...(root ?? folders[0]?.header ?? firstFile), ...owner }
  await finish(folder, { ...root, mode: root?.mode ?? 0o755, uid, gid })
}

async function* entriesOf(
  tar: Extract,
  until: AbortSignal,
): AsyncGenerator<TarEntry, void, undefined> {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined)
  until.addEventListener('abort', () => reject(until.reason), { once: true })
  until.throwIfAborted()
  const entries = tar[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([entries.next(), promise])
    if (next.done === true) return
    yield next.value
  }
}

const attributesOf = ({ uid, gid, mode, mtime }: Header): Attributes => ({
  uid,
  gid,
  ...(mode === undefined ? {} : { mode }),
  ...(mtime === undefined ? {} : { mtime }),
})

/** Looked at at once: it is held until the end. */
function targetOf({ name, linkname }: Header): string {
  const target = linkname ?? ''
  if (Buffer.byteLength(target) > MAX_PATH_BYTES)
    throw bad(`${name.slice(0, 100)} leads to a name that is too long.`)
  return target
}

async function finish(place: string, { uid, gid, mode, mtime }: Attributes): Promise<void> {
  await lchown(place, uid ?? 0, gid ?? 0)
  await chmod(place, (mode ?? 0o644) & MODE)
  if (mtime) await lutimes(place, mtime, mtime)
}

/** `./a//b/` is `a/b`; what leads elsewhere is refused. */
function placeOf(name: string): string {
  if (Buffer.byteLength(name) > MAX_PATH_BYTES) throw bad('A name in it is too long.')
  if (name.startsWith('/') || name.includes('\0') || /^[A-Za-z]:[\\/]/.test(name))
    throw bad(`${name.slice(0, 100)} does not lie inside of it.`)
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw bad(`${name.slice(0, 100)} leads out of it.`)
  if (parts.length > MAX_DEPTH) throw bad(`${name.slice(0, 100)} lies too deep.`)
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES))
    throw bad('A name in it is too long.')
  return parts.join('/')
}

function kindOf({ type, name, pax }: Header): 'file' | 'directory' | 'link' {
  const isSparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'))
  if (isSparse) throw bad('It was made with --sparse: make it without.')
  if (type === 'file' || type === 'contiguous-file') return 'file'
  if (type === 'directory') return 'directory'
  if (type === 'symlink' || type === 'link') return 'link'
  throw bad(`${name.slice(0, 100)} is neither a file nor a folder nor a link.`)
}

/** Folders may be named again; what lies in something that is no folder may not be. */
function claim(
  kinds: Map<string, 'file' | 'directory' | 'link'>,
  path: string,
  kind: 'file' | 'directory' | 'link',
): void {
  const before = kinds.get(path)
  if (before !== undefined && !(before === 'directory' && kind === 'directory'))
    throw bad(`${path} is in it twice.`)
  kinds.set(path, kind)
  for (let above = posix.dirname(path); above !== '.'; above = posix.dirname(above)) {
    const found = kinds.get(above)
    if (found !== undefined && found !== 'directory')
      throw bad(`${path} lies in what is no folder.`)
    kinds.set(above, 'directory')
  }
}

function mustStayInside(path: string, target: string): void {
  const resolved = posix.normalize(posix.join(posix.dirname(path), target))
  if (target === '' || target.startsWith('/') || resolved === '..' || resolved.startsWith('../'))
    throw bad(`${path} is a link that leads out of it.`)
}

/** What may be written until the disk is at its floor. */
async function roomIn(folder: string): Promise<number> {
  const { bavail, bsize, blocks } = await statfs(folder)
  return Math.max(0, bavail * bsize - floorOf(blocks * bsize))
}

const asRefusal = (error: unknown): Error => {
  if (error instanceof CodedError) return error
  const text = error instanceof Error ? error.message : String(error)
  return /tar|header|unexpected end/i.test(text)
    ? new CodedError(
        'IMPORT_REFUSED',
        { reason: `That is no tar that can be read: ${text}` },
        { cause: error },
      )
    : error instanceof Error
      ? error
      : new Error(text)
}

const bad = (reason: string): CodedError => new CodedError('IMPORT_REFUSED', { reason })
