import type { DeploymentState } from '@vastrox/shared/deployment.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { ReleaseStore } from '#store/release-store.ts'

interface Deps {
  logs: Pick<AppLogs, 'say'>
  releases: Pick<ReleaseStore, 'findForPlatform'>
}

const MAX_REMEMBERED = 1_000

/** Tells an app's log what becomes of its deployments. Give it every change of a deployment. */
export function createDeploymentLines({ logs, releases }: Deps) {
  const told = new Map<string, DeploymentState>()

  return (deployment: DeploymentRecord): void => {
    const { id, appId, state } = deployment
    if (told.get(id) === state) return
    told.set(id, state)
    const [oldest] = told.keys()
    if (told.size > MAX_REMEMBERED && oldest !== undefined) told.delete(oldest)

    const release =
      deployment.releaseId === null
        ? undefined
        : releases.findForPlatform(deployment.releaseId)?.number
    const text = lineFor(deployment, release)
    if (text !== undefined) logs.say(appId, text, release ?? null)
  }
}

/** Undefined for steps that nobody needs to find in the app's log. */
export function lineFor(
  { state, number, description, reason }: DeploymentRecord,
  release: number | undefined,
): string | undefined {
  const why = reason === null ? '' : `: ${reason}`
  if (state === 'watching' && release !== undefined)
    return `release v${release} is live (${description})`
  if (state === 'failed') return `deployment ${number} failed${why}`
  if (state === 'reverted') return `deployment ${number} was reverted${why}`
  if (state === 'cancelled') return `deployment ${number} was cancelled`
  return undefined
}
