import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { once } from 'node:events'
import { CodedError } from '@vastrox/shared/errors.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import type SftpClient from 'ssh2-sftp-client'
import { pack } from 'tar-stream'
import { z } from 'zod'
import { type PreparedSsh, prepareSsh } from '#adapters/system/guarded-ssh.ts'
import { ignoreMatcher } from '#adapters/system/path-patterns.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { RemoteFiles, RemoteFolder } from '#ports/remote-files.ts'

interface Deps {
  /** A directory for each app. */
  folder: string
  addresses: GuardedAddresses
  limits?: Partial<Limits>
}

interface Limits {
  files: number
  bytes: number
  /** Of the list of one folder, which is held whole: some 100,000 names. */
  listingBytes: number
}

const LIMITS: Limits = { files: 100_000, bytes: 2 * 2 ** 30, listingBytes: 32 * 2 ** 20 }
const MAX_DEPTH = 64
const MAX_NAME_BYTES = 255
const MAX_PATH_BYTES = 1_000
const MAX_SKIPPED = 20
const AT_A_TIME = 6
const LIST_TIMEOUT_MS = 30_000
const LOOK_AT_LISTING_EVERY_MS = 200
const FILE_TIMEOUT_MS = 600_000

const Entry = z.object({
  path: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  executable: z.boolean(),
  /** SHA-256 of what it holds; the name of its copy. */
  digest: z.string(),
  /** Of a symlink that stays inside: where it leads, from where it lies. */
  link: z.string().optional(),
})
type Entry = z.infer<typeof Entry>
const Manifest = z.array(Entry)

interface Listed {
  path: string
  size: number
  mtimeMs: number
  executable: boolean
  link?: string
}

/**
 * The copy of a folder is kept by content: a list of paths, and a file for each content under the
 * name of its digest. No name of the other side is ever a name on our disk, and no link is ever made
 * there (rule C5).
 */
export function createRemoteFiles({ folder, addresses, limits }: Deps): RemoteFiles {
  const { files: maxFiles, bytes: maxBytes, listingBytes } = { ...LIMITS, ...limits }
  const placeOf = (appId: string): string => {
    if (!/^[a-z0-9]{8,40}$/.test(appId)) throw new Error('that is not the id of an app')
    return join(folder, appId)
  }
  const manifestOf = async (appId: string): Promise<Entry[]> => {
    const text = await readFile(join(placeOf(appId), 'manifest.json'), 'utf8').catch(() => '[]')
    return Manifest.parse(JSON.parse(text))
  }

  async function list(
    sftp: SftpClient,
    line: Line,
    root: string,
    ignore: readonly string[],
  ): Promise<{ found: Listed[]; skipped: string[] }> {
    const isIgnored = ignoreMatcher(ignore)
    const found: Listed[] = []
    const skipped: string[] = []
    let bytes = 0
    const skip = (path: string, why: string): void => {
      if (skipped.length < MAX_SKIPPED) skipped.push(`${shown(path)}: ${why}`)
    }

    async function walk(directory: string, depth: number): Promise<void> {
      const entries = await listOne(sftp, line, posix.join(root, directory), listingBytes)
      const names = new Set<string>()
      for (const entry of entries) {
        const path = directory === '' ? entry.name : `${directory}/${entry.name}`
        if (names.has(entry.name)) {
          skip(path, 'it is listed twice')
          continue
        }
        names.add(entry.name)
        if (!isName(entry.name) || Buffer.byteLength(path) > MAX_PATH_BYTES) {
          skip(path, 'its name is not allowed')
          continue
        }
        if (isIgnored(path)) continue
        if (entry.type === 'd') {
          if (depth >= MAX_DEPTH)
            throw tooLarge(`folders inside of each other, more than ${MAX_DEPTH}`)
          await walk(path, depth + 1)
          continue
        }
        const { size, modifyTime: mtimeMs } = entry
        const executable = entry.rights.user.includes('x')
        if (entry.type === '-') {
          found.push({ path, size, mtimeMs, executable })
          bytes += size
        } else if (entry.type === 'l') {
          const link = await linkOf(sftp, root, path)
          if (link === undefined) skip(path, 'the link leads out of the folder, or nowhere')
          else found.push({ path, size: 0, mtimeMs, executable: false, link })
        } else skip(path, 'it is neither a file nor a folder')
        if (found.length > maxFiles) throw tooLarge(`more than ${maxFiles} files`)
        if (bytes > maxBytes) throw tooLarge(`more than ${Math.round(maxBytes / 2 ** 20)} MB`)
      }
    }
    await walk('', 1)
    return { found, skipped }
  }

  async function fetchFile(
    sftp: SftpClient,
    root: string,
    place: string,
    wanted: Listed,
  ): Promise<Entry> {
    const beside = join(place, `${createHash('sha256').update(wanted.path).digest('hex')}.new`)
    const hash = createHash('sha256')
    let bytes = 0
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length
        hash.update(chunk)
        // What grows while it is read is left for the next time, not followed to its end.
        done(bytes > wanted.size ? changing(wanted.path) : null, chunk)
      },
    })
    try {
      const written = pipeline(counted, createWriteStream(beside, { mode: 0o600 }))
      const [got] = await inTime(
        Promise.all([sftp.get(posix.join(root, wanted.path), counted), written]),
        FILE_TIMEOUT_MS,
      )
      void got
      if (bytes !== wanted.size) throw changing(wanted.path)
      const digest = hash.digest('hex')
      await rename(beside, join(place, digest))
      return { ...wanted, digest }
    } catch (error) {
      counted.destroy()
      await rm(beside, { force: true })
      throw error
    }
  }

  async function bring(
    sftp: SftpClient,
    line: Line,
    root: string,
    remote: RemoteFolder,
    full: boolean,
  ): Promise<{ entries: Entry[]; fetched: Entry[]; removed: number; skipped: string[] }> {
    const place = placeOf(remote.appId)
    await mkdir(place, { recursive: true, mode: 0o700 })
    const before = new Map((await manifestOf(remote.appId)).map((entry) => [entry.path, entry]))
    const held = new Set(await readdir(place))
    const { found, skipped } = await list(sftp, line, root, remote.ignore)
    const fetched: Entry[] = []
    const entries: Entry[] = []
    const todo: Listed[] = []
    for (const one of found) {
      const known = before.get(one.path)
      const isSame =
        known?.size === one.size && known.mtimeMs === one.mtimeMs && known.link === undefined
      if (one.link !== undefined) entries.push({ ...one, digest: '' })
      else if (!full && isSame && held.has(known.digest))
        entries.push({ ...one, digest: known.digest })
      else todo.push(one)
    }
    const work = async (): Promise<void> => {
      for (let next = todo.pop(); next; next = todo.pop()) {
        const entry = await fetchFile(sftp, root, place, next)
        fetched.push(entry)
        entries.push(entry)
      }
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, work))
    entries.sort((one, other) => (one.path < other.path ? -1 : 1))
    await writeAtomically(join(place, 'manifest.json'), JSON.stringify(entries))
    const wanted = new Set(entries.map(({ digest }) => digest))
    for (const name of await readdir(place))
      if (name !== 'manifest.json' && !wanted.has(name))
        await rm(join(place, name), { force: true })
    const paths = new Set(entries.map(({ path }) => path))
    const removed = [...before.keys()].filter((path) => !paths.has(path)).length
    return { entries, fetched, removed, skipped }
  }

  return {
    async pull(remote, { full, signal }) {
      const { default: Client } = await import('ssh2-sftp-client')
      const ssh = await prepareSsh(addresses, { ...remote, user: remote.username }, signal)
      const { config, explain, hostKey } = ssh
      const sftp = new Client()
      sftp.on('error', () => {
        // Whoever waits for it is told.
      })
      const onAbort = (): void => void sftp.end().catch(() => undefined)
      signal?.addEventListener('abort', onAbort, { once: true })
      try {
        await sftp.connect(config).catch((error: unknown) => {
          throw explain(error)
        })
        const root = await rootOf(sftp, remote.folder)
        const { entries, fetched, removed, skipped } = await bring(sftp, ssh, root, remote, full)
        return {
          hostKey: hostKey(),
          digest: digestOf(entries),
          summary: {
            files: entries.length,
            sizeBytes: sumOf(entries),
            fetchedFiles: fetched.length,
            fetchedBytes: sumOf(fetched),
            removedFiles: removed,
            skipped,
          },
        }
      } catch (error) {
        throw error instanceof CodedError ? error : broken(remote.host, error)
      } finally {
        signal?.removeEventListener('abort', onAbort)
        await sftp.end().catch(() => undefined)
      }
    },

    async pack(appId) {
      const place = placeOf(appId)
      const entries = await manifestOf(appId)
      const out = pack()
      const write = async (): Promise<void> => {
        for (const { path, executable, mtimeMs, digest, link } of entries) {
          const mtime = new Date(mtimeMs)
          if (link !== undefined) {
            out.entry({ name: path, type: 'symlink', linkname: link, mtime })
            continue
          }
          const file = join(place, digest)
          const { size } = await stat(file)
          const { promise, resolve, reject } = Promise.withResolvers<void>()
          const into = out.entry(
            { name: path, size, mode: executable ? 0o755 : 0o644, mtime },
            (error) => (error ? reject(error) : resolve()),
          )
          for await (const chunk of createReadStream(file))
            if (!into.write(chunk)) await once(into, 'drain')
          into.end(undefined)
          await promise
        }
        out.finalize()
      }
      write().catch((error: Error) => out.destroy(error))
      return Readable.from(out)
    },

    forget: (appId) => rm(placeOf(appId), { recursive: true, force: true }),
  }
}

type Line = Pick<PreparedSsh, 'receivedBytes' | 'cutOff'>

/** A server may go on naming entries for as long as it likes, and each of them is held. */
async function listOne(
  sftp: SftpClient,
  { receivedBytes, cutOff }: Line,
  path: string,
  maxBytes: number,
): ReturnType<SftpClient['list']> {
  const before = receivedBytes()
  const { promise: tooLong, reject } = Promise.withResolvers<never>()
  const timer = setInterval(() => {
    if (receivedBytes() - before <= maxBytes) return
    reject(tooLarge(`a folder of more names than are taken, ${shown(path)}`))
    cutOff()
  }, LOOK_AT_LISTING_EVERY_MS)
  try {
    return await Promise.race([inTime(sftp.list(path), LIST_TIMEOUT_MS), tooLong])
  } finally {
    clearInterval(timer)
  }
}

async function rootOf(sftp: SftpClient, folder: string): Promise<string> {
  try {
    const root = await inTime(sftp.realPath(folder), LIST_TIMEOUT_MS)
    if ((await inTime(sftp.exists(root), LIST_TIMEOUT_MS)) === 'd') return root
  } catch (cause) {
    throw new CodedError(
      'REMOTE_FOLDER_REFUSED',
      { reason: `The folder ${shown(folder)} cannot be read.` },
      { cause },
    )
  }
  throw new CodedError('REMOTE_FOLDER_REFUSED', { reason: `There is no folder ${shown(folder)}.` })
}

/** Where a link leads, told from where it lies; undefined where that is not inside of the folder. */
async function linkOf(sftp: SftpClient, root: string, path: string): Promise<string | undefined> {
  const at = posix.join(root, path)
  const target = await inTime(sftp.realPath(at), LIST_TIMEOUT_MS).catch(() => undefined)
  const isInside = target?.startsWith(root === '/' ? '/' : `${root}/`)
  if (target === undefined || !isInside || target === at) return undefined
  const exists = await inTime(sftp.exists(target), LIST_TIMEOUT_MS).catch(() => false)
  const relative = posix.relative(posix.dirname(at), target)
  return exists === false ||
    relative === '' ||
    relative.split('/').some((part) => part !== '..' && !isName(part))
    ? undefined
    : relative
}

/** Neither a way up nor a path, and nothing that steers a terminal. */
const isName = (name: string): boolean =>
  name !== '' &&
  name !== '.' &&
  name !== '..' &&
  !/[/\p{Cc}]/u.test(name) &&
  Buffer.byteLength(name) <= MAX_NAME_BYTES

function digestOf(entries: readonly Entry[]): string {
  const hash = createHash('sha256')
  for (const { path, executable, digest, link } of entries)
    hash.update(JSON.stringify([path, executable, digest, link ?? null]))
  return hash.digest('hex')
}

const sumOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { size }) => sum + size, 0)

async function inTime<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), ms)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const shown = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 200)

const tooLarge = (what: string): CodedError =>
  new CodedError('SOURCE_TOO_LARGE', { reason: `the folder holds ${what}` })

const changing = (path: string): CodedError =>
  new CodedError('REMOTE_FOLDER_CHANGING', {
    reason: `${shown(path)} was changed while it was read.`,
  })

function broken(host: string, cause: unknown): CodedError {
  const why = cause instanceof Error ? cause.message.split('\n')[0] : 'it failed'
  return new CodedError(
    'HOST_UNREACHABLE',
    { reason: `${host} broke off: ${shown(why ?? '').slice(0, 150)}.` },
    { cause },
  )
}
