import { AppEgress } from '@vastrox/shared/firewall.ts'
import { type Database, fromJson } from '#store/database.ts'

interface EgressRow {
  app_id: string
  team_id: string
  policy_json: string
  changed_at: string
}

/** Where apps may connect to, as far as it was said of them. */
export function createEgressStore(db: Database) {
  const upsert = db.prepare<EgressRow>(
    `INSERT INTO egress_policies (app_id, team_id, policy_json, changed_at)
     VALUES (@app_id, @team_id, @policy_json, @changed_at)
     ON CONFLICT (app_id) DO UPDATE SET policy_json = @policy_json, changed_at = @changed_at`,
  )
  const find = db.prepare<[appId: string], EgressRow>(
    'SELECT * FROM egress_policies WHERE app_id = ?',
  )
  const ofLiving = db.prepare<[], EgressRow>(
    `SELECT e.* FROM egress_policies e JOIN apps a ON a.id = e.app_id
     WHERE a.destroyed_at IS NULL ORDER BY e.app_id`,
  )
  const forget = db.prepare('DELETE FROM egress_policies WHERE app_id NOT IN (SELECT id FROM apps)')

  return {
    saveForPlatform(appId: string, teamId: string, policy: AppEgress, at: string): void {
      const row = { app_id: appId, team_id: teamId, changed_at: at }
      upsert.run({ ...row, policy_json: JSON.stringify(policy) })
    },
    findForPlatform(appId: string): AppEgress | undefined {
      const row = find.get(appId)
      return row && fromJson(AppEgress, row.policy_json)
    },
    /** Of the apps that are there; a destroyed one gets its own back when it is restored. */
    listForPlatform: (): (AppEgress & { appId: string })[] =>
      ofLiving.all().map((row) => ({ appId: row.app_id, ...fromJson(AppEgress, row.policy_json) })),
    /** Those of apps that were purged. */
    forgetForPlatform: (): void => {
      forget.run()
    },
  }
}
export type EgressStore = ReturnType<typeof createEgressStore>
