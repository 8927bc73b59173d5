import type { Actor } from '@vastrox/shared/actor.ts'
import { AppPort, type PortProtocol } from '@vastrox/shared/app-port.ts'
import type { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

const PortSettings = AppPort.pick({
  process: true,
  to: true,
  sources: true,
  newPerSecond: true,
  connections: true,
  oldFlows: true,
})
export type PortSettings = z.infer<typeof PortSettings>

/** A port of the server, or a range of them, that an app has. */
export interface PortRecord {
  id: string
  teamId: string
  appId: string
  protocol: PortProtocol
  first: number
  last: number
  settings: PortSettings
  createdAt: string
}

interface PortRow {
  id: string
  team_id: string
  app_id: string
  protocol: string
  first: number
  last: number
  settings_json: string
  created_at: string
}

type Place = Pick<PortRecord, 'protocol' | 'first' | 'last'>

export function createPortStore(db: Database) {
  const upsert = db.prepare<PortRow>(
    `INSERT INTO app_ports (id, team_id, app_id, protocol, first, last, settings_json, created_at)
     VALUES (@id, @team_id, @app_id, @protocol, @first, @last, @settings_json, @created_at)
     ON CONFLICT (id) DO UPDATE SET settings_json = @settings_json`,
  )
  const ofApp = db.prepare<[appId: string], PortRow>(
    'SELECT * FROM app_ports WHERE app_id = ? ORDER BY first, protocol',
  )
  const ofLiving = db.prepare<[], PortRow>(
    `SELECT p.* FROM app_ports p JOIN apps a ON a.id = p.app_id
     WHERE a.destroyed_at IS NULL ORDER BY p.first, p.protocol`,
  )
  const overlapping = db.prepare<
    [protocol: string, last: number, first: number],
    PortRow & { is_gone: number }
  >(
    `SELECT p.*, a.destroyed_at IS NOT NULL AS is_gone FROM app_ports p JOIN apps a ON a.id = p.app_id
     WHERE p.protocol = ? AND p.first <= ? AND p.last >= ? ORDER BY p.first`,
  )
  const countOfTeam = db.prepare<[teamId: string], { count: number }>(
    `SELECT coalesce(sum(p.last - p.first + 1), 0) AS count FROM app_ports p JOIN apps a ON a.id = p.app_id
     WHERE p.team_id = ? AND a.destroyed_at IS NULL`,
  )
  const remove = db.prepare<[id: string]>('DELETE FROM app_ports WHERE id = ?')

  return {
    listForApp: (actor: Actor, appId: string): PortRecord[] =>
      ofApp
        .all(appId)
        .filter((row) => isVisible(actor, row))
        .map(toPort),
    saveForPlatform: (port: PortRecord): void => {
      upsert.run(toRow(port))
    },
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
    listForAppForPlatform: (appId: string): PortRecord[] => ofApp.all(appId).map(toPort),
    /** Of the apps that are there; a destroyed one gets back what nobody has taken meanwhile. */
    listForPlatform: (): PortRecord[] => ofLiving.all().map(toPort),
    /** Whose ports these touch, those of apps in the trash marked. */
    listOverlappingForPlatform: ({ protocol, first, last }: Place) =>
      overlapping
        .all(protocol, last, first)
        .map((row) => ({ ...toPort(row), isInTrash: row.is_gone === 1 })),
    countForTeamForPlatform: (teamId: string): number => countOfTeam.get(teamId)?.count ?? 0,
  }
}
export type PortStore = ReturnType<typeof createPortStore>

const toPort = (row: PortRow): PortRecord => ({
  id: row.id,
  teamId: row.team_id,
  appId: row.app_id,
  protocol: row.protocol === 'udp' ? 'udp' : 'tcp',
  first: row.first,
  last: row.last,
  settings: fromJson(PortSettings, row.settings_json),
  createdAt: row.created_at,
})

const toRow = (port: PortRecord): PortRow => ({
  id: port.id,
  team_id: port.teamId,
  app_id: port.appId,
  protocol: port.protocol,
  first: port.first,
  last: port.last,
  settings_json: JSON.stringify(port.settings),
  created_at: port.createdAt,
})
