import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createExternalLook } from '#core/sources/external-look.ts'
import { createExternalService } from '#core/sources/external-service.ts'
import { createExternalStatus } from '#core/sources/external-status.ts'
import { createAccountAccess } from '#core/sources/git-account-access.ts'
import { createGitAccountService } from '#core/sources/git-account-service.ts'
import { createRemoteService } from '#core/sources/remote-service.ts'
import type { SourceNetworkService } from '#core/sources/source-networks.ts'
import { createWebhookService } from '#core/sources/webhook-service.ts'
import { createHousekeeping } from '#jobs/housekeeping.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { ExternalGit } from '#ports/external-git.ts'
import type { GitHost, GitHostSignIn, KnownHost } from '#ports/git-host.ts'
import type { NewId } from '#ports/ids.ts'
import type { RemoteFiles } from '#ports/remote-files.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { SshKeyMaker } from '#ports/ssh-key-maker.ts'
import { createAppStore } from '#store/app-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import { createExternalSourceStore } from '#store/external-source-store.ts'
import { createGitAccountStore } from '#store/git-account-store.ts'
import { createPostedStatusStore } from '#store/posted-status-store.ts'
import { createRemoteSourceStore } from '#store/remote-source-store.ts'
import { createWebhookStore } from '#store/webhook-store.ts'

export interface SourceDeps {
  db: Database
  externalGit: ExternalGit
  remoteFiles: RemoteFiles
  sshKeys: SshKeyMaker
  hosts: Record<KnownHost, GitHost>
  signIn: GitHostSignIn
  /** Told of every change of a deployment. */
  onDeployment: (listener: (deployment: DeploymentRecord) => void) => void
  publicUrlOf: (appName: string) => string
  networks: SourceNetworkService
  sourceArchive: SourceArchive
  deployments: DeploymentService
  secretBox: SecretBox
  redactorFor: (appId: string) => Redactor
  events: EventStream
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  dashboardUrl: () => string
  /** From 0 to 1. */
  random: () => number
  onProblem: (what: string, error: unknown) => void
}

const MINUTE_MS = 60_000

/** Wires the sources that lie elsewhere: repositories of Git hosts and what tells of them. */
export function composeSources(given: SourceDeps) {
  const { db, clock, networks } = given
  const apps = createAppStore(db)
  const deps = {
    ...given,
    apps,
    finder: createAppFinder(apps),
    sources: createExternalSourceStore(db),
    webhooks: createWebhookStore(db),
    keys: given.sshKeys,
    transact: transactionOf(db),
  }
  const look = createExternalLook(deps)
  const external = createExternalService({ ...deps, look })
  const accounts = createGitAccountStore(db)
  const access = createAccountAccess({ ...deps, accounts })
  const status = createExternalStatus({ ...deps, access, posted: createPostedStatusStore(db) })
  given.onDeployment((deployment) => status.tell(deployment))
  const webhooks = createWebhookService({ ...deps, look })
  const remote = createRemoteService({ ...deps, remotes: createRemoteSourceStore(db) })
  /** A host that takes its time keeps nobody else from being asked; `stop` waits for those under way. */
  const begun = (what: string, work: Promise<void>): Promise<void> => {
    work.catch((error: unknown) => given.onProblem(`${what} failed`, error))
    return Promise.resolve()
  }
  const polls = createHousekeeping({
    tasks: [
      {
        name: 'asking repositories for what is new',
        run: () => begun('asking repositories for what is new', look.pollDue()),
      },
      {
        name: 'pulling folders of other servers',
        run: () => begun('pulling folders of other servers', remote.pullDue()),
      },
      { name: 'forgetting old webhooks', run: async () => webhooks.forgetOld() },
    ],
    everyMs: MINUTE_MS,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    onProblem: given.onProblem,
  })

  return {
    external,
    webhooks,
    remote,
    networks,
    accounts: createGitAccountService({ ...deps, accounts, access, external, look }),

    /** What was fetched for an app goes with it. */
    async forget(appId: string): Promise<void> {
      await given.externalGit.forget(appId)
      await remote.forget(appId)
    },

    start(): void {
      webhooks.resume()
      polls.start()
    },

    /** Lets go: what waits stays in the rows. */
    async stop(): Promise<void> {
      status.stop()
      await Promise.all([polls.stop(), look.stop(), remote.stop()])
    },
  }
}
export type SourceParts = ReturnType<typeof composeSources>
