import type { Severity } from '@vastrox/shared/alert.ts'
import type { DeploymentState } from '@vastrox/shared/deployment.ts'
import type { Notify } from '#core/channels/notify.ts'
import type { Clock } from '#ports/clock.ts'
import type { AppStore } from '#store/app-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'

interface Deps {
  apps: Pick<AppStore, 'findByIdForPlatform'>
  notify: Notify
  clock: Clock
  dashboardUrl: () => string
}

const OUTCOMES: Partial<Record<DeploymentState, { severity: Severity; words: string }>> = {
  live: { severity: 'info', words: 'is live' },
  failed: { severity: 'warning', words: 'failed; the release before it serves on' },
  reverted: { severity: 'warning', words: 'did worse than the release before, and was taken back' },
}

/** Tells the channels that want to hear of deployments what became of one. Called with each of its moves. */
export const createDeploymentNews =
  ({ apps, notify, clock, dashboardUrl }: Deps) =>
  (record: DeploymentRecord): void => {
    const outcome = OUTCOMES[record.state]
    const app = outcome && apps.findByIdForPlatform(record.appId)
    if (!outcome || !app) return
    const { number, trigger, actor, commit, reason, hint } = record
    notify(record.teamId, {
      key: `deployment:${record.id}`,
      kind: 'deployment',
      severity: outcome.severity,
      title: `${app.name}: deployment ${number} ${outcome.words}`,
      text: [reason, hint].filter((part) => part !== null && part !== undefined).join('\n'),
      fields: [
        { name: 'By', value: `${actor} (${trigger})` },
        ...(commit ? [{ name: 'Commit', value: sayCommit(commit) }] : []),
      ],
      url: `${dashboardUrl()}/apps/${app.name}/deployments/${number}`,
      app: app.name,
      at: clock.now().toISOString(),
    })
  }

const sayCommit = (commit: NonNullable<DeploymentRecord['commit']>): string =>
  `${commit.sha.slice(0, 7)} ${commit.subject}`
