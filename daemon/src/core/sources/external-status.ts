import type { DeploymentState } from '@vastrox/shared/deployment.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { parseGitUrl, repositoryOf } from '@vastrox/shared/git-url.ts'
import { redact, type Redactor } from '@vastrox/shared/node/redactor.ts'
import type { Clock } from '#ports/clock.ts'
import type { CommitStatus, GitHost, HostAccess, KnownHost } from '#ports/git-host.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AppStore } from '#store/app-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { ExternalSourceRecord, ExternalSourceStore } from '#store/external-source-store.ts'
import type { PostedStatusStore } from '#store/posted-status-store.ts'
import { secretContext } from './external-record.ts'
import type { AccountAccess } from './git-account-access.ts'

interface Deps {
  /** Hides what the host is asked with, should it say it. */
  redactorFor: (appId: string) => Redactor
  apps: Pick<AppStore, 'findByIdForPlatform'>
  sources: Pick<ExternalSourceStore, 'findForPlatform' | 'saveForPlatform'>
  posted: PostedStatusStore
  hosts: Record<KnownHost, GitHost>
  access: AccountAccess
  secretBox: SecretBox
  clock: Clock
  dashboardUrl: () => string
  publicUrlOf: (appName: string) => string
  onProblem: (what: string, error: unknown) => void
}

/** Between tries; a host that is down for longer is told nothing. */
const RETRY_MS = [2_000, 20_000]

/** What a host is told of each state; of those that are left out, nothing. */
const TOLD: Partial<Record<DeploymentState, Pick<CommitStatus, 'state' | 'description'>>> = {
  queued: { state: 'pending', description: 'Waiting to be built' },
  building: { state: 'pending', description: 'Building' },
  watching: { state: 'success', description: 'Deployed' },
  live: { state: 'success', description: 'Deployed' },
  failed: { state: 'failure', description: 'The deployment failed' },
  reverted: { state: 'failure', description: 'Taken back: it did worse than the release before' },
  cancelled: { state: 'error', description: 'Cancelled' },
  superseded: { state: 'error', description: 'A newer push took its place' },
}

/**
 * Tells the Git host how deployments of its commits went, where a token allows it. It never holds up
 * or fails a deployment: what the host does not take is noted with the source.
 */
export function createExternalStatus(deps: Deps) {
  const { sources, posted, clock } = deps
  const chains = new Map<string, Promise<void>>()
  const stopping = new AbortController()

  async function accessOf(
    source: ExternalSourceRecord,
    repository: string,
  ): Promise<HostAccess | undefined> {
    const account = source.accountId === null ? undefined : deps.access.ofId(source.accountId)
    if (account) return deps.access.of(account, repository)
    if (source.access !== 'token' || source.sealedSecret === null) return undefined
    const parsed = parseGitUrl(source.url)
    if ('reason' in parsed) return undefined
    const { host, port } = parsed.url
    return {
      baseUrl: `https://${host}${port === null ? '' : `:${port}`}`,
      token: deps.secretBox.open(source.sealedSecret, secretContext(source.appId)),
    }
  }

  async function post(deployment: DeploymentRecord): Promise<void> {
    const { id, appId, commit, state, number, reason } = deployment
    const told = TOLD[state]
    const source = sources.findForPlatform(appId)
    const app = deps.apps.findByIdForPlatform(appId)
    if (!told || !source?.postStatus || source.hostKind === 'generic' || !app || !commit) return
    const before = posted.findForPlatform(id)
    // A release that served and has made room for the next one was a success.
    if (before?.posted === told.state || (before?.posted === 'success' && state === 'superseded'))
      return
    const parsed = parseGitUrl(source.url)
    if ('reason' in parsed) return
    const repository = repositoryOf(parsed.url)
    const access = await accessOf(source, repository)
    if (!access) return
    const host = deps.hosts[source.hostKind]
    const status: CommitStatus = {
      ...told,
      sha: commit.sha,
      ref: commit.branch,
      description: told.state === 'failure' && reason !== null ? reason : told.description,
      url: `${deps.dashboardUrl()}/apps/${app.name}/deployments/${number}`,
      context: `vastrox/${app.name}`,
      environment: app.name,
      environmentUrl: deps.publicUrlOf(app.name),
    }
    await host.postStatus(access, repository, status)
    const known = before?.hostDeployment ?? null
    const hostDeployment = await host.postDeployment(access, repository, status, known)
    posted.saveForPlatform({
      deploymentId: id,
      appId,
      sha: commit.sha,
      posted: told.state,
      hostDeployment,
    })
    note(source, null)
  }

  async function tryPost(deployment: DeploymentRecord): Promise<void> {
    for (const pause of [...RETRY_MS, undefined])
      try {
        if (stopping.signal.aborted) return
        await post(deployment)
        return
      } catch (error) {
        const isRefused = error instanceof CodedError && error.code !== 'HOST_UNREACHABLE'
        if (pause !== undefined && !isRefused) {
          await clock.sleep(pause, stopping.signal)
          continue
        }
        if (!(error instanceof CodedError)) problem(error)
        const source = sources.findForPlatform(deployment.appId)
        if (source) note(source, redact(deps.redactorFor(source.appId), sayError(error)))
        return
      }
  }

  const problem = (error: unknown): void =>
    deps.onProblem('a Git host could not be told of a deployment', error)

  function note({ appId }: ExternalSourceRecord, statusProblem: string | null): void {
    const now = sources.findForPlatform(appId)
    if (now && now.statusProblem !== statusProblem)
      sources.saveForPlatform({ ...now, statusProblem })
  }

  return {
    /** To be told of every change of a deployment; one after the other for each. Returns at once. */
    tell(deployment: DeploymentRecord): void {
      const isOurs =
        deployment.trigger === 'push' && deployment.ref === null && deployment.commit !== null
      if (!isOurs || !TOLD[deployment.state]) return
      const { id } = deployment
      const chain = (chains.get(id) ?? Promise.resolve())
        .then(() => tryPost(deployment))
        .catch((error: unknown) => {
          if (!stopping.signal.aborted) problem(error)
        })
        .finally(() => {
          if (chains.get(id) === chain) chains.delete(id)
        })
      chains.set(id, chain)
    },

    /** What has not been told by now is told to nobody. */
    stop: (): void => stopping.abort(),
  }
}
export type ExternalStatus = ReturnType<typeof createExternalStatus>
