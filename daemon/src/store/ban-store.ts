import type { Database } from '#store/database.ts'

export interface BanRecord {
  id: string
  node: string
  teamId: string
  address: string
  reason: string
  actor: string
  createdAt: string
  until: string
  liftedAt: string | null
}

interface BanRow {
  id: string
  node: string
  team_id: string
  address: string
  reason: string
  actor: string
  created_at: string
  until: string
  lifted_at: string | null
}

/** Bans hold until their end or until somebody lifts them; a while longer they are remembered. */
export function createBanStore(db: Database) {
  const insert = db.prepare<BanRow>(
    `INSERT INTO firewall_bans (id, node, team_id, address, reason, actor, created_at, until, lifted_at)
     VALUES (@id, @node, @team_id, @address, @reason, @actor, @created_at, @until, @lifted_at)`,
  )
  const active = db.prepare<[node: string, now: string, limit: number], BanRow>(
    `SELECT * FROM firewall_bans WHERE node = ? AND lifted_at IS NULL AND until > ?
     ORDER BY created_at DESC LIMIT ?`,
  )
  const lifted = db
    .prepare<[node: string, now: string, limit: number], string>(
      `SELECT DISTINCT address FROM firewall_bans
       WHERE node = ? AND lifted_at IS NOT NULL AND until > ? LIMIT ?`,
    )
    .pluck()
  const find = db.prepare<[id: string], BanRow>('SELECT * FROM firewall_bans WHERE id = ?')
  const since = db
    .prepare<[address: string, from: string], number>(
      'SELECT count(*) FROM firewall_bans WHERE address = ? AND created_at > ? AND lifted_at IS NULL',
    )
    .pluck()
  const lift = db.prepare<{ address: string; at: string }>(
    `UPDATE firewall_bans SET lifted_at = @at
     WHERE address = @address AND lifted_at IS NULL AND until > @at`,
  )
  const forget = db.prepare<[before: string]>('DELETE FROM firewall_bans WHERE until < ?')

  return {
    insertForPlatform: (ban: BanRecord): void => {
      insert.run(toRow(ban))
    },
    /** Newest first. */
    listActiveForPlatform: (node: string, now: string, limit: number): BanRecord[] =>
      active.all(node, now, limit).map(toBan),
    /** Addresses of bans that would hold by now, had nobody lifted them. */
    listLiftedForPlatform: (node: string, now: string, limit: number): string[] =>
      lifted.all(node, now, limit),
    findForPlatform(id: string): BanRecord | undefined {
      const row = find.get(id)
      return row && toBan(row)
    },
    countSinceForPlatform: (address: string, from: string): number => since.get(address, from) ?? 0,
    /** Every ban of the address that holds. */
    liftForPlatform: (address: string, at: string): void => {
      lift.run({ address, at })
    },
    forgetForPlatform: (before: string): void => {
      forget.run(before)
    },
  }
}
export type BanStore = ReturnType<typeof createBanStore>

const toBan = (row: BanRow): BanRecord => ({
  id: row.id,
  node: row.node,
  teamId: row.team_id,
  address: row.address,
  reason: row.reason,
  actor: row.actor,
  createdAt: row.created_at,
  until: row.until,
  liftedAt: row.lifted_at,
})

const toRow = (ban: BanRecord): BanRow => ({
  id: ban.id,
  node: ban.node,
  team_id: ban.teamId,
  address: ban.address,
  reason: ban.reason,
  actor: ban.actor,
  created_at: ban.createdAt,
  until: ban.until,
  lifted_at: ban.liftedAt,
})
