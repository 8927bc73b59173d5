import { DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import type { Database } from '#store/database.ts'

interface LogRow {
  deployment_id: string
  seq: number
  at: string
  kind: string
  text: string
}

/** Lines of deployments. Who may read a log is decided on the deployment's own row. */
export function createDeploymentLogStore(db: Database) {
  const insert = db.prepare<LogRow>(
    'INSERT INTO deployment_log (deployment_id, seq, at, kind, text) VALUES (@deployment_id, @seq, @at, @kind, @text)',
  )
  const after = db.prepare<[deploymentId: string, afterSeq: number, limit: number], LogRow>(
    'SELECT * FROM deployment_log WHERE deployment_id = ? AND seq > ? ORDER BY seq LIMIT ?',
  )
  const last = db
    .prepare<[deploymentId: string], number | null>(
      'SELECT max(seq) FROM deployment_log WHERE deployment_id = ?',
    )
    .pluck()
  const prune = db.prepare<[kept: number]>(
    `DELETE FROM deployment_log WHERE deployment_id IN (
       SELECT deployments.id FROM deployments JOIN apps ON apps.id = deployments.app_id
       WHERE deployments.number < apps.next_deployment - ?)`,
  )
  const insertAll = db.transaction((deploymentId: string, lines: readonly DeploymentLogLine[]) => {
    for (const line of lines) insert.run({ ...line, deployment_id: deploymentId })
  })

  return {
    /** All lines in one transaction. */
    appendForPlatform: (deploymentId: string, lines: readonly DeploymentLogLine[]): void => {
      insertAll(deploymentId, lines)
    },
    listAfterForPlatform: (
      deploymentId: string,
      afterSeq: number,
      limit: number,
    ): DeploymentLogLine[] => after.all(deploymentId, afterSeq, limit).map(toLine),
    /** Forgets the logs of all but each app's last deployments; gives the number of lines. */
    pruneForPlatform: (keptDeployments: number): number => prune.run(keptDeployments).changes,
    lastSeqForPlatform: (deploymentId: string): number => last.get(deploymentId) ?? 0,
  }
}
export type DeploymentLogStore = ReturnType<typeof createDeploymentLogStore>

const toLine = ({ seq, at, kind, text }: LogRow): DeploymentLogLine =>
  DeploymentLogLine.parse({ seq, at, kind, text })
