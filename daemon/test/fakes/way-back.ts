import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { GoodBackup, KeptBackups, KnownAddon, Servers } from '#core/backups/way-back.ts'
import { defineAddon } from '#ports/addon-kind.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { NodeBackups } from '#ports/node-backups.ts'

export type Tables = Record<string, number>

const Content = z.record(z.string(), z.int())
const MIB = 2 ** 20

/** A server whose content is a count for each table; its dump is JSON. */
export const fakeKind = defineAddon({
  kind: 'fakesql',
  title: 'FakeSQL',
  summary: 'Counts.',
  aliases: [],
  prefix: 'DATABASE',
  versions: [{ version: '1', image: { reference: 'none' }, isDefault: true, needsRegistry: true }],
  settings: z.object({}),
  port: 1,
  dataPath: '/data',
  minMemoryBytes: 64 * MIB,
  defaultMemoryBytes: 128 * MIB,
  stopGraceMs: 0,
  maxConnections: () => 25,
  container: () => ({ command: null, env: {} }),
  ready: () => command('ready'),
  setUp: () => [],
  createUser: () => [],
  changePassword: () => [],
  dropUser: () => [],
  changeRoot: () => [],
  variables: () => ({}),
  console: null,
  usage: () => command('usage'),
  readUsage: () => ({ connections: null, maxConnections: null }),
  backup: {
    fileName: 'dump.json',
    minBytes: 1,
    trailer: null,
    dump: () => command('dump'),
    restore: () => command('load'),
    clear: () => [command('clear')],
    count: () => command('count'),
    readCounts: (stdout) => Content.parse(JSON.parse(stdout)),
    verify: () => command('verify'),
    readVerification: ({ exitCode, stderr }) => [
      { what: 'fsck', expected: null, found: stderr || 'no complaint', isGood: exitCode === 0 },
    ],
    importOf: (name) =>
      name.endsWith('.json') ? { packed: 'none', command: command('load') } : null,
  },
})

const command = (word: string) => ({ argv: [word], timeoutMs: 1_000 })

interface Server {
  id: string
  name: string
  teamId: string
  tables: Tables
  volumeId: string | null
  isThrowAway: boolean
  memoryBytes: number
}

/** Servers, what lies in volumes, and snapshots: they keep state as the real ones do. */
export function createFakeWayBack() {
  const servers = new Map<string, Server>()
  /** What lies in volumes that no server has. */
  const volumes = new Map<string, Tables>()
  const trash = new Map<string, Tables>()
  const snapshots = new Map<string, { tables: Tables; sha256: string | null; files: number }>()
  const backups = new Map<string, GoodBackup>()
  const usersOf = new Map<string, number>()
  const restoring = new Set<string>()
  const log: string[] = []
  let ids = 0
  /** What goes wrong next, by the word of the command or of the verb. */
  const trouble = new Map<string, Error>()
  let complaint: string | undefined
  let saved: Tables | undefined
  let isSlow = false

  const newId = (): string => `fake${String((ids += 1)).padStart(8, '0')}`

  function fail(word: string): void {
    const error = trouble.get(word)
    if (!error) return
    trouble.delete(word)
    throw error
  }

  function serverOf(id: string): Server {
    const found = servers.get(id)
    if (!found) throw new CodedError('ADDON_NOT_RUNNING')
    return found
  }

  const known = ({ id, name, teamId, memoryBytes, volumeId }: Server): KnownAddon => ({
    id,
    serverId: id,
    volumeId,
    name,
    teamId,
    kind: 'fakesql',
    version: '1',
    memoryBytes,
    root: { password: 'root' },
  })

  function start(change: Partial<Server>): Server {
    const server: Server = {
      id: newId(),
      name: 'none',
      teamId: 'team1',
      tables: {},
      volumeId: null,
      isThrowAway: false,
      memoryBytes: 128 * MIB,
      ...change,
    }
    servers.set(server.id, server)
    return server
  }

  const fakeServers: Servers = {
    kindOf: (kind) => (kind === 'fakesql' ? fakeKind : undefined),
    findForPlatform: (id) => {
      const found = servers.get(id)
      return found && known(found)
    },
    find: (actor, name) => {
      const found = [...servers.values()].find(
        (one) => one.name === name && one.teamId === actor.teamId,
      )
      if (!found) throw new CodedError('ADDON_NOT_FOUND', { name })
      return known(found)
    },
    isNameTaken: (teamId, name) =>
      [...servers.values()].some((one) => one.name === name && one.teamId === teamId),
    startThrowAway: async (wish, signal) => {
      fail('start')
      signal.throwIfAborted()
      const server = start({
        isThrowAway: true,
        volumeId: wish.volumeId,
        memoryBytes: wish.memoryBytes,
      })
      log.push(`start ${wish.kind} ${wish.version}`)
      return {
        addonId: server.id,
        root: { password: 'thrown' },
        stop: async () => {
          servers.delete(server.id)
          log.push('stop')
        },
      }
    },
    replaceData: async (addonId, volumeId) => {
      fail('replace')
      const server = serverOf(addonId)
      const fresh = [...servers.values()].find((one) => one.volumeId === volumeId)
      if (!fresh?.isThrowAway) throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
      trash.set(addonId, server.tables)
      server.tables = fresh.tables
      server.volumeId = volumeId
      servers.delete(fresh.id)
    },
    create: async (teamId, { id, name, memoryBytes }, signal) => {
      fail('create')
      const made = start({ id, name, teamId, memoryBytes })
      if (!isSlow) return known(made)
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true })
      })
      throw signal.reason
    },
    destroy: async (id) => {
      servers.delete(id)
    },
    sayRestoring: (id, isRestoring) => {
      if (isRestoring) restoring.add(id)
      else restoring.delete(id)
    },
    restoreUsers: async (id) => {
      usersOf.set(id, (usersOf.get(id) ?? 0) + 1)
    },
  }

  const addons: Pick<NodeAddons, 'exec'> = {
    exec: async ({ addonId, argv: [word = ''] }) => {
      fail(word)
      const server = serverOf(addonId)
      log.push(word)
      if (word === 'clear') server.tables = {}
      if (word === 'verify' && complaint !== undefined)
        return { exitCode: 1, stdout: '', stderr: complaint }
      return { exitCode: 0, stdout: JSON.stringify(server.tables), stderr: '' }
    },
  }

  async function load(addonId: string, content: Tables): Promise<void> {
    fail('load')
    const server = serverOf(addonId)
    if (Object.keys(server.tables).length > 0)
      throw new CodedError('RESTORE_FAILED', { reason: 'table "orders" already exists' })
    server.tables = { ...content }
  }

  const node: Pick<NodeBackups, 'restore' | 'importContent'> = {
    restore: async ({ snapshotId, target }, onProgress, signal) => {
      fail('restore')
      signal.throwIfAborted()
      const found = snapshots.get(snapshotId)
      if (!found) throw new CodedError('RESTORE_FAILED', { reason: 'no such snapshot' })
      const sizeBytes = JSON.stringify(found.tables).length
      onProgress({ type: 'progress', bytesDone: sizeBytes, bytesTotal: sizeBytes, filesDone: 1 })
      if (target.type === 'addon') await load(target.addonId, found.tables)
      if (target.type === 'volume') {
        log.push(`volume ${target.into ?? '/'} ${target.paths?.join(' ') ?? 'all'}`)
        if (target.into === null) volumes.set(target.volumeId, found.tables)
      }
      const { sha256, files } = found
      return { type: 'done', sizeBytes, files, sha256, durationMs: 1, output: '' }
    },
    importContent: async ({ target }, body: Readable, _onProgress, signal) => {
      const brought = await text(body)
      signal.throwIfAborted()
      const read = z.string().transform(toTables).safeParse(brought)
      if (!read.success)
        throw new CodedError('RESTORE_FAILED', { reason: 'syntax error at or near "nonsense"' })
      if (target.type === 'addon') await load(target.addonId, read.data)
      else volumes.set(target.volumeId, read.data)
      return {
        type: 'done',
        sizeBytes: brought.length,
        files: Object.keys(read.data).length,
        sha256: null,
        durationMs: 1,
        output: '',
      }
    },
  }

  /** A backup of the tables as they are given; `now` is what is in the snapshot in truth. */
  function addBackup(
    subject: GoodBackup['subject'],
    tables: Tables,
    { now = tables, teamId = 'team1' }: { now?: Tables; teamId?: string } = {},
  ): GoodBackup {
    const id = newId()
    const isAddon = subject.type === 'addon'
    const sha256 = isAddon ? `sha-of-${JSON.stringify(tables)}` : null
    snapshots.set(id, { tables: now, sha256, files: Object.keys(now).length })
    const backup: GoodBackup = {
      id,
      teamId,
      subject,
      snapshotId: id,
      destinationId: 'disk',
      endedAt: '2026-11-22T12:00:00.000Z',
      content: {
        counts: isAddon ? { before: tables, after: tables } : null,
        sizeBytes: JSON.stringify(tables).length,
        files: Object.keys(tables).length,
        sha256,
        addon: isAddon ? { kind: 'fakesql', version: '1', memoryBytes: 128 * MIB } : null,
      },
    }
    backups.set(id, backup)
    return backup
  }

  const kept: KeptBackups = {
    find: (actor, id) => {
      const found = backups.get(id)
      if (!found || found.teamId !== actor.teamId) throw new CodedError('BACKUP_NOT_FOUND')
      return found
    },
    findForPlatform: (id) => backups.get(id),
    listNewestForPlatform: () => [
      ...new Map(
        [...backups.values()].map((one) => [`${one.subject.type}:${one.subject.id}`, one]),
      ).values(),
    ],
    repositoryOf: async () => ({
      location: { type: 'local', rootId: 'root00000', folder: 'backups' },
      password: 'a password of the repository',
    }),
    saveNow: async ({ teamId, subject }) => {
      fail('save')
      saved = serverTables(subject.id)
      return addBackup(subject, saved ?? {}, { teamId })
    },
  }

  const serverTables = (id: string): Tables | undefined => {
    const found = servers.get(id)
    return found && { ...found.tables }
  }

  return {
    servers: fakeServers,
    addons,
    node,
    kept,
    addBackup,
    addServer: (name: string, tables: Tables, change: Partial<Server> = {}): KnownAddon =>
      known(start({ name, tables, volumeId: newId(), ...change })),
    tablesOf: serverTables,
    dropBackup: (id: string): void => {
      backups.delete(id)
    },
    /** What the start of a daemon does with those that a crash has left. */
    removeLeftovers: (): void => {
      for (const { id, isThrowAway } of servers.values()) if (isThrowAway) servers.delete(id)
    },
    /** Servers that are left over. */
    thrownAway: (): string[] =>
      [...servers.values()].filter(({ isThrowAway }) => isThrowAway).map(({ id }) => id),
    volumes,
    trash,
    log,
    usersOf,
    restoring,
    /** The next time that this is done it goes wrong. */
    breakNext: (word: string, error: Error): void => {
      trouble.set(word, error)
    },
    /** Servers that are created take longer than the daemon lives. */
    slowDown: (): void => {
      isSlow = true
    },
    /** The server's own check says so from now on. */
    complain: (words: string | undefined): void => {
      complaint = words
    },
  }
}
export type FakeWayBack = ReturnType<typeof createFakeWayBack>

function toTables(brought: string, context: z.RefinementCtx): Tables {
  try {
    return Content.parse(JSON.parse(brought))
  } catch {
    context.addIssue('not JSON')
    return z.NEVER
  }
}
