import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { unpackArchive } from '#adapters/archives/unpack-archive.ts'
import type {
  ArchiveOptions,
  StagingTree,
  StagingTrees,
  UnpackedArchive,
} from '#ports/staging-trees.ts'
import { compareTree } from './compare-tree.ts'
import { codeOf } from './explain-file-error.ts'
import { createFileTree } from './file-tree.ts'
import { fitTree, knownFrom } from './fit-tree.ts'
import { type KnownSource, readKnownSource, writeKnownSource } from './known-source.ts'
import { createLateSync } from './late-sync.ts'
import { mustBePackable, packTree } from './pack-tree.ts'
import { type Scan, scanTree } from './scan-tree.ts'
import { finishSwap, swapContent } from './swap-content.ts'
import { createTransferJournal } from './transfer-journal.ts'
import { createTreeUsage, type TreeQuota } from './tree-usage.ts'

interface Deps {
  /** A directory for each app. */
  folder: string
  quota: TreeQuota
}

const NONE: KnownSource = { sourceId: null, entries: new Map() }
const WORK = 'work'
const BASE = 'base.json'
const PACKED = /^packed-([a-z0-9]{8,40})\.json$/

/** The staging trees on disk: `<app>/tree`, and beside it what is known of where it came from. */
export function createStagingTrees({ folder, quota }: Deps): StagingTrees {
  const opened = new Map<string, Promise<StagingTree>>()

  const folderOf = (appId: string): string => {
    if (!/^[a-z0-9]{1,40}$/i.test(appId)) throw new Error('that is not the id of an app')
    return join(folder, appId)
  }

  return {
    open(appId) {
      const known = opened.get(appId)
      if (known) return known
      const opening = openTree(folderOf(appId), quota)
      opened.set(appId, opening)
      opening.catch(() => opened.delete(appId))
      return opening
    },

    async remove(appId) {
      opened.delete(appId)
      await rm(folderOf(appId), { recursive: true, force: true })
    },

    async list() {
      const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return []
        throw error
      })
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    },
  }
}

async function openTree(folder: string, quota: TreeQuota): Promise<StagingTree> {
  const paths = {
    tree: join(folder, 'tree'),
    work: join(folder, WORK),
    aside: join(folder, 'aside'),
    record: join(folder, 'swap.json'),
    base: join(folder, BASE),
  }
  await mkdir(paths.tree, { recursive: true, mode: 0o700 })
  await finishSwap(paths)
  await rm(paths.work, { recursive: true, force: true })
  await mkdir(paths.work, { mode: 0o700 })

  const usage = createTreeUsage(quota)
  const lateSync = createLateSync(paths.tree)
  const journal = createTransferJournal(join(folder, 'transfers'))
  const listeners = new Set<(path: string, by: string | undefined) => void>()
  let base = await readKnownSource(paths.base)
  let last: Promise<unknown> = Promise.resolve()
  count(await scanTree(paths.tree, quota.entries * 2))

  /** One after the other: each of these looks at all of it, or changes all of it. */
  function alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = last.then(work, work)
    last = running.catch(() => undefined)
    return running
  }

  function count({ bytes, entries }: Scan): void {
    usage.set({ bytes, entries: entries.length })
  }

  async function scan(): Promise<Scan> {
    const found = await scanTree(paths.tree, quota.entries * 2)
    count(found)
    return found
  }

  async function saveBase(next: KnownSource): Promise<void> {
    await writeKnownSource(paths.base, next)
    base = next
  }

  const packedPath = (sourceId: string): string => join(folder, `packed-${sourceId}.json`)

  async function dropPacked(): Promise<void> {
    for (const name of await readdir(folder))
      if (PACKED.test(name)) await rm(join(folder, name), { force: true })
  }

  /** Unpacked beside the tree; removed when `work` has ended. */
  async function withUnpacked<Result>(
    source: Readable,
    work: (fresh: string, hashes: ReadonlyMap<string, string>) => Promise<Result>,
  ): Promise<Result> {
    const spool = join(paths.work, `${randomUUID()}.tar`)
    const into = join(paths.work, randomUUID())
    try {
      await pipeline(source, createWriteStream(spool, { flags: 'wx', mode: 0o600 }))
      await mkdir(into, { mode: 0o700 })
      const limits = { maxBytes: quota.bytes, maxEntries: quota.entries }
      const signal = AbortSignal.timeout(UNPACK_TIMEOUT_MS)
      const empty = (await stat(spool)).size <= EMPTY_TAR_BYTES
      const { hashes } = empty
        ? { hashes: new Map<string, string>() }
        : await unpackArchive(spool, into, { ...limits, signal })
      await rm(spool, { force: true })
      return await work(into, hashes)
    } finally {
      await rm(spool, { force: true })
      await rm(into, { recursive: true, force: true })
    }
  }

  async function takeNext(sourceId: string | null, tar: () => Promise<Readable>): Promise<void> {
    const before = base ?? NONE
    if (base && base.sourceId === sourceId) return
    const packed = sourceId === null ? undefined : await readKnownSource(packedPath(sourceId))
    // What was packed here is what the tree was then: only what came after is different from it.
    if (packed && packed.packedOn === before.sourceId) await saveBase(packed)
    else if (sourceId === null) await saveBase({ ...NONE, entries: new Map() })
    else
      await withUnpacked(await tar(), async (fresh, hashes) => {
        const next = await knownFrom(fresh, sourceId, hashes)
        const now = await scan()
        if (now.entries.length === 0 && before.entries.size === 0) {
          await swapAll(fresh)
          await stamp(next)
        } else await fitTree({ root: paths.tree, fresh, scan: now, before, next })
        await saveBase(next)
        await scan()
      })
    await dropPacked()
  }

  /** As the entries lie in the tree now: a rename changes when they were changed. */
  async function stamp(source: KnownSource): Promise<void> {
    for (const { path, ino, ctimeMs } of (await scan()).entries) {
      const known = source.entries.get(path)
      if (known) Object.assign(known, { ino, ctimeMs })
    }
  }

  async function swapAll(fresh: string): Promise<void> {
    await swapContent(paths, fresh)
    usage.allRemoved()
  }

  async function receive(
    archive: Readable,
    path: string,
    { maxArchiveBytes, signal, onProgress }: ArchiveOptions,
  ): Promise<void> {
    let receivedBytes = 0
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const chunk of archive) {
        receivedBytes += chunk.length
        if (receivedBytes > maxArchiveBytes)
          throw new CodedError('ARCHIVE_TOO_LARGE', { maxArchiveBytes })
        onProgress({ receivedBytes })
        yield chunk
      }
    }
    await pipeline(counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal })
  }

  return {
    session: (by) =>
      createFileTree({
        root: paths.tree,
        usage,
        journal,
        lateSync,
        onChange: (path) => {
          for (const listener of listeners) listener(path, by)
        },
      }),
    base: () => base?.sourceId,
    fitTo: (sourceId, tar) => alone(() => takeNext(sourceId, tar)),

    difference: () => alone(async () => compareTree(paths.tree, await scan(), base ?? NONE)),

    pack: (sourceId) =>
      alone(async () => {
        const found = await scan()
        mustBePackable(found)
        if (found.bytes > quota.bytes || found.entries.length > quota.entries)
          throw new CodedError('SOURCE_TOO_LARGE', {
            reason: `an app's files may take ${Math.floor(quota.bytes / 2 ** 20)} MB and be ${quota.entries} in number`,
          })
        const before = base ?? NONE
        const { tar, entries } = packTree(paths.tree, found)
        const path = packedPath(sourceId)
        return {
          tar,
          keep: () => writeKnownSource(path, { sourceId, packedOn: before.sourceId, entries }),
          drop: () => rm(path, { force: true }),
        }
      }),

    async takeArchive(archive, options): Promise<UnpackedArchive> {
      const spool = join(paths.work, `${randomUUID()}.archive`)
      const into = join(paths.work, randomUUID())
      let endTurn: (() => void) | undefined
      try {
        await receive(archive, spool, options)
        endTurn = await options.untilTurn()
        await mkdir(into, { mode: 0o700 })
        const { signal } = options
        const limits = { maxBytes: quota.bytes, maxEntries: quota.entries, signal }
        const { format, entries, sizeBytes, onlyDirectory } = await unpackArchive(
          spool,
          into,
          limits,
        )
        await rm(spool, { force: true })
        await alone(async () => {
          await swapAll(onlyDirectory === null ? into : join(into, onlyDirectory))
          journal.clear()
          await scan()
        })
        return { format, entries, sizeBytes, strippedDirectory: onlyDirectory }
      } catch (error) {
        const code = codeOf(error)
        if (code === 'ENOSPC' || code === 'EDQUOT')
          throw new CodedError('DISK_FULL', {}, { cause: error })
        throw error
      } finally {
        await rm(spool, { force: true })
        await rm(into, { recursive: true, force: true })
        endTurn?.()
      }
    },

    discard: (tar) =>
      alone(async () => {
        const sourceId = base?.sourceId ?? null
        const source = sourceId === null ? undefined : await tar()
        const put = async (fresh: string, hashes: ReadonlyMap<string, string>): Promise<void> => {
          const next = await knownFrom(fresh, sourceId, hashes)
          await swapAll(fresh)
          await stamp(next)
          await saveBase(next)
          journal.clear()
        }
        if (source) return withUnpacked(source, put)
        const empty = join(paths.work, randomUUID())
        await mkdir(empty, { mode: 0o700 })
        await put(empty, new Map())
        await rm(empty, { recursive: true, force: true })
      }),

    usage: () => usage.now(),
    openTransfers: () => journal.open(),
    incomplete: () => journal.incomplete(),
    acceptIncomplete() {
      for (const path of journal.incomplete()) journal.forget(path)
    },
    onChange(listener) {
      listeners.add(listener)
    },
  }
}

const UNPACK_TIMEOUT_MS = 600_000
/** Two blocks of nothing. */
const EMPTY_TAR_BYTES = 1_024
