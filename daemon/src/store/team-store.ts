import type { Actor } from '@vastrox/shared/actor.ts'
import type { Database } from '#store/database.ts'

export interface TeamRecord {
  id: string
  name: string
  createdAt: string
  /** They run the machine: the first team. */
  isOperators: boolean
}

interface TeamRow {
  id: string
  name: string
  created_at: string
  is_operators: number
}

/** What a team has besides its apps, in the order in which it can go. */
const OF_TEAM = [
  'backup_schedules',
  'backups',
  'destinations',
  'invitations',
  'app_grants',
  'tokens',
  'ssh_keys',
  'sessions',
  'memberships',
  'registry_credentials',
  'git_accounts',
  'identity_providers',
  'outgoing_webhooks',
  'uptime_checks',
  'channels',
  'log_drains',
  'alerts',
  'alert_rules',
  'silences',
  'drills',
  'restores',
  'first_run',
] as const

/** Teams of the platform: the first that is made is that of its operators. */
export function createTeamStore(db: Database) {
  const insert = db.prepare<[id: string, name: string, at: string]>(
    `INSERT INTO teams (id, name, created_at, is_operators)
     VALUES (?, ?, ?, NOT EXISTS (SELECT 1 FROM teams))`,
  )
  const byId = db.prepare<[id: string], TeamRow>('SELECT * FROM teams WHERE id = ?')
  const byName = db.prepare<[name: string], TeamRow>('SELECT * FROM teams WHERE name = ? LIMIT 1')
  const operators = db.prepare<[], TeamRow>('SELECT * FROM teams WHERE is_operators = 1')
  const count = db.prepare<[], number>('SELECT count(*) FROM teams').pluck()
  const rename = db.prepare<[name: string, id: string]>('UPDATE teams SET name = ? WHERE id = ?')
  const countApps = db
    .prepare<[team: string], number>('SELECT count(*) FROM apps WHERE team_id = ?')
    .pluck()
  const countGroups = db
    .prepare<[team: string], number>('SELECT count(*) FROM env_groups WHERE team_id = ?')
    .pluck()
  const countAddons = db
    .prepare<[team: string], number>('SELECT count(*) FROM addons WHERE team_id = ?')
    .pluck()
  const empty = OF_TEAM.map((table) =>
    db.prepare<[team: string]>(`DELETE FROM ${table} WHERE team_id = ?`),
  )
  const remove = db.prepare<[id: string]>('DELETE FROM teams WHERE id = ?')

  return {
    insertForPlatform: (id: string, name: string, at: string): void => {
      insert.run(id, name, at)
    },
    findByIdForPlatform: (id: string): TeamRecord | undefined => optional(byId.get(id)),
    findByNameForPlatform: (name: string): TeamRecord | undefined => optional(byName.get(name)),
    operatorsForPlatform: (): TeamRecord | undefined => optional(operators.get()),
    countForPlatform: (): number => count.get() ?? 0,
    /** The actor's own. */
    rename: (actor: Actor, name: string): void => {
      rename.run(name, actor.teamId)
    },
    /** Of the actor's team, those in the trash too. */
    countApps: (actor: Actor): number => countApps.get(actor.teamId) ?? 0,
    /** Of the actor's team: shared groups of env variables. */
    countEnvGroups: (actor: Actor): number => countGroups.get(actor.teamId) ?? 0,
    /** Of the actor's team: databases, those in the trash too. */
    countAddons: (actor: Actor): number => countAddons.get(actor.teamId) ?? 0,
    /** The actor's own, with whatever it has besides apps. */
    remove: (actor: Actor): void => {
      for (const each of empty) each.run(actor.teamId)
      remove.run(actor.teamId)
    },
  }
}
export type TeamStore = ReturnType<typeof createTeamStore>

const optional = (row: TeamRow | undefined): TeamRecord | undefined =>
  row && {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    isOperators: row.is_operators === 1,
  }
