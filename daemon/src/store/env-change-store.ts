import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

/** Whose variables were changed. */
export type EnvOwner = { appId: string; groupId?: never } | { groupId: string; appId?: never }

/** What a change did: names only. */
const What = z.object({
  set: z.array(z.string()),
  unset: z.array(z.string()),
  marked: z.array(z.string()),
  restored: z.number().nullable(),
})

export interface EnvChangeRecord extends z.infer<typeof What> {
  id: string
  teamId: string
  owner: EnvOwner
  number: number
  at: string
  actor: string
  /** JSON of the variables after it, sealed with the context `env_changes|<id>|state_sealed`. */
  stateSealed: Buffer
}

interface Row {
  id: string
  team_id: string
  app_id: string | null
  group_id: string | null
  number: number
  at: string
  actor: string
  what_json: string
  state_sealed: Buffer
}

export function createEnvChangeStore(db: Database) {
  const insert = db.prepare<Row>(
    `INSERT INTO env_changes (id, team_id, app_id, group_id, number, at, actor, what_json, state_sealed)
     VALUES (@id, @team_id, @app_id, @group_id, @number, @at, @actor, @what_json, @state_sealed)`,
  )
  const prepare = (column: 'app_id' | 'group_id') => ({
    list: db.prepare<[id: string], Row>(
      `SELECT * FROM env_changes WHERE ${column} = ? ORDER BY number DESC`,
    ),
    find: db.prepare<[id: string, number: number], Row>(
      `SELECT * FROM env_changes WHERE ${column} = ? AND number = ?`,
    ),
    last: db
      .prepare<[id: string], number | null>(
        `SELECT max(number) FROM env_changes WHERE ${column} = ?`,
      )
      .pluck(),
    prune: db.prepare<[id: string, number: number]>(
      `DELETE FROM env_changes WHERE ${column} = ? AND number <= ?`,
    ),
  })
  const statements = { app: prepare('app_id'), group: prepare('group_id') }
  const of = ({ appId, groupId }: EnvOwner) =>
    appId === undefined
      ? { ...statements.group, id: groupId ?? '' }
      : { ...statements.app, id: appId }

  return {
    /** The newest number; 0 where nothing was changed yet. */
    lastNumberForPlatform(owner: EnvOwner): number {
      const { last, id } = of(owner)
      return last.get(id) ?? 0
    },
    insertForPlatform: (record: EnvChangeRecord): void => {
      insert.run(toRow(record))
    },
    /** Keeps the newest so many. */
    pruneForPlatform(owner: EnvOwner, kept: number): void {
      const { last, prune, id } = of(owner)
      prune.run(id, (last.get(id) ?? 0) - kept)
    },
    /** Newest first. */
    listForPlatform(owner: EnvOwner): EnvChangeRecord[] {
      const { list, id } = of(owner)
      return list.all(id).map(toRecord)
    },
    findForPlatform(owner: EnvOwner, number: number): EnvChangeRecord | undefined {
      const { find, id } = of(owner)
      const row = find.get(id, number)
      return row && toRecord(row)
    },
  }
}
export type EnvChangeStore = ReturnType<typeof createEnvChangeStore>

const toRow = (record: EnvChangeRecord): Row => {
  const { set, unset, marked, restored } = record
  return {
    id: record.id,
    team_id: record.teamId,
    app_id: record.owner.appId ?? null,
    group_id: record.owner.groupId ?? null,
    number: record.number,
    at: record.at,
    actor: record.actor,
    what_json: JSON.stringify({ set, unset, marked, restored }),
    state_sealed: record.stateSealed,
  }
}

const toRecord = (row: Row): EnvChangeRecord => ({
  ...fromJson(What, row.what_json),
  id: row.id,
  teamId: row.team_id,
  owner: row.app_id === null ? { groupId: row.group_id ?? '' } : { appId: row.app_id },
  number: row.number,
  at: row.at,
  actor: row.actor,
  stateSealed: row.state_sealed,
})
