import type { Database } from '#store/database.ts'

export interface PostedStatus {
  deploymentId: string
  appId: string
  sha: string
  /** The last state that the host took. */
  posted: string | null
  /** What the host calls the deployment. */
  hostDeployment: string | null
}

interface Row {
  deployment_id: string
  app_id: string
  sha: string
  posted: string | null
  host_deployment: string | null
}

/** What Git hosts were told of deployments. */
export function createPostedStatusStore(db: Database) {
  const byId = db.prepare<[id: string], Row>(
    'SELECT * FROM posted_statuses WHERE deployment_id = ?',
  )
  const upsert = db.prepare<Row>(
    `INSERT INTO posted_statuses (deployment_id, app_id, sha, posted, host_deployment)
     VALUES (@deployment_id, @app_id, @sha, @posted, @host_deployment)
     ON CONFLICT (deployment_id) DO UPDATE SET posted = @posted, host_deployment = @host_deployment`,
  )
  return {
    findForPlatform: (deploymentId: string): PostedStatus | undefined => {
      const row = byId.get(deploymentId)
      return (
        row && {
          deploymentId: row.deployment_id,
          appId: row.app_id,
          sha: row.sha,
          posted: row.posted,
          hostDeployment: row.host_deployment,
        }
      )
    },
    saveForPlatform: ({ deploymentId, appId, sha, posted, hostDeployment }: PostedStatus): void => {
      upsert.run({
        deployment_id: deploymentId,
        app_id: appId,
        sha,
        posted,
        host_deployment: hostDeployment,
      })
    },
  }
}
export type PostedStatusStore = ReturnType<typeof createPostedStatusStore>
