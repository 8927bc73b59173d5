import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'

/** A time during which one address outside may connect to an add-on. */
export interface AddonExceptionRecord {
  id: string
  addonId: string
  teamId: string
  from: string
  hostPort: number
  until: string
  createdAt: string
}

interface Row {
  id: string
  addon_id: string
  team_id: string
  source: string
  host_port: number
  until: string
  created_at: string
}

export function createAddonExceptionStore(db: Database) {
  const insert = db.prepare<Row>(
    `INSERT INTO addon_exceptions (id, addon_id, team_id, source, host_port, until, created_at)
     VALUES (@id, @addon_id, @team_id, @source, @host_port, @until, @created_at)`,
  )
  const remove = db.prepare<[id: string, teamId: string]>(
    'DELETE FROM addon_exceptions WHERE id = ? AND team_id = ?',
  )
  const removeBefore = db.prepare<[at: string]>('DELETE FROM addon_exceptions WHERE until <= ?')
  const ofAddon = db.prepare<[addonId: string, teamId: string], Row>(
    `SELECT * FROM addon_exceptions WHERE addon_id = ? AND team_id = ?
     ORDER BY created_at LIMIT 100`,
  )
  const all = db.prepare<[], Row>('SELECT * FROM addon_exceptions ORDER BY created_at LIMIT 500')

  return {
    insert: (actor: Actor, exception: Omit<AddonExceptionRecord, 'teamId'>): void => {
      const { id, addonId, from, hostPort, until, createdAt } = exception
      insert.run({
        id,
        addon_id: addonId,
        team_id: actor.teamId,
        source: from,
        host_port: hostPort,
        until,
        created_at: createdAt,
      })
    },
    remove: (actor: Actor, id: string): boolean => remove.run(id, actor.teamId).changes > 0,
    list: (actor: Actor, addonId: string): AddonExceptionRecord[] =>
      ofAddon.all(addonId, actor.teamId).map(toException),
    listForPlatform: (): AddonExceptionRecord[] => all.all().map(toException),
    /** Gives how many are over. */
    removeOverForPlatform: (now: string): number => removeBefore.run(now).changes,
  }
}
export type AddonExceptionStore = ReturnType<typeof createAddonExceptionStore>

const toException = (row: Row): AddonExceptionRecord => ({
  id: row.id,
  addonId: row.addon_id,
  teamId: row.team_id,
  from: row.source,
  hostPort: row.host_port,
  until: row.until,
  createdAt: row.created_at,
})
