import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type { LookOutcome } from '@vastrox/shared/external-source.ts'
import type { Commit } from '@vastrox/shared/release.ts'
import { redact, type Redactor } from '@vastrox/shared/node/redactor.ts'
import { systemActor } from '#core/access/system-actor.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { ExternalGit, FetchedCommit } from '#ports/external-git.ts'
import type { NewId } from '#ports/ids.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { ExternalSourceRecord, ExternalSourceStore } from '#store/external-source-store.ts'
import { chooseRef, patternsOf, sayFollow } from './external-follow.ts'
import { remoteOf } from './external-record.ts'
import { createLookLanes } from './look-lanes.ts'

interface Deps {
  /** Hides what the app's source is reached with, should the other side say it. */
  redactorFor: (appId: string) => Redactor
  apps: Pick<AppStore, 'findByIdForPlatform'>
  sources: ExternalSourceStore
  externalGit: ExternalGit
  sourceArchive: SourceArchive
  deployments: Pick<DeploymentService, 'requestPush'>
  secretBox: SecretBox
  events: EventStream
  clock: Clock
  newId: NewId
  transact: Transact
  /** From 0 to 1, so that not all apps ask at the same time. */
  random: () => number
  onProblem: (what: string, error: unknown) => void
}

const MAX_DUE = 200
/** Of one look, its submodules included: others wait for its place. */
const LOOK_TIMEOUT_MS = 1_200_000
const POLL_AT_MOST_MS = 6 * 3_600_000
/** A tenth earlier or later. */
const JITTER = 0.1
const SKIPS = ['[skip deploy]', '[deploy skip]', '[no deploy]', '[skip ci]', '[ci skip]', '[no ci]']

export type ExternalLook = ReturnType<typeof createExternalLook>

/**
 * Looks at the repository that an app is made of, and deploys what is new there. Whoever told us to
 * look (a webhook, the clock, a person) does not say what to deploy: the repository does. So a
 * message that is lost, late, doubled or forged changes nothing but when we look.
 */
export function createExternalLook(deps: Deps) {
  const { sources, externalGit, clock, transact } = deps
  const stopping = new AbortController()
  const looks = new Map<string, { now: Promise<LookOutcome>; next?: Promise<LookOutcome> }>()
  const lanes = createLookLanes(clock)

  /** What is asked for while a look is on its way gets the look after it: it has seen all that came before. */
  function look(appId: string): Promise<LookOutcome> {
    const running = looks.get(appId)
    if (!running) return begin(appId)
    running.next ??= running.now.then(() => look(appId))
    return running.next
  }

  function begin(appId: string): Promise<LookOutcome> {
    const now = lanes
      .run(isDoubtful(appId), (cut) => lookOnce(appId, cut))
      .finally(() => {
        if (looks.get(appId)?.now === now) looks.delete(appId)
      })
    looks.set(appId, { now })
    return now
  }

  const isDoubtful = (appId: string): boolean => (sources.findForPlatform(appId)?.failures ?? 0) > 0

  /** Rejects where it is cut off, and has changed nothing. */
  async function lookOnce(appId: string, cut: AbortSignal): Promise<LookOutcome> {
    if (stopping.signal.aborted) return failed(STOPPED)
    const source = sources.findForPlatform(appId)
    const app = deps.apps.findByIdForPlatform(appId)
    if (!source || !app || app.destroyedAt !== null) return nothing('The app has no such source.')
    const late = AbortSignal.timeout(LOOK_TIMEOUT_MS)
    try {
      return await take(app, source, AbortSignal.any([stopping.signal, late, cut]))
    } catch (cause) {
      if (stopping.signal.aborted) return failed(STOPPED)
      if (cut.aborted) throw cause
      const error = late.aborted ? new CodedError('HOST_UNREACHABLE', TOO_SLOW, { cause }) : cause
      if (!(error instanceof CodedError))
        deps.onProblem(`looking at the source of ${app.name}`, error)
      const problem = redact(deps.redactorFor(app.id), sayError(error))
      saveIfSame(source, (now) => ({
        failures: now.failures + 1,
        nextPollAt: nextPoll(now, now.failures + 1),
        problem,
      }))
      return failed(problem)
    } finally {
      if (!stopping.signal.aborted) tell(app)
    }
  }

  async function take(
    app: AppRecord,
    source: ExternalSourceRecord,
    signal: AbortSignal,
  ): Promise<LookOutcome> {
    const remote = remoteOf(source, deps.secretBox)
    const { refs, hostKey } = await externalGit.list(remote, patternsOf(source.follow), signal)
    if (hostKey !== null) saveIfSame(source, () => ({ hostKey }))
    const wanted = chooseRef(source.follow, refs)
    if (!wanted)
      throw new CodedError('REPOSITORY_REF_NOT_FOUND', {
        reason: `The repository does not have ${sayFollow(source.follow)}.`,
      })
    if (wanted.sha === source.commit?.sha) return settle(source, source.commit, TAKEN)

    const fetched = await externalGit.fetch(
      { ...remote, hostKey: source.hostKey ?? hostKey },
      wanted,
      {
        submodules: source.submodules,
        signal,
      },
    )
    const { commit } = fetched
    if (commit.sha === source.commit?.sha) return settle(source, commit, TAKEN)
    const skip = SKIPS.find((words) => fetched.message.toLowerCase().includes(words))
    if (skip !== undefined) return settle(source, commit, `Its message says ${skip}.`)
    if (!(await isWatched(source, commit)))
      return settle(source, commit, `It changes nothing in ${source.watchPaths.join(', ')}.`)
    refuseLinks(fetched)
    return deploy(app, source, fetched)
  }

  const isWatched = async (source: ExternalSourceRecord, { sha }: Commit): Promise<boolean> =>
    source.watchPaths.length === 0 ||
    source.commit === null ||
    externalGit.touches(source.appId, source.commit.sha, sha, source.watchPaths)

  async function deploy(
    app: AppRecord,
    source: ExternalSourceRecord,
    fetched: FetchedCommit,
  ): Promise<LookOutcome> {
    const { commit } = fetched
    const sourceId = deps.newId()
    await deps.sourceArchive.put(sourceId, await externalGit.archive(app.id, commit.sha))
    const deployment = transact(() => {
      if (!saveIfSame(source, (now) => ({ ...asked(now), commit }))) return undefined
      return deps.deployments.requestPush({
        actor: systemActor(app.teamId),
        app,
        commit,
        ref: null,
        oldSha: undefined,
        sourceId,
        noCache: false,
        notes: notesOf(fetched),
      })
    })
    if (deployment) {
      const reason = `Deployment ${deployment.number}: ${commit.branch} ${commit.sha.slice(0, 7)}.`
      return { outcome: 'deployed', reason, deployment: deployment.number, commit }
    }
    await deps.sourceArchive.remove(sourceId)
    return nothing('The source was changed meanwhile.')
  }

  /** Nothing is deployed, and the next look begins behind this commit. */
  function settle(source: ExternalSourceRecord, commit: Commit, why: string): LookOutcome {
    saveIfSame(source, (now) => ({ ...asked(now), commit }))
    return { ...nothing(`${commit.branch} is at ${commit.sha.slice(0, 7)}: ${why}`), commit }
  }

  const asked = (now: ExternalSourceRecord): Partial<ExternalSourceRecord> => ({
    fetchedAt: clock.now().toISOString(),
    nextPollAt: nextPoll(now, 0),
    failures: 0,
    problem: null,
  })

  /** Somebody may have chosen another repository, or none, while this one was asked. */
  function saveIfSame(
    { appId, url, follow }: ExternalSourceRecord,
    change: (now: ExternalSourceRecord) => Partial<ExternalSourceRecord>,
  ): boolean {
    const now = sources.findForPlatform(appId)
    if (now?.url !== url || JSON.stringify(now.follow) !== JSON.stringify(follow)) return false
    sources.saveForPlatform({ ...now, ...change(now) })
    return true
  }

  function nextPoll({ pollEveryMs }: ExternalSourceRecord, failures: number): string | null {
    if (pollEveryMs === null) return null
    const pause = Math.min(
      pollEveryMs * 2 ** Math.min(failures, 10),
      Math.max(POLL_AT_MOST_MS, pollEveryMs),
    )
    const jitter = 1 + JITTER * (2 * deps.random() - 1)
    return new Date(clock.now().getTime() + pause * jitter).toISOString()
  }

  function tell({ teamId, name }: AppRecord): void {
    deps.events.emit({ teamId, type: 'app.changed', app: name, subject: null })
  }

  return {
    /** Never rejects. */
    look,

    nextPoll,

    /**
     * Looks at the repositories that are due; to be called every minute, whether or not the looks that
     * were begun have come to their end.
     */
    async pollDue(): Promise<void> {
      const due = sources
        .listDueForPlatform(clock.now().toISOString(), MAX_DUE)
        .filter(({ appId }) => !looks.has(appId))
      await Promise.all(due.map(({ appId }) => look(appId)))
    },

    /** True once nothing more is looked at: what waits is for the next start. */
    isStopping: (): boolean => stopping.signal.aborted,

    async stop(): Promise<void> {
      stopping.abort()
      await Promise.all([...looks.values()].map(({ now }) => now))
    },
  }
}

const STOPPED = 'Vastrox was stopped while it looked.'
const TOO_SLOW = { reason: 'The repository could not be read within 20 minutes.' }
const TAKEN = 'that was taken up already.'

const nothing = (reason: string): LookOutcome => ({
  outcome: 'nothing',
  reason,
  deployment: null,
  commit: null,
})

const failed = (reason: string): LookOutcome => ({ ...nothing(reason), outcome: 'failed' })

function refuseLinks({ unsafeLinks: [first] }: FetchedCommit): void {
  if (!first) return
  throw new CodedError('SOURCE_UNSAFE', {
    reason: `the symlink ${shown(first.path)} points outside of the repository (${shown(first.target)})`,
  })
}

/** What whoever reads the deployment's log should know of its source. */
function notesOf({ leftOut, lfs: { files, bytes, missing } }: FetchedCommit): string[] {
  return [
    ...leftOut.map(
      (path) => `The submodule ${shown(path)} is not deployed: submodules are switched off.`,
    ),
    ...(files === 0
      ? []
      : [`Fetched from Git LFS: ${countOf(files)}, ${(bytes / 2 ** 20).toFixed(1)} MB.`]),
    ...(missing.length === 0
      ? []
      : [
          `Git LFS of the host does not have ${countOf(missing.length)}, which stay as pointers: ${missing.slice(0, 3).map(shown).join(', ')}.`,
        ]),
  ]
}

const countOf = (files: number): string => (files === 1 ? 'a file' : `${files} files`)

const shown = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 200)
