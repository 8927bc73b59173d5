import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { MAX_EDITED_BYTES, type UploadedFile, type UploadedFiles } from '@vastrox/shared/upload.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { UploadSessions } from '#core/sources/upload-sessions.ts'
import type { UploadTrees } from '#core/sources/upload-trees.ts'
import { FileError } from '#lib/file-error.ts'
import { atLeastRate } from '#lib/least-rate.ts'
import type { DirectoryEntry, FileTree, OpenFile } from '#ports/file-tree.ts'

interface Deps {
  finder: AppFinder
  trees: Pick<UploadTrees, 'open'>
  sessions: Pick<UploadSessions, 'open'>
}

const MAX_LISTED = 5_000
const READ_BYTES = 131_072
/** Directories that are removed with all that is in them. */
const MAX_REMOVED = 200_000
const WRITE = {
  read: false,
  write: true,
  append: false,
  create: true,
  truncate: true,
  exclusive: false,
}
const READ = { ...WRITE, read: true, write: false, create: false, truncate: false }

/** A file's bytes, to be read to the end, or ended by `return`, begun or not. */
export interface FileContent {
  sizeBytes: number
  name: string
  /** Of what is small enough to be edited: two of the same are the same bytes. */
  digest: string | null
  content: AsyncIterableIterator<Buffer>
}

export interface FileWish {
  /** Whether who began it may still, once all of it is there. */
  mayStill?: () => boolean
  /** Refused where there is something already. */
  isNew?: boolean
  /**
   * Of an edit: whether what has this digest is what was edited. All of it is there before that is
   * asked and the file is touched: one that breaks off, or comes too late, changes nothing.
   */
  mayReplace?: (digest: string | null) => boolean
}

/** An app's files over the API, one act at a time. */
export function createUploadFiles({ finder, trees, sessions }: Deps) {
  /** Reading needs no more than that: it changes nothing. */
  async function reading<Result>(
    actor: Actor,
    appName: string,
    work: (tree: FileTree) => Promise<Result>,
  ): Promise<Result> {
    const app = finder.find(actor, appName)
    mustBeAble(actor, 'app.read', app.id)
    const session = (await trees.open(app)).session()
    try {
      return await said(() => work(session))
    } finally {
      await session.end()
    }
  }

  async function changing<Result>(
    actor: Actor,
    appName: string,
    work: (tree: FileTree) => Promise<Result>,
  ): Promise<Result> {
    const client = { protocol: 'api', address: actor.address ?? '' } as const
    const session = await sessions.open(actor, appName, client)
    try {
      return await said(() => work(session.tree))
    } finally {
      await session.end()
    }
  }

  return {
    list: (actor: Actor, appName: string, path: string): Promise<UploadedFiles> =>
      reading(actor, appName, async (tree) => {
        const directory = await tree.openDirectory(path)
        const entries: DirectoryEntry[] = []
        let batch: DirectoryEntry[]
        do {
          batch = await directory.next(500)
          entries.push(...batch)
        } while (batch.length > 0 && entries.length <= MAX_LISTED)
        await directory.close()
        const files = entries.map(toShown).toSorted(byKindAndName)
        return {
          path: tree.realPath(path),
          files: files.slice(0, MAX_LISTED),
          more: files.length > MAX_LISTED,
        }
      }),

    async read(actor: Actor, appName: string, path: string): Promise<FileContent> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      const session = (await trees.open(app)).session()
      try {
        const file = await said(() => session.open(path, READ))
        const { sizeBytes } = await file.stat()
        const name = session.realPath(path).split('/').at(-1) ?? ''
        const small = sizeBytes <= MAX_EDITED_BYTES ? await bytesOf(file, sizeBytes) : undefined
        const length = small?.length ?? sizeBytes
        let at = 0
        let rest = small
        const ended = async (): Promise<{ done: true; value: undefined }> => {
          await session.end()
          return { done: true, value: undefined }
        }
        // No generator: one whose client has gone before its first byte would never end the session.
        const content: AsyncIterableIterator<Buffer> = {
          [Symbol.asyncIterator]: () => content,
          async next() {
            // No more than was announced, whatever the file has become meanwhile.
            if (at >= length) return ended()
            const bytes = rest ?? (await file.read(at, Math.min(READ_BYTES, length - at)))
            rest = undefined
            if (bytes.length === 0) return ended()
            at += bytes.length
            return { done: false, value: bytes }
          },
          return: ended,
        }
        const digest = small === undefined ? null : digestOf(small)
        return { sizeBytes: length, name, digest, content }
      } catch (error) {
        await session.end()
        throw error
      }
    },

    /** What `read` would say of it; null where there is no file, or one too large to be edited. */
    digest: (actor: Actor, appName: string, path: string): Promise<string | null> =>
      reading(actor, appName, (tree) => digestIn(tree, path)),

    /**
     * The whole file anew; the directories above are made. Cut off in the middle it is marked so, and
     * where the actor may not any more once all of it is there. Resolves with the digest of its bytes.
     */
    write: (
      actor: Actor,
      appName: string,
      path: string,
      content: Readable,
      { mayStill = () => true, isNew = false, mayReplace }: FileWish = {},
    ): Promise<string> =>
      changing(actor, appName, async (tree) => {
        const mustStill = (): void => {
          if (!mayStill()) throw new CodedError('PERMISSION_DENIED', { permission: 'app.deploy' })
        }
        const incoming = atLeastRate(content, LEAST_RATE, tooSlow)
        const chunks = mayReplace ? [await collect(incoming)] : incoming
        if (mayReplace) mustStill()
        if (mayReplace && !mayReplace(await digestIn(tree, path)))
          throw new CodedError('PRECONDITION_FAILED')
        await makeAbove(tree, path)
        const before = await tree.stat(path).catch(() => undefined)
        const flags = { ...WRITE, truncate: mayReplace === undefined, exclusive: isNew }
        const file = await tree.open(path, flags, before?.mode).catch((error: unknown) => {
          if (isNew && error instanceof FileError && error.code === 'exists')
            throw new CodedError('PRECONDITION_FAILED', { ifNoneMatch: '*' }, { cause: error })
          throw error
        })
        const hash = createHash('sha256')
        let at = 0
        for await (const bytes of chunks) {
          await file.write(at, bytes)
          hash.update(bytes)
          at += bytes.length
        }
        if (mayReplace) await file.truncate(at)
        mustStill()
        await file.close()
        return hash.digest('base64url')
      }),

    makeDirectory: (actor: Actor, appName: string, path: string): Promise<void> =>
      changing(actor, appName, async (tree) => {
        await makeAbove(tree, path)
        await tree.makeDirectory(path)
      }),

    rename: (actor: Actor, appName: string, from: string, to: string): Promise<void> =>
      changing(actor, appName, async (tree) => {
        await makeAbove(tree, to)
        await tree.rename(from, to, { replace: false })
      }),

    /** A directory with all that is in it. */
    remove: (actor: Actor, appName: string, path: string): Promise<void> =>
      changing(actor, appName, async (tree) => {
        if (path === '') throw new FileError('bad-name', 'Name the file that is to be removed.')
        await removeAll(tree, tree.realPath(path), { left: MAX_REMOVED })
      }),
  }
}
/** 1 KB/s, each minute anew: an open file keeps everything else from being published. */
const LEAST_RATE = { leastBytes: 60_000, everyMs: 60_000 }
const tooSlow = (): CodedError => new CodedError('UPLOAD_TOO_SLOW')

export type UploadFiles = ReturnType<typeof createUploadFiles>

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url')

/** null where there is no file, or one too large to be edited. */
async function digestIn(tree: FileTree, path: string): Promise<string | null> {
  const found = await tree.stat(path).catch(() => undefined)
  if (found?.kind !== 'file' || found.sizeBytes > MAX_EDITED_BYTES) return null
  const file = await tree.open(path, READ)
  try {
    return digestOf(await bytesOf(file, found.sizeBytes))
  } finally {
    await file.close()
  }
}

/** Shorter where the file has become so meanwhile. */
async function bytesOf(file: OpenFile, sizeBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let at = 0
  while (at < sizeBytes) {
    const bytes = await file.read(at, Math.min(READ_BYTES, sizeBytes - at))
    if (bytes.length === 0) break
    parts.push(bytes)
    at += bytes.length
  }
  return Buffer.concat(parts)
}

async function collect(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  let count = 0
  for await (const bytes of content) {
    count += bytes.length
    if (count > MAX_EDITED_BYTES)
      throw new CodedError('UPLOAD_FILE_REFUSED', {
        reason: `More than ${MAX_EDITED_BYTES / 2 ** 20} MB is uploaded, not edited.`,
      })
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

async function makeAbove(tree: FileTree, path: string): Promise<void> {
  const names = tree.realPath(path).split('/').slice(1, -1)
  for (let count = 1; count <= names.length; count += 1) {
    const above = `/${names.slice(0, count).join('/')}`
    if (await tree.stat(above).catch(() => undefined)) continue
    await tree.makeDirectory(above)
  }
}

async function removeAll(tree: FileTree, path: string, budget: { left: number }): Promise<void> {
  budget.left -= 1
  if (budget.left < 0) throw new FileError('quota', 'There is more in it than is removed at once.')
  const { kind } = await tree.lstat(path)
  if (kind !== 'directory') return tree.removeFile(path)
  const directory = await tree.openDirectory(path)
  const names: string[] = []
  for (let batch = await directory.next(500); batch.length > 0; batch = await directory.next(500))
    names.push(...batch.map(({ name }) => name))
  await directory.close()
  for (const name of names) await removeAll(tree, `${path === '/' ? '' : path}/${name}`, budget)
  if (path !== '/') await tree.removeDirectory(path)
}

const toShown = ({ name, stat }: DirectoryEntry): UploadedFile => ({
  name,
  kind: stat.kind,
  sizeBytes: stat.sizeBytes,
  executable: stat.kind === 'file' && (stat.mode & 0o111) !== 0,
  modifiedAt: new Date(stat.modifiedAtS * 1_000).toISOString(),
})

function byKindAndName(one: UploadedFile, other: UploadedFile): number {
  const [first, second] = [one, other].map(({ kind }) => (kind === 'directory' ? 0 : 1))
  if (first !== second) return (first ?? 0) - (second ?? 0)
  return one.name < other.name ? -1 : 1
}

/** What the tree refuses, in the words of the API. */
async function said<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof FileError ? codedOf(error) : error
  }
}

function codedOf(error: FileError): CodedError {
  const details = { reason: error.message }
  const options = { cause: error }
  if (error.code === 'not-found') return new CodedError('UPLOAD_FILE_NOT_FOUND', details, options)
  if (error.code === 'quota') return new CodedError('UPLOAD_QUOTA_EXCEEDED', details, options)
  if (error.code === 'disk-full') return new CodedError('DISK_FULL', {}, options)
  return new CodedError('UPLOAD_FILE_REFUSED', details, options)
}
