import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { BackUp, Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { NodeBackups } from '#ports/node-backups.ts'

interface Snapshot {
  snapshotId: string
  time: string
  host: string
  tags: string[]
  /** Path → content. */
  files: Map<string, Buffer>
  /** What its content was when it was written: a check compares. */
  digests: Map<string, string>
}

interface KeptRepository {
  id: string
  password: string
  snapshots: Map<string, Snapshot>
}

/** `/a/b`, `a/b` and `a/b/` are one folder; the root is all. */
const within = (path: string): string => {
  const names = path.split('/').filter((name) => name !== '')
  return names.length === 0 ? '' : `${names.join('/')}/`
}

const copied = ([path, bytes]: [string, Buffer]): [string, Buffer] => [path, Buffer.from(bytes)]

/** What happens at the next backup instead of what should. */
export type Mishap = 'unreachable' | 'full' | 'cut' | 'agent-away' | 'hang' | 'dump-failed'

const sha256 = (content: Buffer | string): string =>
  createHash('sha256').update(content).digest('hex')

/**
 * Repositories in memory: snapshots by tag and id, content that can be read again, flipped and checked.
 * Add-ons and volumes are what a test puts into `addons` and `volumes`.
 */
export function createFakeNodeBackups(now: () => Date) {
  const repositories = new Map<string, KeptRepository>()
  /** Add-on → what its dump tool prints. */
  const addons = new Map<string, Buffer>()
  /** Volume → path → content. */
  const volumes = new Map<string, Map<string, Buffer>>()
  const roots = [{ rootId: 'root00000001', path: '/mnt/backups', freeBytes: 10 ** 12 }]
  const calls: string[] = []
  const mishaps: Mishap[] = []
  let count = 0

  const placeOf = ({ location }: Repository): string => {
    if (location.type === 'local') return `local ${location.rootId} ${location.folder}`
    if (location.type === 'sftp') return `sftp ${location.host} ${location.path}`
    return `s3 ${location.endpoint} ${location.bucket} ${location.prefix}`
  }

  function open(repository: Repository): KeptRepository {
    const kept = repositories.get(placeOf(repository))
    if (!kept)
      throw new CodedError('DESTINATION_UNREACHABLE', { reason: 'There is no repository.' })
    if (kept.password !== repository.password) throw new CodedError('DESTINATION_KEY_WRONG')
    return kept
  }

  function snapshotOf(repository: Repository, id: string): Snapshot {
    const found = open(repository).snapshots.get(id)
    if (!found) throw new CodedError('BACKUP_NOT_FOUND')
    return found
  }

  async function contentOf(spec: BackUp, body: Readable | null): Promise<Map<string, Buffer>> {
    const { content } = spec
    if (content.type === 'addon') {
      const dump = addons.get(content.addonId)
      if (!dump) throw new CodedError('BACKUP_DUMP_FAILED', { reason: 'It does not run.' })
      if (
        content.trailer !== null &&
        !new RegExp(content.trailer).test(dump.subarray(-4_096).toString())
      )
        throw new CodedError('BACKUP_DUMP_FAILED', { reason: 'The dump has no end.' })
      return new Map([[content.fileName, Buffer.from(dump)]])
    }
    if (content.type === 'volume')
      return new Map([...(volumes.get(content.volumeId) ?? [])].map(copied))
    if (content.type === 'body')
      return new Map([[content.fileName, await buffer(body ?? Readable.from([]))]])
    return new Map([['platform', Buffer.from(content.stagingName)]])
  }

  const aborted = (signal: AbortSignal): Promise<never> => {
    const { promise, reject } = Promise.withResolvers<never>()
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    return promise
  }

  const sizeOf = (files: ReadonlyMap<string, Buffer>): number =>
    [...files.values()].reduce((sum, { length }) => sum + length, 0)

  const node: NodeBackups = {
    async openRepository(repository) {
      calls.push(`open ${placeOf(repository)}`)
      if (mishaps[0] === 'unreachable') {
        mishaps.shift()
        throw new CodedError('DESTINATION_UNREACHABLE')
      }
      const place = placeOf(repository)
      const kept = repositories.get(place)
      if (kept) return { repositoryId: open(repository).id, created: false }
      const id = sha256(place).slice(0, 16)
      repositories.set(place, { id, password: repository.password, snapshots: new Map() })
      return { repositoryId: id, created: true }
    },

    async listSnapshots(repository, tag) {
      return [...open(repository).snapshots.values()]
        .filter(({ tags }) => tag === null || tags.includes(tag))
        .map(({ snapshotId, time, host, tags }) => ({ snapshotId, time, host, tags }))
    },

    async listFiles(repository, snapshotId, path) {
      const folder = within(path)
      return [...snapshotOf(repository, snapshotId).files]
        .filter(([name]) => name.startsWith(folder))
        .slice(0, 1_000)
        .map(([name, content]) => ({
          path: name,
          type: 'file' as const,
          sizeBytes: content.length,
          modifiedAt: now().toISOString(),
        }))
    },

    async measure(repository) {
      const { snapshots } = open(repository)
      const sizeBytes = [...snapshots.values()].reduce((sum, { files }) => sum + sizeOf(files), 0)
      return { sizeBytes, freeBytes: repository.location.type === 'local' ? 10 ** 12 : null }
    },

    listRoots: async () => roots,

    async backUp(spec, body, onProgress, signal) {
      calls.push(`back up ${spec.content.type} ${spec.backupId}`)
      const { snapshots } = open(spec.repository)
      const mishap = mishaps.shift()
      if (mishap === 'unreachable') throw new CodedError('DESTINATION_UNREACHABLE')
      if (mishap === 'full') throw new CodedError('DESTINATION_FULL')
      if (mishap === 'dump-failed')
        throw new CodedError('BACKUP_DUMP_FAILED', { reason: 'pg_dump: error: it broke' })
      if (mishap === 'agent-away') throw new CodedError('AGENT_UNREACHABLE')
      const files = await contentOf(spec, body)
      onProgress({ type: 'progress', bytesDone: sizeOf(files) / 2, bytesTotal: null, filesDone: 0 })
      if (mishap === 'hang') await aborted(signal)
      count += 1
      const snapshotId = sha256(`${count}`)
      snapshots.set(snapshotId, {
        snapshotId,
        time: now().toISOString(),
        host: spec.host,
        tags: spec.tags,
        files,
        digests: new Map([...files].map(([path, content]) => [path, sha256(content)])),
      })
      // It is stored, and nobody hears of it.
      if (mishap === 'cut') throw new CodedError('AGENT_UNREACHABLE')
      const [only] = [...files.values()]
      const isStream = spec.content.type === 'addon' || spec.content.type === 'body'
      return {
        type: 'done',
        snapshotId,
        sizeBytes: sizeOf(files),
        addedBytes: sizeOf(files),
        files: files.size,
        sha256: isStream && only ? sha256(only) : null,
        toolVersion: 'restic 0.18.0',
        warnings: [],
      }
    },

    async restore(spec, onProgress, signal) {
      signal.throwIfAborted()
      const { files } = snapshotOf(spec.repository, spec.snapshotId)
      const { target } = spec
      onProgress({ type: 'progress', bytesDone: 0, bytesTotal: sizeOf(files), filesDone: 0 })
      if (target.type === 'addon')
        addons.set(target.addonId, files.get(target.fileName) ?? Buffer.alloc(0))
      if (target.type === 'volume') volumes.set(target.volumeId, new Map([...files].map(copied)))
      return {
        type: 'done',
        sizeBytes: sizeOf(files),
        files: files.size,
        sha256: null,
        durationMs: 1,
        output: '',
      }
    },

    read(spec, signal) {
      return Readable.from(
        (async function* () {
          signal.throwIfAborted()
          const { files } = snapshotOf(spec.repository, spec.snapshotId)
          if (!spec.asTar) {
            const file = files.get(spec.path)
            if (!file) throw new CodedError('BACKUP_NOT_FOUND')
            yield file
            return
          }
          for (const [path, content] of files)
            if (path.startsWith(within(spec.path)))
              yield Buffer.concat([Buffer.from(`${path}\n`), content])
        })(),
      )
    },

    async digest(spec, signal) {
      const content = await buffer(this.read(spec, signal))
      return { sizeBytes: content.length, sha256: sha256(content) }
    },

    async importContent(spec, body) {
      const content = await buffer(body)
      if (spec.target.type === 'addon') addons.set(spec.target.addonId, content)
      return {
        type: 'done',
        sizeBytes: content.length,
        files: 1,
        sha256: sha256(content),
        durationMs: 1,
        output: '',
      }
    },

    async check(repository, readPercent, _onProgress, signal) {
      signal.throwIfAborted()
      calls.push(`check ${readPercent}`)
      const damaged = [...open(repository).snapshots.values()].filter(
        ({ files, digests }) =>
          readPercent > 0 &&
          [...files].some(([path, content]) => sha256(content) !== digests.get(path)),
      )
      return {
        type: 'done',
        isGood: damaged.length === 0,
        damagedSnapshots: damaged.map(({ snapshotId }) => snapshotId),
        errors: damaged.map(({ snapshotId }) => `pack of ${snapshotId.slice(0, 8)} is damaged`),
      }
    },

    async forget(repository, snapshotIds) {
      const { snapshots } = open(repository)
      calls.push(`forget ${snapshotIds.length}`)
      for (const id of snapshotIds) snapshots.delete(id)
      return { freedBytes: null }
    },
  }

  return {
    node,
    addons,
    volumes,
    roots,
    calls,
    /** In order, one for each backup. */
    mishaps,
    /** Everything that is kept anywhere. */
    snapshots: (): Snapshot[] =>
      [...repositories.values()].flatMap(({ snapshots }) => [...snapshots.values()]),
    /** One bit of one file of a snapshot. */
    flip(snapshotId: string): void {
      for (const { snapshots } of repositories.values())
        for (const content of snapshots.get(snapshotId)?.files.values() ?? [])
          content[0] = (content[0] ?? 0) ^ 1
    },
  }
}
export type FakeNodeBackups = ReturnType<typeof createFakeNodeBackups>
