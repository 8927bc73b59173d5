import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type {
  BackUp,
  BackUpEvent,
  BackupContent,
  ImportContent,
  Repository,
  RestoreSnapshot,
  RestoreSnapshotEvent,
} from '@vastrox/shared/agent-api-backups.ts'
import { BACKUP_STREAMS, BACKUP_VERBS } from '@vastrox/shared/agent-api-backups.ts'
import { z } from 'zod'
import { backUp } from '#agent/backups/back-up.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { checkRepository } from '#agent/backups/check-repository.ts'
import { forgetSnapshots } from '#agent/backups/forget-snapshots.ts'
import { importContent } from '#agent/backups/import-content.ts'
import { ROOT_MARK } from '#agent/backups/locations/local.ts'
import { createRepositoryTurns } from '#agent/backups/repository-turns.ts'
import {
  listSnapshotFiles,
  listSnapshots,
  openRepository,
} from '#agent/backups/repository-verbs.ts'
import { restore } from '#agent/backups/restore.ts'
import { rootIdOf, writeBackupSettings } from '#agent/backups/settings.ts'
import { createEngine } from '#agent/engine/engine.ts'
import { createVolumeLocks } from '#agent/volumes/volume-locks.ts'

export const PASSWORD = 'correct horse battery staple'
export const OWNER = 'app00001'

/** VASTROX_RESTIC: another one than the distribution's. */
const RESTIC = process.env['VASTROX_RESTIC']

/** Backups of a data directory of their own, with a root for them and an engine that runs nothing. */
export async function createBackupHarness({
  restic = RESTIC,
}: {
  restic?: string | undefined
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-backups-'))
  const dataDir = join(folder, 'data')
  const root = join(folder, 'disk')
  const agentDir = join(dataDir, 'agent')
  const volumesDir = join(dataDir, 'volumes')
  for (const path of [agentDir, volumesDir, root])
    await mkdir(path, { recursive: true, mode: 0o700 })
  const rootId = rootIdOf(root)
  await writeFile(join(root, ROOT_MARK), rootId)
  const settingsFile = join(agentDir, 'backups.json')
  await writeBackupSettings(settingsFile, { roots: [{ rootId, path: root }], networks: [] })
  const engine = await startQuietEngine(join(folder, 'engine.sock'))
  const deps: BackupDeps = {
    engine: createEngine(engine.path),
    instance: 'b0b0b0',
    dataDir,
    volumesDir,
    volumeLocks: createVolumeLocks(),
    diskFloor: { reader: async () => async () => [] },
    cgroups: async () => ({ cgroupVersion: '1', cgroupDriver: 'cgroupfs' }),
    backupsDir: join(agentDir, 'backups'),
    backupSettingsFile: settingsFile,
    repositoryTurns: createRepositoryTurns(),
    underWay: new Set(),
    // Tests share the machine with others that have more of it.
    isBehindOthers: false,
    restic,
  }
  const repository = (more: Partial<Repository> = {}): Repository => ({
    location: { type: 'local', rootId, folder: 'main' },
    password: PASSWORD,
    ...more,
  })
  let count = 0

  return {
    deps,
    folder,
    dataDir,
    root,
    rootId,
    volumesDir,
    repository,
    repositoryDir: join(root, 'main'),

    open: (at = repository()) =>
      openRepository(
        deps,
        BACKUP_VERBS['open-repository'].input.parse({ repository: at }).repository,
      ),

    async snapshots(at = repository(), tag: string | null = null) {
      const input = BACKUP_VERBS['list-snapshots'].input.parse({ repository: at, tag })
      return (await listSnapshots(deps, input)).snapshots
    },

    async files(snapshotId: string, path = '', at = repository()) {
      const input = BACKUP_VERBS['list-snapshot-files'].input.parse({
        repository: at,
        snapshotId,
        path,
      })
      return (await listSnapshotFiles(deps, input)).files
    },

    /** A volume with its owner's record. */
    async makeVolume(volumeId: string, fill: (path: string) => Promise<void>): Promise<string> {
      const path = join(volumesDir, volumeId)
      await mkdir(path)
      await fill(path)
      await writeFile(`${path}.json`, JSON.stringify({ appId: OWNER }))
      return path
    },

    async backUp(
      content: BackupContent,
      {
        body = Readable.from([]),
        signal = new AbortController().signal,
        ...more
      }: Partial<BackUp> & { body?: Readable; signal?: AbortSignal } = {},
    ) {
      const spec = BACKUP_STREAMS['back-up'].input.parse({
        backupId: `backup${String(++count).padStart(4, '0')}`,
        repository: repository(),
        host: 'vastrox-b0b0b0',
        tags: ['subject=volume:volume01'],
        content,
        timeoutMs: 120_000,
        ...more,
      })
      const events: z.input<typeof BackUpEvent>[] = []
      const emit = async (event: z.input<typeof BackUpEvent>): Promise<void> => {
        events.push(BACKUP_STREAMS['back-up'].event.parse(event))
      }
      await backUp(deps, spec, { emit, signal, body })
      const done = events.at(-1)
      if (done?.type !== 'done') throw new Error('it did not end well')
      return { ...done, warnings: done.warnings ?? [] }
    },

    async restore(
      snapshotId: string,
      target: RestoreSnapshot['target'],
      { signal = new AbortController().signal, at = repository() } = {},
    ) {
      const spec = BACKUP_STREAMS['restore-snapshot'].input.parse({
        repository: at,
        snapshotId,
        target,
        timeoutMs: 120_000,
      })
      const events: z.input<typeof RestoreSnapshotEvent>[] = []
      const emit = async (event: z.input<typeof RestoreSnapshotEvent>): Promise<void> => {
        events.push(BACKUP_STREAMS['restore-snapshot'].event.parse(event))
      }
      await restore(deps, spec, { emit, signal, body: Readable.from([]) })
      const done = events.at(-1)
      if (done?.type !== 'done') throw new Error('it did not end well')
      const data = Buffer.concat(
        events.flatMap((event) =>
          event.type === 'data' ? [Buffer.from(event.base64, 'base64')] : [],
        ),
      )
      return { ...done, data }
    },

    async check(readPercent: number, at = repository()) {
      const input = BACKUP_STREAMS['check-repository'].input.parse({
        repository: at,
        readPercent,
        timeoutMs: 120_000,
      })
      const events: z.input<(typeof BACKUP_STREAMS)['check-repository']['event']>[] = []
      await checkRepository(deps, input, {
        emit: async (event) => void events.push(event),
        signal: new AbortController().signal,
        body: Readable.from([]),
      })
      const done = events.at(-1)
      if (done?.type !== 'done') throw new Error('it did not end well')
      return done
    },

    async importContent(spec: ImportContent, bytes: Buffer) {
      const events: z.input<typeof RestoreSnapshotEvent>[] = []
      await importContent(deps, BACKUP_STREAMS['import-content'].input.parse(spec), {
        emit: async (event) => void events.push(event),
        signal: new AbortController().signal,
        body: Readable.from([bytes]),
      })
      const done = events.at(-1)
      if (done?.type !== 'done') throw new Error('it did not end well')
      return done
    },

    async forget(snapshotIds: string[], at = repository()) {
      const input = BACKUP_STREAMS['forget-snapshots'].input.parse({
        repository: at,
        snapshotIds,
        timeoutMs: 120_000,
      })
      let freedBytes: number | null | undefined
      await forgetSnapshots(deps, input, {
        emit: async (event) => {
          if (event.type === 'done') ({ freedBytes } = event)
        },
        signal: new AbortController().signal,
        body: Readable.from([]),
      })
      return freedBytes
    },

    async remove(): Promise<void> {
      deps.engine.close()
      engine.close()
      await rm(folder, { recursive: true })
    },
  }
}
export type BackupHarness = Awaited<ReturnType<typeof createBackupHarness>>

/** It answers, and has no containers. */
async function startQuietEngine(path: string) {
  const server = createServer((request, response) => {
    response.setHeader('Api-Version', '1.41')
    response.end(request.url?.endsWith('/_ping') === true ? 'OK' : '[]')
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(path, resolve)
  await promise
  return { path, close: () => server.close() }
}
