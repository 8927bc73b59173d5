import type { Actor } from '@vastrox/shared/actor.ts'
import { Permission } from '@vastrox/shared/permissions.ts'
import { TokenKind } from '@vastrox/shared/user.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface TokenRecord {
  id: string
  teamId: string
  /** Whose it is: it may never do more than that user may. */
  userId: string
  name: string
  kind: TokenKind
  tokenHash: string
  /** Prefix and last four characters. */
  hint: string
  permissions: Permission[]
  /** null: every app of the team. */
  appIds: string[] | null
  createdAt: string
  /** null: never. */
  expiresAt: string | null
  lastUsedAt: string | null
}

interface TokenRow {
  id: string
  team_id: string
  user_id: string
  name: string
  kind: string
  token_hash: string
  hint: string
  permissions_json: string
  app_ids_json: string | null
  created_at: string
  expires_at: string | null
  last_used_at: string | null
}

const Permissions = z.array(Permission)
const AppIds = z.array(z.string())

export function createTokenStore(db: Database) {
  const insert = db.prepare<TokenRow>(
    `INSERT INTO tokens (id, team_id, user_id, name, kind, token_hash, hint, permissions_json, app_ids_json, created_at, expires_at, last_used_at)
     VALUES (@id, @team_id, @user_id, @name, @kind, @token_hash, @hint, @permissions_json, @app_ids_json, @created_at, @expires_at, @last_used_at)`,
  )
  const byHash = db.prepare<[hash: string], TokenRow>('SELECT * FROM tokens WHERE token_hash = ?')
  const ofTeam = db.prepare<[team: string], TokenRow>(
    'SELECT * FROM tokens WHERE team_id = ? ORDER BY id DESC',
  )
  const touch = db.prepare<[at: string, id: string]>(
    'UPDATE tokens SET last_used_at = ? WHERE id = ?',
  )
  const remove = db
    .prepare<[id: string, team: string], string>(
      'DELETE FROM tokens WHERE id = ? AND team_id = ? RETURNING name',
    )
    .pluck()

  return {
    insertForPlatform: (token: TokenRecord): void => {
      insert.run(toRow(token))
    },
    findByHashForPlatform: (hash: string): TokenRecord | undefined => {
      const row = byHash.get(hash)
      return row && toRecord(row)
    },
    touchForPlatform: (id: string, at: string): void => {
      touch.run(at, id)
    },
    /** Newest first. */
    list: (actor: Actor): TokenRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    /** Its name; undefined where the team has no such token. */
    remove: (actor: Actor, id: string): string | undefined => remove.get(id, actor.teamId),
  }
}
export type TokenStore = ReturnType<typeof createTokenStore>

const toRecord = (row: TokenRow): TokenRecord => ({
  id: row.id,
  teamId: row.team_id,
  userId: row.user_id,
  name: row.name,
  kind: TokenKind.parse(row.kind),
  tokenHash: row.token_hash,
  hint: row.hint,
  permissions: fromJson(Permissions, row.permissions_json),
  appIds: row.app_ids_json === null ? null : fromJson(AppIds, row.app_ids_json),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
})

const toRow = (token: TokenRecord): TokenRow => ({
  id: token.id,
  team_id: token.teamId,
  user_id: token.userId,
  name: token.name,
  kind: token.kind,
  token_hash: token.tokenHash,
  hint: token.hint,
  permissions_json: JSON.stringify(token.permissions),
  app_ids_json: token.appIds === null ? null : JSON.stringify(token.appIds),
  created_at: token.createdAt,
  expires_at: token.expiresAt,
  last_used_at: token.lastUsedAt,
})
