import type { Actor } from '@vastrox/shared/actor.ts'
import { z } from 'zod'
import type { Database } from '#store/database.ts'

export const SignInMethod = z.enum(['link', 'password', 'passkey', 'provider'])
export type SignInMethod = z.infer<typeof SignInMethod>

export interface SessionRecord {
  id: string
  userId: string
  teamId: string
  method: SignInMethod
  /** Counts the refresh tokens given out; only the newest is good. */
  refreshGeneration: number
  refreshHash: string
  refreshedAt: string
  userAgent: string
  address: string
  createdAt: string
  lastUsedAt: string
  expiresAt: string
  /** When the user last showed that it is them. */
  provenAt: string | null
}

interface SessionRow {
  id: string
  user_id: string
  team_id: string
  method: SignInMethod
  refresh_generation: number
  refresh_hash: string
  refreshed_at: string
  user_agent: string
  address: string
  created_at: string
  last_used_at: string
  expires_at: string
  proven_at: string | null
}

export function createSessionStore(db: Database) {
  const insert = db.prepare<SessionRow>(
    `INSERT INTO sessions (id, user_id, team_id, method, refresh_generation, refresh_hash, refreshed_at, user_agent, address, created_at, last_used_at, expires_at, proven_at)
     VALUES (@id, @user_id, @team_id, @method, @refresh_generation, @refresh_hash, @refreshed_at, @user_agent, @address, @created_at, @last_used_at, @expires_at, @proven_at)`,
  )
  const byId = db.prepare<[id: string], SessionRow>('SELECT * FROM sessions WHERE id = ?')
  const ofUser = db.prepare<[user: string], SessionRow>(
    'SELECT * FROM sessions WHERE user_id = ? ORDER BY last_used_at DESC',
  )
  const setTeam = db.prepare<[team: string, id: string]>(
    'UPDATE sessions SET team_id = ? WHERE id = ?',
  )
  const rotate = db.prepare<
    [generation: number, hash: string, at: string, at: string, address: string, id: string]
  >(
    `UPDATE sessions SET refresh_generation = ?, refresh_hash = ?, refreshed_at = ?, last_used_at = ?, address = ?
     WHERE id = ?`,
  )
  const touch = db.prepare<[at: string, address: string, id: string]>(
    'UPDATE sessions SET last_used_at = ?, address = ? WHERE id = ?',
  )
  const prove = db.prepare<[at: string, id: string]>(
    'UPDATE sessions SET proven_at = ? WHERE id = ?',
  )
  const remove = db.prepare<[id: string]>('DELETE FROM sessions WHERE id = ?')
  const removeOwn = db.prepare<[id: string, user: string]>(
    'DELETE FROM sessions WHERE id = ? AND user_id = ?',
  )
  const removeOfUser = db.prepare<[user: string]>('DELETE FROM sessions WHERE user_id = ?')
  const removeOthers = db.prepare<[user: string, kept: string]>(
    'DELETE FROM sessions WHERE user_id = ? AND id <> ?',
  )
  const removeDead = db.prepare<[now: string, idleSince: string]>(
    'DELETE FROM sessions WHERE expires_at <= ? OR last_used_at <= ?',
  )

  return {
    insertForPlatform: (session: SessionRecord): void => {
      insert.run(toRow(session))
    },
    findByIdForPlatform: (id: string): SessionRecord | undefined => {
      const row = byId.get(id)
      return row && toRecord(row)
    },
    rotateForPlatform: (
      id: string,
      next: { generation: number; hash: string; at: string; address: string },
    ): void => {
      rotate.run(next.generation, next.hash, next.at, next.at, next.address, id)
    },
    touchForPlatform: (id: string, at: string, address: string): void => {
      touch.run(at, address, id)
    },
    proveForPlatform: (id: string, at: string): void => {
      prove.run(at, id)
    },
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
    removeOfUserForPlatform: (userId: string): void => {
      removeOfUser.run(userId)
    },
    /** All of the user's but one. */
    removeOthersForPlatform: (userId: string, keptId: string): void => {
      removeOthers.run(userId, keptId)
    },
    removeDeadForPlatform: (now: string, idleSince: string): void => {
      removeDead.run(now, idleSince)
    },
    /** The team that it works in from now on. */
    setTeamForPlatform: (id: string, teamId: string): void => {
      setTeam.run(teamId, id)
    },
    listOfUserForPlatform: (userId: string): SessionRecord[] => ofUser.all(userId).map(toRecord),
    /** The actor's own, whichever team they work in: nobody reads or ends another's. */
    list: (actor: Actor): SessionRecord[] => ofUser.all(actor.id).map(toRecord),
    /** False where the actor has no such session. */
    remove: (actor: Actor, id: string): boolean => removeOwn.run(id, actor.id).changes > 0,
  }
}
export type SessionStore = ReturnType<typeof createSessionStore>

const toRecord = (row: SessionRow): SessionRecord => ({
  id: row.id,
  userId: row.user_id,
  teamId: row.team_id,
  method: row.method,
  refreshGeneration: row.refresh_generation,
  refreshHash: row.refresh_hash,
  refreshedAt: row.refreshed_at,
  userAgent: row.user_agent,
  address: row.address,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
  provenAt: row.proven_at,
})

const toRow = (session: SessionRecord): SessionRow => ({
  id: session.id,
  user_id: session.userId,
  team_id: session.teamId,
  method: session.method,
  refresh_generation: session.refreshGeneration,
  refresh_hash: session.refreshHash,
  refreshed_at: session.refreshedAt,
  user_agent: session.userAgent,
  address: session.address,
  created_at: session.createdAt,
  last_used_at: session.lastUsedAt,
  expires_at: session.expiresAt,
  proven_at: session.provenAt,
})
