import type { Actor } from '@vastrox/shared/actor.ts'
import { GitAccount } from '@vastrox/shared/git-account.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export const AccountSettings = z.object({
  clientId: z.string().optional(),
  /** Of a GitHub App. */
  appId: z.string().optional(),
  pageUrl: z.string().optional(),
  organization: z.string().optional(),
  /** What the browser brings back, once, and until when it may. */
  state: z.string().optional(),
  stateUntil: z.string().optional(),
  /** When the token ends. */
  expiresAt: z.string().optional(),
})
export type AccountSettings = z.infer<typeof AccountSettings>

export interface GitAccountRecord extends GitAccount {
  teamId: string
  settings: AccountSettings
  /** JSON of what is secret of it. */
  sealedSecret: Buffer | null
  createdAt: string
}

interface Row {
  id: string
  team_id: string
  host_kind: string
  name: string
  base_url: string
  kind: string
  settings_json: string
  sealed_secret: Buffer | null
  connected_at: string | null
  created_at: string
  problem: string | null
}

export function createGitAccountStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO git_accounts (id, team_id, host_kind, name, base_url, kind, settings_json,
       sealed_secret, connected_at, created_at, problem)
     VALUES (@id, @team_id, @host_kind, @name, @base_url, @kind, @settings_json,
       @sealed_secret, @connected_at, @created_at, @problem)
     ON CONFLICT (id) DO UPDATE SET name = @name, settings_json = @settings_json,
       sealed_secret = @sealed_secret, connected_at = @connected_at, problem = @problem`,
  )
  const ofTeam = db.prepare<[team: string], Row>(
    'SELECT * FROM git_accounts WHERE team_id = ? ORDER BY created_at, id',
  )
  const byId = db.prepare<[id: string], Row>('SELECT * FROM git_accounts WHERE id = ?')
  const all = db.prepare<[], Row>('SELECT * FROM git_accounts')
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM git_accounts WHERE id = ? AND team_id = ?',
  )

  return {
    list: (actor: Actor): GitAccountRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    find: (actor: Actor, id: string): GitAccountRecord | undefined => {
      const row = byId.get(id)
      return row?.team_id === actor.teamId ? toRecord(row) : undefined
    },
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,

    findForPlatform: (id: string): GitAccountRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    listForPlatform: (): GitAccountRecord[] => all.all().map(toRecord),
    saveForPlatform: (record: GitAccountRecord): void => {
      upsert.run(toRow(record))
    },
  }
}
export type GitAccountStore = ReturnType<typeof createGitAccountStore>

const toRecord = (row: Row): GitAccountRecord => ({
  ...GitAccount.parse({
    id: row.id,
    hostKind: row.host_kind,
    name: row.name,
    baseUrl: row.base_url,
    kind: row.kind,
    connectedAt: row.connected_at,
    problem: row.problem,
  }),
  teamId: row.team_id,
  settings: fromJson(AccountSettings, row.settings_json),
  sealedSecret: row.sealed_secret,
  createdAt: row.created_at,
})

const toRow = (record: GitAccountRecord): Row => ({
  id: record.id,
  team_id: record.teamId,
  host_kind: record.hostKind,
  name: record.name,
  base_url: record.baseUrl,
  kind: record.kind,
  settings_json: JSON.stringify(record.settings),
  sealed_secret: record.sealedSecret,
  connected_at: record.connectedAt,
  created_at: record.createdAt,
  problem: record.problem,
})
