import { NewcomerRole } from '@vastrox/shared/sign-in.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface IdentityProviderRecord {
  id: string
  /** Whose team newcomers join. */
  teamId: string
  name: string
  preset: string
  title: string
  issuer: string
  clientId: string
  secretSealed: Buffer
  domains: string[]
  role: NewcomerRole
  createdAt: string
}

export interface IdentityRecord {
  id: string
  userId: string
  issuer: string
  subject: string
  label: string
  createdAt: string
  lastUsedAt: string | null
}

interface ProviderRow {
  id: string
  team_id: string
  name: string
  preset: string
  title: string
  issuer: string
  client_id: string
  secret_sealed: Buffer
  domains_json: string
  role: string
  created_at: string
}

interface IdentityRow {
  id: string
  user_id: string
  issuer: string
  subject: string
  label: string
  created_at: string
  last_used_at: string | null
}

const Domains = z.array(z.string())

/** Providers, and who somebody is at them. */
export function createIdentityStore(db: Database) {
  const saveProvider = db.prepare<ProviderRow>(
    `INSERT INTO identity_providers (id, team_id, name, preset, title, issuer, client_id, secret_sealed, domains_json, role, created_at)
     VALUES (@id, @team_id, @name, @preset, @title, @issuer, @client_id, @secret_sealed, @domains_json, @role, @created_at)
     ON CONFLICT (id) DO UPDATE SET preset = excluded.preset, title = excluded.title,
       issuer = excluded.issuer, client_id = excluded.client_id,
       secret_sealed = excluded.secret_sealed, domains_json = excluded.domains_json,
       role = excluded.role`,
  )
  const allProviders = db.prepare<[], ProviderRow>('SELECT * FROM identity_providers ORDER BY name')
  const providerByName = db.prepare<[name: string], ProviderRow>(
    'SELECT * FROM identity_providers WHERE name = ?',
  )
  const removeProvider = db.prepare<[name: string]>('DELETE FROM identity_providers WHERE name = ?')
  const insert = db.prepare<IdentityRow>(
    `INSERT INTO identities (id, user_id, issuer, subject, label, created_at, last_used_at)
     VALUES (@id, @user_id, @issuer, @subject, @label, @created_at, @last_used_at)`,
  )
  const find = db.prepare<[issuer: string, subject: string], IdentityRow>(
    'SELECT * FROM identities WHERE issuer = ? AND subject = ?',
  )
  const ofUser = db.prepare<[user: string], IdentityRow>(
    'SELECT * FROM identities WHERE user_id = ? ORDER BY created_at, id',
  )
  const use = db.prepare<[at: string, label: string, id: string]>(
    'UPDATE identities SET last_used_at = ?, label = ? WHERE id = ?',
  )
  const remove = db.prepare<[id: string, user: string]>(
    'DELETE FROM identities WHERE id = ? AND user_id = ?',
  )
  const removeAll = db.prepare<[user: string]>('DELETE FROM identities WHERE user_id = ?')

  return {
    /** In place of the one with its id. */
    saveProviderForPlatform: (provider: IdentityProviderRecord): void => {
      saveProvider.run(toProviderRow(provider))
    },
    listProvidersForPlatform: (): IdentityProviderRecord[] => allProviders.all().map(toProvider),
    findProviderForPlatform: (name: string): IdentityProviderRecord | undefined => {
      const row = providerByName.get(name)
      return row && toProvider(row)
    },
    /** False where there is none of that name. */
    removeProviderForPlatform: (name: string): boolean => removeProvider.run(name).changes > 0,

    insertForPlatform: (identity: IdentityRecord): void => {
      insert.run(toRow(identity))
    },
    findForPlatform: (issuer: string, subject: string): IdentityRecord | undefined => {
      const row = find.get(issuer, subject)
      return row && toRecord(row)
    },
    listForPlatform: (userId: string): IdentityRecord[] => ofUser.all(userId).map(toRecord),
    useForPlatform: (id: string, label: string, at: string): void => {
      use.run(at, label, id)
    },
    /** False where the user has no such identity. */
    removeForPlatform: (userId: string, id: string): boolean => remove.run(id, userId).changes > 0,
    removeOfUserForPlatform: (userId: string): void => {
      removeAll.run(userId)
    },
  }
}
export type IdentityStore = ReturnType<typeof createIdentityStore>

const toProvider = (row: ProviderRow): IdentityProviderRecord => ({
  id: row.id,
  teamId: row.team_id,
  name: row.name,
  preset: row.preset,
  title: row.title,
  issuer: row.issuer,
  clientId: row.client_id,
  secretSealed: row.secret_sealed,
  domains: fromJson(Domains, row.domains_json),
  role: NewcomerRole.parse(row.role),
  createdAt: row.created_at,
})

const toProviderRow = (provider: IdentityProviderRecord): ProviderRow => ({
  id: provider.id,
  team_id: provider.teamId,
  name: provider.name,
  preset: provider.preset,
  title: provider.title,
  issuer: provider.issuer,
  client_id: provider.clientId,
  secret_sealed: provider.secretSealed,
  domains_json: JSON.stringify(provider.domains),
  role: provider.role,
  created_at: provider.createdAt,
})

const toRecord = (row: IdentityRow): IdentityRecord => ({
  id: row.id,
  userId: row.user_id,
  issuer: row.issuer,
  subject: row.subject,
  label: row.label,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})

const toRow = (identity: IdentityRecord): IdentityRow => ({
  id: identity.id,
  user_id: identity.userId,
  issuer: identity.issuer,
  subject: identity.subject,
  label: identity.label,
  created_at: identity.createdAt,
  last_used_at: identity.lastUsedAt,
})
