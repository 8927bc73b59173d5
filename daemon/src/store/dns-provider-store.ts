import type { Database } from '#store/database.ts'

export interface DnsProviderRecord {
  id: string
  teamId: string
  type: string
  /** Lower-case, without a dot at its end. */
  zone: string
  settingsSealed: Buffer
  createdAt: string
}

interface DnsProviderRow {
  id: string
  team_id: string
  type: string
  zone: string
  settings_sealed: Buffer
  created_at: string
}

/** Who makes records in which zone. */
export function createDnsProviderStore(db: Database) {
  const selectAll = db.prepare<[], DnsProviderRow>('SELECT * FROM dns_providers ORDER BY zone')
  const select = db.prepare<[zone: string], DnsProviderRow>(
    'SELECT * FROM dns_providers WHERE zone = ?',
  )
  const insert = db.prepare<DnsProviderRow>(
    `INSERT INTO dns_providers (id, team_id, type, zone, settings_sealed, created_at)
     VALUES (@id, @team_id, @type, @zone, @settings_sealed, @created_at)`,
  )
  const remove = db.prepare<[zone: string]>('DELETE FROM dns_providers WHERE zone = ?')

  return {
    listForPlatform: (): DnsProviderRecord[] => selectAll.all().map(toRecord),
    findForPlatform(zone: string): DnsProviderRecord | undefined {
      const row = select.get(zone)
      return row && toRecord(row)
    },
    insertForPlatform: (record: DnsProviderRecord): void => {
      insert.run({
        id: record.id,
        team_id: record.teamId,
        type: record.type,
        zone: record.zone,
        settings_sealed: record.settingsSealed,
        created_at: record.createdAt,
      })
    },
    removeForPlatform: (zone: string): void => {
      remove.run(zone)
    },
  }
}
export type DnsProviderStore = ReturnType<typeof createDnsProviderStore>

const toRecord = (row: DnsProviderRow): DnsProviderRecord => ({
  id: row.id,
  teamId: row.team_id,
  type: row.type,
  zone: row.zone,
  settingsSealed: row.settings_sealed,
  createdAt: row.created_at,
})
