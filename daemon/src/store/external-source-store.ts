import type { Actor } from '@vastrox/shared/actor.ts'
import { Follow, HostKind, SourceAccess } from '@vastrox/shared/external-source.ts'
import { Commit } from '@vastrox/shared/release.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

export interface ExternalSourceRecord {
  appId: string
  teamId: string
  url: string
  hostKind: HostKind
  follow: Follow
  watchPaths: string[]
  submodules: boolean
  access: SourceAccess
  username: string | null
  sealedSecret: Buffer | null
  publicKey: string | null
  /** `<type> <base64>` */
  hostKey: string | null
  pollEveryMs: number | null
  postStatus: boolean
  /** The account at the Git host that it was picked with. */
  accountId: string | null
  installed: Installed | null
  commit: Commit | null
  fetchedAt: string | null
  nextPollAt: string | null
  failures: number
  problem: string | null
  statusProblem: string | null
  webhookId: string
  sealedWebhookSecret: Buffer
  webhookAt: string | null
}

const Installed = z.object({ deployKey: z.string().nullable(), webhook: z.string().nullable() })
/** What was made for it at the host, by the host's own ids. */
export type Installed = z.infer<typeof Installed>

interface Row {
  app_id: string
  team_id: string
  url: string
  host_kind: string
  follow_json: string
  watch_paths_json: string
  submodules: number
  access: string
  username: string | null
  sealed_secret: Buffer | null
  public_key: string | null
  host_key: string | null
  poll_every_ms: number | null
  post_status: number
  account_id: string | null
  installed_json: string | null
  commit_json: string | null
  fetched_at: string | null
  next_poll_at: string | null
  failures: number
  problem: string | null
  status_problem: string | null
  webhook_id: string
  sealed_webhook_secret: Buffer
  webhook_at: string | null
}

const COLUMNS = [
  'app_id',
  'team_id',
  'url',
  'host_kind',
  'follow_json',
  'watch_paths_json',
  'submodules',
  'access',
  'username',
  'sealed_secret',
  'public_key',
  'host_key',
  'poll_every_ms',
  'post_status',
  'account_id',
  'installed_json',
  'commit_json',
  'fetched_at',
  'next_poll_at',
  'failures',
  'problem',
  'status_problem',
  'webhook_id',
  'sealed_webhook_secret',
  'webhook_at',
]

export function createExternalSourceStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO external_sources (${COLUMNS.join(', ')})
     VALUES (${COLUMNS.map((name) => `@${name}`).join(', ')})
     ON CONFLICT (app_id) DO UPDATE SET ${COLUMNS.slice(2)
       .map((name) => `${name} = @${name}`)
       .join(', ')}`,
  )
  const byApp = db.prepare<[appId: string], Row>('SELECT * FROM external_sources WHERE app_id = ?')
  const byWebhook = db.prepare<[id: string], Row>(
    'SELECT * FROM external_sources WHERE webhook_id = ?',
  )
  const byAccount = db.prepare<[id: string], Row>(
    'SELECT * FROM external_sources WHERE account_id = ?',
  )
  const due = db.prepare<[now: string, limit: number], Row>(
    `SELECT external_sources.* FROM external_sources JOIN apps ON apps.id = app_id
     WHERE wanted = 1 AND destroyed_at IS NULL AND next_poll_at <= ?
     ORDER BY next_poll_at LIMIT ?`,
  )
  const remove = db.prepare<[appId: string]>('DELETE FROM external_sources WHERE app_id = ?')

  return {
    find: (actor: Actor, appId: string): ExternalSourceRecord | undefined => {
      const row = byApp.get(appId)
      return row && isVisible(actor, row) ? toRecord(row) : undefined
    },

    findForPlatform: (appId: string): ExternalSourceRecord | undefined => {
      const row = byApp.get(appId)
      return row && toRecord(row)
    },
    findByWebhookForPlatform: (webhookId: string): ExternalSourceRecord | undefined => {
      const row = byWebhook.get(webhookId)
      return row && toRecord(row)
    },
    listOfAccountForPlatform: (accountId: string): ExternalSourceRecord[] =>
      byAccount.all(accountId).map(toRecord),
    saveForPlatform: (record: ExternalSourceRecord): void => {
      upsert.run(toRow(record))
    },
    /** Those that are to be asked by now; never of an app that is stopped or in the trash. */
    listDueForPlatform: (now: string, limit: number): ExternalSourceRecord[] =>
      due.all(now, limit).map(toRecord),
    removeForPlatform: (appId: string): void => {
      remove.run(appId)
    },
  }
}
export type ExternalSourceStore = ReturnType<typeof createExternalSourceStore>

const toRecord = (row: Row): ExternalSourceRecord => ({
  appId: row.app_id,
  teamId: row.team_id,
  url: row.url,
  hostKind: HostKind.parse(row.host_kind),
  follow: fromJson(Follow, row.follow_json),
  watchPaths: fromJson(z.array(z.string()), row.watch_paths_json),
  submodules: row.submodules === 1,
  access: SourceAccess.parse(row.access),
  username: row.username,
  sealedSecret: row.sealed_secret,
  publicKey: row.public_key,
  hostKey: row.host_key,
  pollEveryMs: row.poll_every_ms,
  postStatus: row.post_status === 1,
  accountId: row.account_id,
  installed: row.installed_json === null ? null : fromJson(Installed, row.installed_json),
  commit: row.commit_json === null ? null : fromJson(Commit, row.commit_json),
  fetchedAt: row.fetched_at,
  nextPollAt: row.next_poll_at,
  failures: row.failures,
  problem: row.problem,
  statusProblem: row.status_problem,
  webhookId: row.webhook_id,
  sealedWebhookSecret: row.sealed_webhook_secret,
  webhookAt: row.webhook_at,
})

const toRow = (record: ExternalSourceRecord): Row => ({
  app_id: record.appId,
  team_id: record.teamId,
  url: record.url,
  host_kind: record.hostKind,
  follow_json: JSON.stringify(record.follow),
  watch_paths_json: JSON.stringify(record.watchPaths),
  submodules: record.submodules ? 1 : 0,
  access: record.access,
  username: record.username,
  sealed_secret: record.sealedSecret,
  public_key: record.publicKey,
  host_key: record.hostKey,
  poll_every_ms: record.pollEveryMs,
  post_status: record.postStatus ? 1 : 0,
  account_id: record.accountId,
  installed_json: record.installed === null ? null : JSON.stringify(record.installed),
  commit_json: record.commit === null ? null : JSON.stringify(record.commit),
  fetched_at: record.fetchedAt,
  next_poll_at: record.nextPollAt,
  failures: record.failures,
  problem: record.problem,
  status_problem: record.statusProblem,
  webhook_id: record.webhookId,
  sealed_webhook_secret: record.sealedWebhookSecret,
  webhook_at: record.webhookAt,
})
