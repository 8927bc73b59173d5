import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type {
  ConnectRemote,
  PullOutcome,
  PullSummary,
  RemoteSource,
} from '@vastrox/shared/remote-source.ts'
import { redact, type Redactor } from '@vastrox/shared/node/redactor.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { PulledFolder, RemoteFiles, RemoteFolder } from '#ports/remote-files.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { SshKeyMaker } from '#ports/ssh-key-maker.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { RemoteSourceRecord, RemoteSourceStore } from '#store/remote-source-store.ts'

interface Deps {
  /** Hides what the app's source is reached with, should the other side say it. */
  redactorFor: (appId: string) => Redactor
  finder: AppFinder
  apps: Pick<AppStore, 'findByIdForPlatform'>
  remotes: RemoteSourceStore
  remoteFiles: RemoteFiles
  sourceArchive: SourceArchive
  deployments: Pick<DeploymentService, 'requestUpload'>
  keys: SshKeyMaker
  secretBox: SecretBox
  audit: Pick<AuditLog, 'append'>
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  random: () => number
  onProblem: (what: string, error: unknown) => void
}

const PULL_AT_MOST_MS = 6 * 3_600_000
const JITTER = 0.1
/** More begin a minute later: a server that never comes to an end holds up nobody else. */
const PULLS_AT_A_TIME = 2
const MAX_DUE = 200
/** Of a whole pull; each answer has a limit of its own. */
const PULL_TIMEOUT_MS = 3_600_000

const secretContext = (appId: string): string => `remote_sources|${appId}|sealed_secret`

/** Apps that are made of a folder on a server of the user's: pulled by hand or by the clock, what differs is deployed. */
export function createRemoteService(deps: Deps) {
  const { finder, remotes, remoteFiles, secretBox, audit, clock, transact } = deps
  const stopping = new AbortController()
  const running = new Map<string, Promise<PullOutcome>>()

  function findToChange(actor: Actor, name: string): AppRecord {
    const app = finder.find(actor, name)
    mustBeAble(actor, 'app.change', app.id)
    return app
  }

  function findRemote(actor: Actor, app: AppRecord): RemoteSourceRecord {
    const remote = remotes.find(actor, app.id)
    if (!remote) throw new CodedError('REMOTE_SOURCE_NOT_FOUND', { app: app.name })
    return remote
  }

  function show(remote: RemoteSourceRecord): RemoteSource {
    const {
      appId: _app,
      teamId: _team,
      sealedSecret: _secret,
      digest: _digest,
      failures: _failures,
      hostKey,
      ...shown
    } = remote
    return {
      ...shown,
      hostKey: hostKey === null ? null : deps.keys.describe(remote.host, hostKey),
    }
  }

  function tell({ teamId, name }: AppRecord): void {
    deps.events.emit({ teamId, type: 'app.changed', app: name, subject: null })
  }

  function nextPull({ pullEveryMs }: RemoteSourceRecord, failures: number): string | null {
    if (pullEveryMs === null) return null
    const pause = Math.min(
      pullEveryMs * 2 ** Math.min(failures, 10),
      Math.max(PULL_AT_MOST_MS, pullEveryMs),
    )
    const jitter = 1 + JITTER * (2 * deps.random() - 1)
    return new Date(clock.now().getTime() + pause * jitter).toISOString()
  }

  function folderOf(remote: RemoteSourceRecord): RemoteFolder {
    const { appId, host, port, username, folder, hostKey, ignore, access, sealedSecret } = remote
    const secret = sealedSecret === null ? '' : secretBox.open(sealedSecret, secretContext(appId))
    const proof = access === 'key' ? { privateKey: secret } : { password: secret }
    return { appId, host, port, username, folder, hostKey, ignore, ...proof }
  }

  /** Somebody may have chosen another folder while this one was read. */
  function saveIfSame(
    { appId, host, port, folder }: RemoteSourceRecord,
    change: (now: RemoteSourceRecord) => Partial<RemoteSourceRecord>,
  ): boolean {
    const now = remotes.findForPlatform(appId)
    if (now?.host !== host || now.port !== port || now.folder !== folder) return false
    remotes.saveForPlatform({ ...now, ...change(now) })
    return true
  }

  /** One at a time for each app. Never rejects. */
  function pull(appId: string, full: boolean): Promise<PullOutcome> {
    const now = running.get(appId)
    if (now) return now
    const started = pullOnce(appId, full).finally(() => running.delete(appId))
    running.set(appId, started)
    return started
  }

  async function pullOnce(appId: string, full: boolean): Promise<PullOutcome> {
    const remote = remotes.findForPlatform(appId)
    const app = deps.apps.findByIdForPlatform(appId)
    if (!remote || !app || app.destroyedAt !== null)
      return nothing('The app has no such source.', null)
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(PULL_TIMEOUT_MS)])
    try {
      const pulled = await remoteFiles.pull(folderOf(remote), { full, signal })
      return await take(app, remote, pulled)
    } catch (error) {
      if (stopping.signal.aborted) return failed('Vastrox was stopped while it read the folder.')
      if (!(error instanceof CodedError)) deps.onProblem(`pulling the folder of ${app.name}`, error)
      const problem = redact(deps.redactorFor(app.id), sayError(error))
      saveIfSame(remote, (now) => ({
        failures: now.failures + 1,
        nextPullAt: nextPull(now, now.failures + 1),
        problem,
      }))
      return failed(problem)
    } finally {
      tell(app)
    }
  }

  async function take(
    app: AppRecord,
    remote: RemoteSourceRecord,
    { hostKey, digest, summary }: PulledFolder,
  ): Promise<PullOutcome> {
    const seen = (now: RemoteSourceRecord): Partial<RemoteSourceRecord> => ({
      hostKey,
      digest,
      summary,
      pulledAt: clock.now().toISOString(),
      nextPullAt: nextPull(now, 0),
      failures: 0,
      problem: null,
    })
    if (digest === remote.digest) {
      saveIfSame(remote, seen)
      return nothing('Nothing in the folder has changed.', summary)
    }
    if (summary.files === 0)
      throw new CodedError('REMOTE_FOLDER_REFUSED', {
        reason: `The folder ${remote.folder} is empty.`,
      })
    const sourceId = deps.newId()
    await deps.sourceArchive.put(sourceId, await remoteFiles.pack(app.id))
    const deployment = transact(() =>
      saveIfSame(remote, seen)
        ? deps.deployments.requestUpload({
            actor: systemActor(app.teamId),
            app,
            sourceId,
            description: `pulled from ${remote.host}: ${sayChange(summary)}`,
          })
        : undefined,
    )
    if (deployment) {
      const reason = `Deployment ${deployment.number}: ${sayChange(summary)}.`
      return { outcome: 'deployed', reason, deployment: deployment.number, summary }
    }
    await deps.sourceArchive.remove(sourceId)
    return nothing('The source was changed meanwhile.', summary)
  }

  async function secretFor(
    app: AppRecord,
    wish: ConnectRemote,
    before: RemoteSourceRecord | undefined,
  ): Promise<Pick<RemoteSourceRecord, 'sealedSecret' | 'publicKey'>> {
    // What listens on another port may be somebody else's: it must not be told a password that was kept.
    const isKept =
      before?.access === wish.access && before.host === wish.host && before.port === wish.port
    if (wish.access === 'password' && wish.password !== undefined)
      return { sealedSecret: secretBox.seal(wish.password, secretContext(app.id)), publicKey: null }
    if (isKept) return { sealedSecret: before.sealedSecret, publicKey: before.publicKey }
    if (wish.access === 'password')
      throw new CodedError('REQUEST_INVALID', { reason: 'Give the password.' })
    const { publicKey, privateKey } = await deps.keys.make(`vastrox-${app.name}`)
    return { publicKey, sealedSecret: secretBox.seal(privateKey, secretContext(app.id)) }
  }

  return {
    get(actor: Actor, appName: string): RemoteSource | null {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      const remote = remotes.find(actor, app.id)
      return remote ? show(remote) : null
    },

    /** With a key, that is to be added to the server next; with a password it is pulled at once. */
    async connect(actor: Actor, appName: string, wish: ConnectRemote): Promise<RemoteSource> {
      const app = findToChange(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      const before = remotes.find(actor, app.id)
      const isSameHost = before?.host === wish.host && before.port === wish.port
      const isSame = isSameHost && before.folder === wish.folder
      const secret = await secretFor(app, wish, before)
      const { host, port, username, folder, access, ignore, pullEveryMs } = wish
      const remote: RemoteSourceRecord = {
        appId: app.id,
        teamId: app.teamId,
        host,
        port,
        username,
        folder,
        access,
        ...secret,
        hostKey: isSameHost ? before.hostKey : null,
        ignore,
        pullEveryMs,
        nextPullAt: null,
        pulledAt: isSame ? before.pulledAt : null,
        failures: 0,
        problem: null,
        digest: isSame ? before.digest : null,
        summary: isSame ? before.summary : null,
      }
      remote.nextPullAt = nextPull(remote, 0)
      if (before && !isSame) await remoteFiles.forget(app.id)
      transact(() => {
        remotes.saveForPlatform(remote)
        const details = { host, port, username, folder, access }
        audit.append({ actor, action: 'remote-source.connect', target: app.name, details })
      })
      tell(app)
      if (access === 'password') void pull(app.id, false)
      return show(remote)
    },

    async disconnect(actor: Actor, appName: string): Promise<void> {
      const app = findToChange(actor, appName)
      const { host, folder } = findRemote(actor, app)
      transact(() => {
        remotes.removeForPlatform(app.id)
        audit.append({
          actor,
          action: 'remote-source.disconnect',
          target: app.name,
          details: { host, folder },
        })
      })
      await remoteFiles.forget(app.id)
      tell(app)
    },

    /** Pulls now, and says what came of it. */
    async pull(actor: Actor, appName: string, { full }: { full: boolean }): Promise<PullOutcome> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      findRemote(actor, app)
      return pull(app.id, full)
    },

    /** Whatever the host shows next is taken for its own. */
    forgetHostKey(actor: Actor, appName: string): RemoteSource {
      const app = findToChange(actor, appName)
      const remote = { ...findRemote(actor, app), hostKey: null }
      transact(() => {
        remotes.saveForPlatform(remote)
        audit.append({ actor, action: 'remote-source.forget-host-key', target: app.name })
      })
      return show(remote)
    },

    /** Pulls what is due; to be called every minute, whether or not what was begun has come to its end. */
    async pullDue(): Promise<void> {
      const due = remotes
        .listDueForPlatform(clock.now().toISOString(), MAX_DUE)
        .filter(({ appId }) => !running.has(appId))
      await Promise.all(due.slice(0, PULLS_AT_A_TIME).map(({ appId }) => pull(appId, false)))
    },

    forget: (appId: string): Promise<void> => remoteFiles.forget(appId),

    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all(running.values())
    },
  }
}
export type RemoteService = ReturnType<typeof createRemoteService>

const sayChange = ({ files, fetchedFiles, removedFiles }: PullSummary): string =>
  `${fetchedFiles} fetched, ${removedFiles} gone, ${files} in all`

const nothing = (reason: string, summary: PullSummary | null): PullOutcome => ({
  outcome: 'nothing',
  reason,
  deployment: null,
  summary,
})

const failed = (reason: string): PullOutcome => ({ ...nothing(reason, null), outcome: 'failed' })
