import type { Actor } from '@vastrox/shared/actor.ts'
import { AppRole, Role } from '@vastrox/shared/permissions.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface InvitationRecord {
  id: string
  teamId: string
  tokenHash: string
  /** Whom it is for, in the words of who made it. */
  note: string
  role: Role
  grants: { appId: string; role: AppRole }[]
  /** The user who made it: it gives no more than they still have. */
  invitedBy: string
  createdAt: string
  expiresAt: string
}

interface InvitationRow {
  id: string
  team_id: string
  token_hash: string
  note: string
  role: string
  grants_json: string
  invited_by: string
  created_at: string
  expires_at: string
}

const Grants = z.array(z.object({ appId: z.string(), role: AppRole }))

/** One-time links into a team, known by the hash of what they hold. */
export function createInvitationStore(db: Database) {
  const insert = db.prepare<InvitationRow>(
    `INSERT INTO invitations (id, team_id, token_hash, note, role, grants_json, invited_by, created_at, expires_at)
     VALUES (@id, @team_id, @token_hash, @note, @role, @grants_json, @invited_by, @created_at, @expires_at)`,
  )
  const byHash = db.prepare<[hash: string, now: string], InvitationRow>(
    'SELECT * FROM invitations WHERE token_hash = ? AND expires_at > ?',
  )
  const use = db.prepare<[hash: string, now: string], InvitationRow>(
    'DELETE FROM invitations WHERE token_hash = ? AND expires_at > ? RETURNING *',
  )
  const ofTeam = db.prepare<[team: string, now: string], InvitationRow>(
    'SELECT * FROM invitations WHERE team_id = ? AND expires_at > ? ORDER BY id DESC',
  )
  const remove = db.prepare<[id: string, team: string]>(
    'DELETE FROM invitations WHERE id = ? AND team_id = ?',
  )
  const removeExpired = db.prepare<[now: string]>('DELETE FROM invitations WHERE expires_at <= ?')

  return {
    insertForPlatform: (invitation: InvitationRecord): void => {
      insert.run(toRow(invitation))
    },
    /** undefined when it is used, revoked, expired or unknown. */
    findForPlatform: (tokenHash: string, now: string): InvitationRecord | undefined => {
      const row = byHash.get(tokenHash, now)
      return row && toRecord(row)
    },
    /** Uses it up in the same statement that finds it. */
    useForPlatform: (tokenHash: string, now: string): InvitationRecord | undefined => {
      const row = use.get(tokenHash, now)
      return row && toRecord(row)
    },
    removeExpiredForPlatform: (now: string): void => {
      removeExpired.run(now)
    },
    /** Newest first. */
    list: (actor: Actor, now: string): InvitationRecord[] =>
      ofTeam.all(actor.teamId, now).map(toRecord),
    /** False where the team has no such invitation. */
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,
  }
}
export type InvitationStore = ReturnType<typeof createInvitationStore>

const toRecord = (row: InvitationRow): InvitationRecord => ({
  id: row.id,
  teamId: row.team_id,
  tokenHash: row.token_hash,
  note: row.note,
  role: Role.parse(row.role),
  grants: fromJson(Grants, row.grants_json),
  invitedBy: row.invited_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})

const toRow = (invitation: InvitationRecord): InvitationRow => ({
  id: invitation.id,
  team_id: invitation.teamId,
  token_hash: invitation.tokenHash,
  note: invitation.note,
  role: invitation.role,
  grants_json: JSON.stringify(invitation.grants),
  invited_by: invitation.invitedBy,
  created_at: invitation.createdAt,
  expires_at: invitation.expiresAt,
})
