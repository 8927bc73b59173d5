import type { Actor } from '@vastrox/shared/actor.ts'
import { PullSummary } from '@vastrox/shared/remote-source.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

const Access = z.enum(['key', 'password'])

export interface RemoteSourceRecord {
  appId: string
  teamId: string
  host: string
  port: number
  username: string
  folder: string
  access: z.infer<typeof Access>
  sealedSecret: Buffer | null
  publicKey: string | null
  hostKey: string | null
  ignore: string[]
  pullEveryMs: number | null
  nextPullAt: string | null
  pulledAt: string | null
  failures: number
  problem: string | null
  /** Of the tree that was taken up last. */
  digest: string | null
  summary: PullSummary | null
}

interface Row {
  app_id: string
  team_id: string
  host: string
  port: number
  username: string
  folder: string
  access: string
  sealed_secret: Buffer | null
  public_key: string | null
  host_key: string | null
  ignore_json: string
  pull_every_ms: number | null
  next_pull_at: string | null
  pulled_at: string | null
  failures: number
  problem: string | null
  digest: string | null
  summary_json: string | null
}

const COLUMNS = [
  'app_id',
  'team_id',
  'host',
  'port',
  'username',
  'folder',
  'access',
  'sealed_secret',
  'public_key',
  'host_key',
  'ignore_json',
  'pull_every_ms',
  'next_pull_at',
  'pulled_at',
  'failures',
  'problem',
  'digest',
  'summary_json',
]

export function createRemoteSourceStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO remote_sources (${COLUMNS.join(', ')})
     VALUES (${COLUMNS.map((name) => `@${name}`).join(', ')})
     ON CONFLICT (app_id) DO UPDATE SET ${COLUMNS.slice(2)
       .map((name) => `${name} = @${name}`)
       .join(', ')}`,
  )
  const byApp = db.prepare<[appId: string], Row>('SELECT * FROM remote_sources WHERE app_id = ?')
  const due = db.prepare<[now: string, limit: number], Row>(
    `SELECT remote_sources.* FROM remote_sources JOIN apps ON apps.id = app_id
     WHERE wanted = 1 AND destroyed_at IS NULL AND next_pull_at <= ?
     ORDER BY next_pull_at LIMIT ?`,
  )
  const remove = db.prepare<[appId: string]>('DELETE FROM remote_sources WHERE app_id = ?')

  return {
    find: (actor: Actor, appId: string): RemoteSourceRecord | undefined => {
      const row = byApp.get(appId)
      return row && isVisible(actor, row) ? toRecord(row) : undefined
    },

    findForPlatform: (appId: string): RemoteSourceRecord | undefined => {
      const row = byApp.get(appId)
      return row && toRecord(row)
    },
    saveForPlatform: (record: RemoteSourceRecord): void => {
      upsert.run(toRow(record))
    },
    listDueForPlatform: (now: string, limit: number): RemoteSourceRecord[] =>
      due.all(now, limit).map(toRecord),
    removeForPlatform: (appId: string): void => {
      remove.run(appId)
    },
  }
}
export type RemoteSourceStore = ReturnType<typeof createRemoteSourceStore>

const toRecord = (row: Row): RemoteSourceRecord => ({
  appId: row.app_id,
  teamId: row.team_id,
  host: row.host,
  port: row.port,
  username: row.username,
  folder: row.folder,
  access: Access.parse(row.access),
  sealedSecret: row.sealed_secret,
  publicKey: row.public_key,
  hostKey: row.host_key,
  ignore: fromJson(z.array(z.string()), row.ignore_json),
  pullEveryMs: row.pull_every_ms,
  nextPullAt: row.next_pull_at,
  pulledAt: row.pulled_at,
  failures: row.failures,
  problem: row.problem,
  digest: row.digest,
  summary: row.summary_json === null ? null : fromJson(PullSummary, row.summary_json),
})

const toRow = (record: RemoteSourceRecord): Row => ({
  app_id: record.appId,
  team_id: record.teamId,
  host: record.host,
  port: record.port,
  username: record.username,
  folder: record.folder,
  access: record.access,
  sealed_secret: record.sealedSecret,
  public_key: record.publicKey,
  host_key: record.hostKey,
  ignore_json: JSON.stringify(record.ignore),
  pull_every_ms: record.pullEveryMs,
  next_pull_at: record.nextPullAt,
  pulled_at: record.pulledAt,
  failures: record.failures,
  problem: record.problem,
  digest: record.digest,
  summary_json: record.summary === null ? null : JSON.stringify(record.summary),
})
