import type { Database } from '#store/database.ts'

/** What an app's output could give away besides its env: of its sources, its team's registries and accounts. */
export interface AppSecret {
  /** What it is sealed with. */
  context: string
  sealed: Buffer
}

const MAX = 200
const SECRETS = /* sql */ `
  SELECT 'external_sources|' || app_id || '|sealed_secret' AS context, sealed_secret AS sealed
    FROM external_sources WHERE app_id = @appId AND sealed_secret IS NOT NULL
  UNION ALL SELECT 'external_sources|' || app_id || '|sealed_webhook_secret', sealed_webhook_secret
    FROM external_sources WHERE app_id = @appId
  UNION ALL SELECT 'remote_sources|' || app_id || '|sealed_secret', sealed_secret
    FROM remote_sources WHERE app_id = @appId AND sealed_secret IS NOT NULL
  UNION ALL SELECT 'registry_credentials|' || id || '|password_sealed', password_sealed
    FROM registry_credentials WHERE team_id = (SELECT team_id FROM apps WHERE id = @appId)
  UNION ALL SELECT 'git_accounts|' || id || '|sealed_secret', sealed_secret
    FROM git_accounts WHERE sealed_secret IS NOT NULL
      AND team_id = (SELECT team_id FROM apps WHERE id = @appId)
  LIMIT ${MAX}`

export function createAppSecretStore(db: Database) {
  const list = db.prepare<{ appId: string }, AppSecret>(SECRETS)
  // The iv of a sealed value is another one each time that it is written.
  const mark = db
    .prepare<{ appId: string }, string | null>(
      `SELECT group_concat(hex(substr(sealed, 6, 12))) FROM (${SECRETS})`,
    )
    .pluck()

  return {
    listForPlatform: (appId: string): AppSecret[] => list.all({ appId }),
    /** Another text whenever one of them is another. */
    markForPlatform: (appId: string): string => mark.get({ appId }) ?? '',
  }
}
export type AppSecretStore = ReturnType<typeof createAppSecretStore>
