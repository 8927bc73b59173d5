import type { Database } from '#store/database.ts'

export interface IssuerRecord {
  id: string
  teamId: string
  title: string
  directoryUrl: string
  caPem: string | null
  email: string | null
  bindingKeyId: string | null
  bindingSealed: Buffer | null
  profile: string | null
  preferredChain: string | null
  /** The issuer that it only tries things out for; null for one that issues for real. */
  stagesFor: string | null
  position: number
  isEnabled: boolean
  accountKeySealed: Buffer | null
  accountUrl: string | null
  /** Until then it is asked for nothing: it said so, or does not answer. */
  restUntil: string | null
  createdAt: string
}

interface IssuerRow {
  id: string
  team_id: string
  title: string
  directory_url: string
  ca_pem: string | null
  email: string | null
  binding_key_id: string | null
  binding_sealed: Buffer | null
  profile: string | null
  preferred_chain: string | null
  stages_for: string | null
  position: number
  is_enabled: number
  account_key_sealed: Buffer | null
  account_url: string | null
  rest_until: string | null
  created_at: string
}

/** CAs in the order in which they are asked, with our account at each. */
export function createIssuerStore(db: Database) {
  const selectAll = db.prepare<[], IssuerRow>('SELECT * FROM issuers ORDER BY position, id')
  const select = db.prepare<[id: string], IssuerRow>('SELECT * FROM issuers WHERE id = ?')
  const upsert = db.prepare<IssuerRow>(
    `INSERT INTO issuers (id, team_id, title, directory_url, ca_pem, email, binding_key_id, binding_sealed,
       profile, preferred_chain, stages_for, position, is_enabled, account_key_sealed, account_url,
       rest_until, created_at)
     VALUES (@id, @team_id, @title, @directory_url, @ca_pem, @email, @binding_key_id, @binding_sealed,
       @profile, @preferred_chain, @stages_for, @position, @is_enabled, @account_key_sealed, @account_url,
       @rest_until, @created_at)
     ON CONFLICT (id) DO UPDATE SET title = @title, directory_url = @directory_url, ca_pem = @ca_pem,
       email = @email, binding_key_id = @binding_key_id, binding_sealed = @binding_sealed,
       profile = @profile, preferred_chain = @preferred_chain, stages_for = @stages_for,
       position = @position, is_enabled = @is_enabled, account_key_sealed = @account_key_sealed,
       account_url = @account_url, rest_until = @rest_until`,
  )
  const remove = db.prepare<[id: string]>('DELETE FROM issuers WHERE id = ?')

  return {
    listForPlatform: (): IssuerRecord[] => selectAll.all().map(toRecord),
    findForPlatform(id: string): IssuerRecord | undefined {
      const row = select.get(id)
      return row && toRecord(row)
    },
    saveForPlatform: (issuer: IssuerRecord): void => {
      upsert.run(toRow(issuer))
    },
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
  }
}
export type IssuerStore = ReturnType<typeof createIssuerStore>

const toRecord = (row: IssuerRow): IssuerRecord => ({
  id: row.id,
  teamId: row.team_id,
  title: row.title,
  directoryUrl: row.directory_url,
  caPem: row.ca_pem,
  email: row.email,
  bindingKeyId: row.binding_key_id,
  bindingSealed: row.binding_sealed,
  profile: row.profile,
  preferredChain: row.preferred_chain,
  stagesFor: row.stages_for,
  position: row.position,
  isEnabled: row.is_enabled === 1,
  accountKeySealed: row.account_key_sealed,
  accountUrl: row.account_url,
  restUntil: row.rest_until,
  createdAt: row.created_at,
})

const toRow = (record: IssuerRecord): IssuerRow => ({
  id: record.id,
  team_id: record.teamId,
  title: record.title,
  directory_url: record.directoryUrl,
  ca_pem: record.caPem,
  email: record.email,
  binding_key_id: record.bindingKeyId,
  binding_sealed: record.bindingSealed,
  profile: record.profile,
  preferred_chain: record.preferredChain,
  stages_for: record.stagesFor,
  position: record.position,
  is_enabled: record.isEnabled ? 1 : 0,
  account_key_sealed: record.accountKeySealed,
  account_url: record.accountUrl,
  rest_until: record.restUntil,
  created_at: record.createdAt,
})
