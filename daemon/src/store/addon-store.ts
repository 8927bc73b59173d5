import type { Actor } from '@vastrox/shared/actor.ts'
import { AddonState } from '@vastrox/shared/addon.ts'
import type { Database } from '#store/database.ts'

/** A database that the platform runs. */
export interface AddonRecord {
  id: string
  teamId: string
  node: string
  name: string
  kind: string
  version: string
  /** What the node calls the server behind it. */
  serverId: string
  isThrowAway: boolean
  state: AddonState
  reason: string | null
  /** False: somebody has stopped it. */
  wanted: boolean
  memoryBytes: number
  cpuMillis: number
  generation: number
  /** null: it keeps nothing. */
  volumeId: string | null
  /** A server has had the volume since; null: there is nothing of it yet. */
  volumeMadeAt: string | null
  rootSealed: Buffer
  /** Written before the server is told of it; null: there is no change under way. */
  nextRootSealed: Buffer | null
  createdAt: string
  destroyedAt: string | null
  purgingAt: string | null
}

interface AddonRow {
  id: string
  team_id: string
  node: string
  name: string
  kind: string
  version: string
  server_id: string
  throw_away: number
  state: string
  reason: string | null
  wanted: number
  memory_bytes: number
  cpu_millis: number
  generation: number
  volume_id: string | null
  volume_made_at: string | null
  root_sealed: Buffer
  next_root_sealed: Buffer | null
  created_at: string
  destroyed_at: string | null
  purging_at: string | null
}

const KEPT = 'throw_away = 0'

export function createAddonStore(db: Database) {
  const insert = db.prepare<AddonRow>(
    `INSERT INTO addons (id, team_id, node, name, kind, version, server_id, throw_away, state, reason,
       wanted, memory_bytes, cpu_millis, generation, volume_id, volume_made_at, root_sealed,
       next_root_sealed, created_at, destroyed_at, purging_at)
     VALUES (@id, @team_id, @node, @name, @kind, @version, @server_id, @throw_away, @state, @reason,
       @wanted, @memory_bytes, @cpu_millis, @generation, @volume_id, @volume_made_at, @root_sealed,
       @next_root_sealed, @created_at, @destroyed_at, @purging_at)`,
  )
  const update = db.prepare<AddonRow>(
    `UPDATE addons SET name = @name, kind = @kind, version = @version, server_id = @server_id,
       throw_away = @throw_away, state = @state, reason = @reason, wanted = @wanted,
       memory_bytes = @memory_bytes, cpu_millis = @cpu_millis, generation = @generation,
       volume_id = @volume_id, volume_made_at = @volume_made_at, root_sealed = @root_sealed,
       next_root_sealed = @next_root_sealed, destroyed_at = @destroyed_at, purging_at = @purging_at
     WHERE id = @id`,
  )
  const remove = db.prepare<[id: string]>('DELETE FROM addons WHERE id = ?')
  const byId = db.prepare<[id: string], AddonRow>('SELECT * FROM addons WHERE id = ?')
  const byServer = db.prepare<[id: string], AddonRow>('SELECT * FROM addons WHERE server_id = ?')
  const byVolume = db.prepare<[id: string], AddonRow>('SELECT * FROM addons WHERE volume_id = ?')
  const byName = db.prepare<[teamId: string, name: string], AddonRow>(
    `SELECT * FROM addons WHERE team_id = ? AND name = ? AND destroyed_at IS NULL AND ${KEPT}`,
  )
  const ofTeam = db.prepare<[teamId: string], AddonRow>(
    `SELECT * FROM addons WHERE team_id = ? AND destroyed_at IS NULL AND ${KEPT}
     ORDER BY name LIMIT 1000`,
  )
  const trash = db.prepare<[teamId: string], AddonRow>(
    `SELECT * FROM addons WHERE team_id = ? AND destroyed_at IS NOT NULL
     ORDER BY destroyed_at DESC LIMIT 1000`,
  )
  const all = db.prepare<[], AddonRow>('SELECT * FROM addons ORDER BY created_at LIMIT 5000')
  const isAny = db.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM addons)').pluck()

  return {
    /** By name, among those that are not in the trash. */
    findByName: (actor: Actor, name: string): AddonRecord | undefined =>
      optional(byName.get(actor.teamId, name)),
    list: (actor: Actor): AddonRecord[] => ofTeam.all(actor.teamId).map(toAddon),
    listDestroyed: (actor: Actor): AddonRecord[] => trash.all(actor.teamId).map(toAddon),

    insertForPlatform: (addon: AddonRecord): void => {
      insert.run(toRow(addon))
    },
    saveForPlatform: (addon: AddonRecord): void => {
      update.run(toRow(addon))
    },
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
    findForPlatform: (id: string): AddonRecord | undefined => optional(byId.get(id)),
    findByServerForPlatform: (id: string): AddonRecord | undefined => optional(byServer.get(id)),
    findByVolumeForPlatform: (id: string): AddonRecord | undefined => optional(byVolume.get(id)),
    findByNameForPlatform: (teamId: string, name: string): AddonRecord | undefined =>
      optional(byName.get(teamId, name)),
    /** Those in the trash and those to be thrown away too. */
    listForPlatform: (): AddonRecord[] => all.all().map(toAddon),
    /** Cheap: nothing of add-ons is loaded where there is none. */
    isAnyForPlatform: (): boolean => isAny.get() === 1,
  }
}
export type AddonStore = ReturnType<typeof createAddonStore>

const optional = (row: AddonRow | undefined): AddonRecord | undefined => row && toAddon(row)

const toAddon = (row: AddonRow): AddonRecord => ({
  id: row.id,
  teamId: row.team_id,
  node: row.node,
  name: row.name,
  kind: row.kind,
  version: row.version,
  serverId: row.server_id,
  isThrowAway: row.throw_away === 1,
  state: AddonState.parse(row.state),
  reason: row.reason,
  wanted: row.wanted === 1,
  memoryBytes: row.memory_bytes,
  cpuMillis: row.cpu_millis,
  generation: row.generation,
  volumeId: row.volume_id,
  volumeMadeAt: row.volume_made_at,
  rootSealed: row.root_sealed,
  nextRootSealed: row.next_root_sealed,
  createdAt: row.created_at,
  destroyedAt: row.destroyed_at,
  purgingAt: row.purging_at,
})

const toRow = (addon: AddonRecord): AddonRow => ({
  id: addon.id,
  team_id: addon.teamId,
  node: addon.node,
  name: addon.name,
  kind: addon.kind,
  version: addon.version,
  server_id: addon.serverId,
  throw_away: addon.isThrowAway ? 1 : 0,
  state: addon.state,
  reason: addon.reason,
  wanted: addon.wanted ? 1 : 0,
  memory_bytes: addon.memoryBytes,
  cpu_millis: addon.cpuMillis,
  generation: addon.generation,
  volume_id: addon.volumeId,
  volume_made_at: addon.volumeMadeAt,
  root_sealed: addon.rootSealed,
  next_root_sealed: addon.nextRootSealed,
  created_at: addon.createdAt,
  destroyed_at: addon.destroyedAt,
  purging_at: addon.purgingAt,
})
