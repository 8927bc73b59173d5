import type { Actor } from '@vastrox/shared/actor.ts'
import { Permission } from '@vastrox/shared/permissions.ts'
import { TokenKind } from '@vastrox/shared/token.ts'
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
  /** null: from anywhere. */
  networks: string[] | null
  createdAt: string
  /** null: never. */
  expiresAt: string | null
  lastUsedAt: string | null
  lastUsedAddress: string | null
  /** A token that was revoked is still known, so that its use can be told of. */
  revokedAt: string | null
  /** The secret before the last rotation, and until when it is good. */
  previousHash: string | null
  previousUntil: string | null
  rotatedAt: string | null
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
  networks_json: string | null
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  last_used_address: string | null
  revoked_at: string | null
  previous_hash: string | null
  previous_until: string | null
  rotated_at: string | null
}

/** What a rotation changes. */
export type Rotation = Pick<
  TokenRecord,
  'id' | 'tokenHash' | 'hint' | 'previousHash' | 'previousUntil' | 'rotatedAt' | 'expiresAt'
>

const Permissions = z.array(Permission)
const Texts = z.array(z.string())

export function createTokenStore(db: Database) {
  const insert = db.prepare<TokenRow>(
    `INSERT INTO tokens (id, team_id, user_id, name, kind, token_hash, hint, permissions_json, app_ids_json, networks_json,
       created_at, expires_at, last_used_at, last_used_address, revoked_at, previous_hash, previous_until, rotated_at)
     VALUES (@id, @team_id, @user_id, @name, @kind, @token_hash, @hint, @permissions_json, @app_ids_json, @networks_json,
       @created_at, @expires_at, @last_used_at, @last_used_address, @revoked_at, @previous_hash, @previous_until, @rotated_at)`,
  )
  const byHash = db.prepare<[hash: string, previous: string], TokenRow>(
    'SELECT * FROM tokens WHERE token_hash = ? UNION ALL SELECT * FROM tokens WHERE previous_hash = ? LIMIT 1',
  )
  const byId = db.prepare<[id: string], TokenRow>('SELECT * FROM tokens WHERE id = ?')
  const ofTeam = db.prepare<[team: string], TokenRow>(
    'SELECT * FROM tokens WHERE team_id = ? AND revoked_at IS NULL ORDER BY id DESC',
  )
  const countOfTeam = db
    .prepare<[team: string], number>(
      'SELECT count(*) FROM tokens WHERE team_id = ? AND revoked_at IS NULL',
    )
    .pluck()
  const touch = db.prepare<[at: string, address: string, id: string]>(
    'UPDATE tokens SET last_used_at = ?, last_used_address = ? WHERE id = ?',
  )
  const rotate = db.prepare<Rotation>(
    `UPDATE tokens SET token_hash = @tokenHash, hint = @hint, previous_hash = @previousHash, previous_until = @previousUntil,
       rotated_at = @rotatedAt, expires_at = @expiresAt, reminded_at = NULL WHERE id = @id`,
  )
  const revoke = db
    .prepare<[at: string, id: string, team: string], string>(
      `UPDATE tokens SET revoked_at = ? WHERE id = ? AND team_id = ? AND revoked_at IS NULL RETURNING name`,
    )
    .pluck()
  const forget = db.prepare<[before: string]>('DELETE FROM tokens WHERE revoked_at < ?')
  const ending = db.prepare<{ from: string; to: string }, TokenRow>(
    `UPDATE tokens SET reminded_at = @from WHERE reminded_at IS NULL AND revoked_at IS NULL
       AND expires_at > @from AND expires_at <= @to RETURNING *`,
  )

  return {
    insertForPlatform: (token: TokenRecord): void => {
      insert.run(toRow(token))
    },
    /** By its secret, or by the one before the last rotation. */
    findByHashForPlatform: (hash: string): TokenRecord | undefined => {
      const row = byHash.get(hash, hash)
      return row && toRecord(row)
    },
    /** Also one that was revoked. */
    findByIdForPlatform: (id: string): TokenRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    touchForPlatform: (id: string, at: string, address: string): void => {
      touch.run(at, address, id)
    },
    rotateForPlatform: (rotation: Rotation): void => {
      rotate.run(rotation)
    },
    /** Those that end between the two times, each once. */
    takeEndingForPlatform: (from: string, to: string): TokenRecord[] =>
      ending.all({ from, to }).map(toRecord),
    /** Those that were revoked before that time are no longer known. */
    forgetRevokedForPlatform: (before: string): void => {
      forget.run(before)
    },
    countForPlatform: (teamId: string): number => countOfTeam.get(teamId) ?? 0,
    /** Newest first, without those that were revoked. */
    list: (actor: Actor): TokenRecord[] => ofTeam.all(actor.teamId).map(toRecord),
    find: (actor: Actor, id: string): TokenRecord | undefined => {
      const row = byId.get(id)
      const isTheirs = row?.team_id === actor.teamId && row.revoked_at === null
      return row && isTheirs ? toRecord(row) : undefined
    },
    /** Its name; undefined where the team has no such token. */
    revoke: (actor: Actor, id: string, at: string): string | undefined =>
      revoke.get(at, id, actor.teamId),
  }
}
export type TokenStore = ReturnType<typeof createTokenStore>

const listOf = (text: string | null): string[] | null =>
  text === null ? null : fromJson(Texts, text)
const textOf = (list: readonly string[] | null): string | null => list && JSON.stringify(list)

const toRecord = (row: TokenRow): TokenRecord => ({
  id: row.id,
  teamId: row.team_id,
  userId: row.user_id,
  name: row.name,
  kind: TokenKind.parse(row.kind),
  tokenHash: row.token_hash,
  hint: row.hint,
  permissions: fromJson(Permissions, row.permissions_json),
  appIds: listOf(row.app_ids_json),
  networks: listOf(row.networks_json),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  lastUsedAddress: row.last_used_address,
  revokedAt: row.revoked_at,
  previousHash: row.previous_hash,
  previousUntil: row.previous_until,
  rotatedAt: row.rotated_at,
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
  app_ids_json: textOf(token.appIds),
  networks_json: textOf(token.networks),
  created_at: token.createdAt,
  expires_at: token.expiresAt,
  last_used_at: token.lastUsedAt,
  last_used_address: token.lastUsedAddress,
  revoked_at: token.revokedAt,
  previous_hash: token.previousHash,
  previous_until: token.previousUntil,
  rotated_at: token.rotatedAt,
})
