import { FirstStepKey } from '@vastrox/shared/first-run.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface FirstRunRecord {
  isDismissed: boolean
  skipped: FirstStepKey[]
}

interface Row {
  team_id: string
  is_dismissed: number
  skipped: string
  changed_at: string
}

const Skipped = z.array(FirstStepKey)

/** What a team has put away of its list of first steps, and what the steps themselves are judged by. */
export function createFirstRunStore(db: Database) {
  const upsert = db.prepare<Row>(
    `INSERT INTO first_run (team_id, is_dismissed, skipped, changed_at)
     VALUES (@team_id, @is_dismissed, @skipped, @changed_at)
     ON CONFLICT (team_id) DO UPDATE SET is_dismissed = @is_dismissed, skipped = @skipped,
       changed_at = @changed_at`,
  )
  const find = db.prepare<[team: string], Row>('SELECT * FROM first_run WHERE team_id = ?')
  const proven = db.prepare<[team: string], { subject_name: string; proven_at: string }>(
    `SELECT subject_name, proven_at FROM backups WHERE team_id = ? AND proven_at IS NOT NULL
     AND subject_type <> 'platform' ORDER BY proven_at DESC LIMIT 1`,
  )
  const backups = db
    .prepare<[team: string], number>('SELECT count(*) FROM backups WHERE team_id = ?')
    .pluck()
  const destinations = db
    .prepare<[team: string], number>('SELECT count(*) FROM destinations WHERE team_id = ?')
    .pluck()
  const channels = db.prepare<
    [team: string],
    { name: string; delivered_at: string | null; failing_since: string | null }
  >(
    `SELECT name, delivered_at, failing_since FROM channels WHERE team_id = ? AND is_on = 1
     ORDER BY failing_since IS NOT NULL, delivered_at IS NULL, delivered_at DESC LIMIT 1`,
  )
  const hosts = db.prepare<[team: string], { host: string; app: string; state: string | null }>(
    `SELECT domains.host, apps.name AS app, json_extract(domains.check_json, '$.state') AS state
     FROM domains JOIN apps ON apps.id = domains.app_id
     WHERE domains.team_id = ? AND domains.served_since IS NOT NULL
       AND apps.destroyed_at IS NULL AND domains.redirect_to IS NULL
     ORDER BY state <> 'ready', domains.host LIMIT 20`,
  )

  return {
    findForPlatform(teamId: string): FirstRunRecord {
      const row = find.get(teamId)
      return row
        ? { isDismissed: row.is_dismissed === 1, skipped: fromJson(Skipped, row.skipped) }
        : { isDismissed: false, skipped: [] }
    },
    saveForPlatform(teamId: string, { isDismissed, skipped }: FirstRunRecord, at: string): void {
      upsert.run({
        team_id: teamId,
        is_dismissed: isDismissed ? 1 : 0,
        skipped: JSON.stringify(skipped),
        changed_at: at,
      })
    },
    /** The backup that was restored last, to see whether it can be. */
    lastProvenForPlatform: (teamId: string): { name: string; at: string } | undefined => {
      const row = proven.get(teamId)
      return row && { name: row.subject_name, at: row.proven_at }
    },
    countBackupsForPlatform: (teamId: string): number => backups.get(teamId) ?? 0,
    countDestinationsForPlatform: (teamId: string): number => destinations.get(teamId) ?? 0,
    /** The best of its channels: one that works, before one that fails or was never tried. */
    bestChannelForPlatform: (teamId: string) => {
      const row = channels.get(teamId)
      return (
        row && { name: row.name, deliveredAt: row.delivered_at, failingSince: row.failing_since }
      )
    },
    hostsForPlatform: (teamId: string): { host: string; app: string; state: string | null }[] =>
      hosts.all(teamId),
  }
}
export type FirstRunStore = ReturnType<typeof createFirstRunStore>
