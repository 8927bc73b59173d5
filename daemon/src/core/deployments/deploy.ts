import type { DeploymentState, DeploymentTrigger } from '@vastrox/shared/deployment.ts'
import { CodedError, hintOf, sayError } from '@vastrox/shared/errors.ts'
import { ownOf } from '@vastrox/shared/own-of.ts'
import type { BuildSource } from '#core/builds/build-source.ts'
import type { TakeImage } from '#core/builds/take-image.ts'
import { isCancellable } from '#core/deployments/deployment.ts'
import type { DeploymentLog, DeploymentLogs } from '#core/deployments/deployment-log.ts'
import type { DeploymentStates } from '#core/deployments/deployment-states.ts'
import type { Drains } from '#core/deployments/drain.ts'
import { explainFailure } from '#core/failures/explain.ts'
import type { Failure } from '#core/failures/rule.ts'
import { Interrupted } from '#core/deployments/interrupted.ts'
import type { ReleaseCommand } from '#core/deployments/release-command.ts'
import type { ReleaseHold } from '#core/deployments/release-hold.ts'
import type { HandOver } from '#core/deployments/hand-over.ts'
import { type Change, isWanted, type RollOut } from '#core/deployments/roll-out.ts'
import type { SwitchOver } from '#core/deployments/switch-over.ts'
import type { Watches } from '#core/deployments/watch.ts'
import type { DiskRoom } from '#core/nodes/disk-room.ts'
import type { FirstScale } from '#core/processes/first-scale.ts'
import type { ReleaseMaker } from '#core/releases/release-maker.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import type { Sleeping } from '#core/sleep/sleeping.ts'
import type { AppVolumes } from '#core/volumes/app-volumes.ts'
import type { DeclaredVolumes } from '#core/volumes/declared-volumes.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { BuildRecord, BuildStore } from '#store/build-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { ImageSourceStore } from '#store/image-source-store.ts'
import type { InstanceStore } from '#store/instance-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  builds: BuildStore
  releases: ReleaseStore
  instances: InstanceStore
  states: DeploymentStates
  logs: DeploymentLogs
  diskRoom: Pick<DiskRoom, 'mustHaveRoom'>
  buildSource: BuildSource
  takeImage: TakeImage
  imageSources: ImageSourceStore
  makeRelease: ReleaseMaker
  firstScale: FirstScale
  releaseCommand: ReleaseCommand
  rollOut: RollOut
  handOver: HandOver
  releaseHold: ReleaseHold
  declaredVolumes: DeclaredVolumes
  volumes: Pick<AppVolumes, 'isReleaseExclusive'>
  switchOver: SwitchOver
  routing: RoutingService
  watches: Watches
  sleeping: Pick<Sleeping, 'wake'>
  drains: Drains
  events: EventStream
  transact: Transact
  /** What processes get of the app's env. */
  runtimeEnv: (appId: string) => Record<string, string>
  /** What its add-ons give it. */
  addonEnv: (appId: string) => Record<string, string>
  /** Sees to it that the hosts have certificates; true when some are new. */
  ensureCertificates: (hosts: readonly string[]) => Promise<boolean>
  publicUrlOf: (appName: string) => string
  /** The builder is free for the next deployment. */
  buildDone: (id: string) => void
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
}

/** One deployment on its way. */
interface Run {
  readonly id: string
  readonly app: AppRecord
  readonly log: DeploymentLog
  readonly signal: AbortSignal
}

/** The order of the happy path: a deployment that is taken up again does not go back. */
const ORDER: readonly DeploymentState[] = [
  'queued',
  'building',
  'releasing',
  'starting',
  'checking',
  'switching',
]
const isPast = ({ state }: DeploymentRecord, step: DeploymentState): boolean =>
  ORDER.indexOf(state) > ORDER.indexOf(step)

const STAGE_OF: Partial<Record<DeploymentState, Failure['stage']>> = {
  building: 'build',
  releasing: 'release-command',
  starting: 'start',
  checking: 'start',
}
/** Ends whose cause is in what was printed. */
const EXPLAINED: readonly string[] = [
  'BUILD_FAILED',
  'RELEASE_COMMAND_FAILED',
  'INSTANCE_EXITED',
  'INSTANCE_START_FAILED',
  'HEALTH_CHECK_FAILED',
]
const GIVE_BACK_WITHIN_MS = 120_000

/** Asked for the release that is live, whichever that is. */
const TAKES_LIVE: readonly DeploymentTrigger[] = ['restart', 'start', 'scale', 'redeploy']

export type Deploy = ReturnType<typeof createDeploy>

/**
 * Makes a release live: the push as a transaction (decision 1). It begins where the row says the
 * deployment stands, so a new one and one that a crash has cut off take the same way. Up to the
 * switch every failure leaves ref, routes and old instances as they were and removes what it made;
 * after the switch there is no failure, only a way back by the watch. Never rejects.
 */
export function createDeploy(deps: Deps) {
  const { states, rollOut, switchOver, crashPoint } = deps

  const problem =
    (what: string) =>
    (error: unknown): void =>
      deps.onProblem(what, error)
  const freshApp = ({ app }: Run): AppRecord => deps.apps.findByIdForPlatform(app.id) ?? app

  return async (id: string, signal: AbortSignal): Promise<void> => {
    const { appId } = states.get(id)
    const app = deps.apps.findByIdForPlatform(appId)
    if (!app) throw new Error(`deployment ${id} has no app`)
    const run = { id, app, log: deps.logs.open({ id, appId }), signal }
    try {
      if (states.get(id).switchedAt === null) await untilSwitched(run)
      await finish(run)
    } catch (error) {
      if (isStopping(signal)) return
      await giveUp(run, error)
    } finally {
      run.log.flush()
    }
  }

  async function untilSwitched(run: Run): Promise<void> {
    await begin(run)
    const release = await releaseOf(run)
    makeDeclaredVolumes(run, release)
    // Requests are held from the hand-over on: what does without the volume is done before (decision 125).
    const isHeld = deps.volumes.isReleaseExclusive(run.app.id)
    if (!isHeld) await runReleaseCommand(run, release)
    await takeVolumes(run, release)
    if (isHeld) await runReleaseCommand(run, release)
    const change = await bringUp(run, release)
    await switchTo(run, release, change)
  }

  async function begin(run: Run): Promise<void> {
    const { id, app, signal } = run
    const deployment = states.get(id)
    if (deployment.cancelRequested || app.destroyedAt !== null) throw new Interrupted('cancelled')
    signal.throwIfAborted()
    await mayStillWin(run)
    await deps.watches.end(app.id)
    if (states.get(id).state === 'queued') takeWhatIsLive(run)
    if (app.liveReleaseId === null) showAsStarting(app)
    deps
      .ensureCertificates(deps.routing.hostsOf(app))
      .then((areNew) => (areNew ? deps.routing.publishChange() : undefined))
      .catch(problem('no certificate could be issued, or the proxy did not take it'))
  }

  /** A push that has lost its race does no work that it could not keep. */
  async function mayStillWin({ id }: Run): Promise<void> {
    const deployment = states.get(id)
    if (deployment.state !== 'switching') await switchOver.mustNotHaveLost(deployment)
  }

  /** What is live may have changed while it waited: it is asked for at its turn, not when it was queued. */
  function takeWhatIsLive(run: Run): void {
    const { trigger } = states.get(run.id)
    if (!TAKES_LIVE.includes(trigger)) return
    const { liveReleaseId } = freshApp(run)
    const live = liveReleaseId === null ? undefined : deps.releases.findForPlatform(liveReleaseId)
    if (!live) throw new CodedError('APP_NOT_DEPLOYED', { app: run.app.name })
    const { commit, sourceId, image } = deps.makeRelease.buildOf(live)
    // The tag is asked once more: that is what deploying an image again is for.
    const again = image && { reference: image.reference, digest: null }
    states.note(run.id, () =>
      trigger === 'redeploy' ? { commit, sourceId, image: again } : { releaseId: live.id },
    )
  }

  /** building → the image, then the release, recorded together. */
  async function releaseOf(run: Run): Promise<ReleaseRecord> {
    const deployment = states.get(run.id)
    const known = deployment.releaseId && deps.releases.findForPlatform(deployment.releaseId)
    if (known) return known
    const { sourceId, image } = deployment
    if (sourceId === null && image === null) return fromBase(run, deployment)

    enter(run, 'building')
    crashPoint('deploy.building')
    // Every way in comes by here; what is there already is rolled back to without it.
    await deps.diskRoom.mustHaveRoom('deployments are')
    const build = await buildFrom(run, deployment)
    crashPoint('deploy.afterBuild')
    let release: ReleaseRecord | undefined
    states.note(run.id, () => {
      deps.builds.insertForPlatform(build)
      deps.apps.saveStackForPlatform(run.app.id, build.stack)
      deps.firstScale.save(freshApp(run), build.processes, build.config)
      takenUp(build)
      const env = deps.runtimeEnv(run.app.id)
      release = deps.makeRelease.record(build, env, deployment.description)
      return { releaseId: release.id }
    })
    deps.buildDone(run.id)
    return recorded(run, release)
  }

  /** From an image that is taken as it is, or from a source. */
  async function buildFrom(run: Run, deployment: DeploymentRecord): Promise<BuildRecord> {
    const { sourceId, image } = deployment
    if (image !== null) return deps.takeImage({ ...run, deployment, image })
    if (sourceId === null) throw new Error(`deployment ${run.id} has no source`)
    return deps.buildSource({ ...run, deployment, sourceId })
  }

  /** What the tag of the app's image was when it was fetched. */
  function takenUp({ appId, image, createdAt }: BuildRecord): void {
    const source = deps.imageSources.findForPlatform(appId)
    if (image === null || source?.reference !== image.reference) return
    const { digest } = image
    const taken = { ...source, digest, checkedAt: createdAt, failures: 0, problem: null }
    deps.imageSources.saveForPlatform(taken)
  }

  /** A roll back or a change of env: an image that is there already, in a release of its own. */
  function fromBase(run: Run, deployment: DeploymentRecord): ReleaseRecord {
    const baseId = deployment.baseReleaseId ?? freshApp(run).liveReleaseId
    const base = baseId === null ? undefined : deps.releases.findForPlatform(baseId)
    if (!base) throw new CodedError('APP_NOT_DEPLOYED')
    const build = deps.makeRelease.buildOf(base)
    if (build.imageRemovedAt !== null) throw new CodedError('RELEASE_IMAGE_GONE')
    let release: ReleaseRecord | undefined
    states.note(run.id, () => {
      // Credentials of add-ons are those of now: earlier ones open nothing any more.
      const env = deployment.baseEnv
        ? { ...deps.makeRelease.openEnv(base), ...deps.addonEnv(run.app.id) }
        : deps.runtimeEnv(run.app.id)
      release = deps.makeRelease.record(build, env, deployment.description)
      return { releaseId: release.id }
    })
    return recorded(run, release)
  }

  function recorded(run: Run, release: ReleaseRecord | undefined): ReleaseRecord {
    if (!release) throw new Error('the release was not recorded')
    run.log.step(`Release v${release.number}: ${release.description}`)
    const { teamId, id: subject } = release
    deps.events.emit({ teamId, type: 'release.created', app: run.app.name, subject })
    crashPoint('deploy.afterRelease')
    return release
  }

  /** What vastrox.json or app.json asks for and the app has not got: made, never changed or taken away. */
  function makeDeclaredVolumes(run: Run, release: ReleaseRecord): void {
    const { config } = deps.makeRelease.buildOf(release)
    const declared = Object.entries(config.volumes).map(
      ([name, { path: mountPath, processes, exclusive }]) => ({
        name,
        mountPath,
        processes,
        exclusive,
      }),
    )
    for (const name of deps.declaredVolumes.ensure(freshApp(run), declared))
      run.log.line(`Volume ${name} made: ${ownOf(config.volumes, name)?.path ?? ''}`)
  }

  /** An exclusive volume changes hands before anything of the new release can touch it (D5). */
  async function takeVolumes(run: Run, release: ReleaseRecord): Promise<void> {
    const app = freshApp(run)
    if (!isWanted(app, states.get(run.id))) return
    await mayStillWin(run)
    run.signal.throwIfAborted()
    if (isCommandHeld(run, release))
      run.log.line(
        'The release command has the exclusive volume: requests wait for it, and after 30 s get 503.',
      )
    await deps.handOver.take(app, states.get(run.id), release, run.log)
  }

  function isCommandHeld({ id, app }: Run, release: ReleaseRecord): boolean {
    const hasVolume = app.liveReleaseId !== null && deps.volumes.isReleaseExclusive(app.id)
    return hasVolume && deps.releaseCommand.isWanted(app, states.get(id), release)
  }

  /** releasing: what must have run before the new release starts, such as migrations. */
  async function runReleaseCommand(run: Run, release: ReleaseRecord): Promise<void> {
    const deployment = states.get(run.id)
    if (
      isPast(deployment, 'releasing') ||
      !deps.releaseCommand.isWanted(run.app, deployment, release)
    )
      return
    await mayStillWin(run)
    deps.releaseCommand.mustNotHaveBegun(deployment)
    enter(run, 'releasing')
    crashPoint('deploy.releasing')
    await holdIfWanted(run)
    await deps.releaseCommand.run(run.app, deployment, release, run.log, run.signal)
    // From here on it is known to have finished.
    enter(run, 'starting')
  }

  /** Woken first: what sleeps holds its requests by itself, and lets them go when it wakes. */
  async function holdIfWanted(run: Run): Promise<void> {
    if (!freshApp(run).settings.holdDuringRelease) return
    if (deps.volumes.isReleaseExclusive(run.app.id)) return
    await deps.sleeping.wake(run.app.id).catch(problem('an app could not be woken to be deployed'))
    await deps.releaseHold.begin(freshApp(run), run.log)
  }

  /** starting, checking: new instances beside the old ones, until every one is healthy. */
  async function bringUp(run: Run, release: ReleaseRecord): Promise<Change> {
    enter(run, 'starting')
    // The release before runs then too: the watch has something to go back to, and a scale to add to.
    await deps.sleeping.wake(run.app.id).catch(problem('an app could not be woken to be deployed'))
    const app = freshApp(run)
    const change = rollOut.plan(app, states.get(run.id), release)
    if (change.fresh.length > 0) run.log.step('Launching')
    const started = await rollOut.start(app, release, change.fresh)

    enter(run, 'checking', () => {
      for (const row of started) deps.instances.saveForPlatform(row)
    })
    crashPoint('deploy.checking')
    const healthy = await rollOut.check(app, release, started, run.log, run.signal)
    return { fresh: healthy, replaced: change.replaced }
  }

  /** switching: the branch, then the rows (the commit point). */
  async function switchTo(run: Run, release: ReleaseRecord, change: Change): Promise<void> {
    run.signal.throwIfAborted()
    await mayStillWin(run)
    enter(run, 'switching')
    crashPoint('deploy.beforeRef')
    await both(switchOver.moveBranch(states.get(run.id)), rollOut.keep(change.fresh))
    crashPoint('deploy.afterRef')
    const app = freshApp(run)
    if (app.destroyedAt !== null) throw new Interrupted('cancelled')
    const deployment = states.get(run.id)
    const keepWarm = app.settings.watchMs > 0 && deployment.trigger !== 'scale'
    switchOver.switchRows(app, deployment, release, change, keepWarm)
    // An app that serves something else follows no tag any more.
    if (deps.makeRelease.buildOf(release).image === null)
      deps.imageSources.removeForPlatform(app.id)
    crashPoint('deploy.afterSwitchRows')
  }

  /** The proxies take it; then the old instances are watched over or drained. */
  async function finish(run: Run): Promise<void> {
    await switchOver.publish(run.log, run.signal)
    crashPoint('deploy.afterPublish')
    const deployment = states.move(run.id, 'watching')
    const release = deployment.releaseId && deps.releases.findForPlatform(deployment.releaseId)
    const app = freshApp(run)
    if (release) run.log.done(`v${release.number} is live at ${deps.publicUrlOf(app.name)}`)
    deps.watches.begin(deployment)
    const leaving = deps.instances
      .listForAppForPlatform(app.id)
      .filter(({ state }) => state === 'draining')
    void deps.drains.retire(leaving, { drainMs: app.settings.drainMs })
  }

  /** Everything as it was before; the row says why. */
  async function giveUp(run: Run, error: unknown): Promise<void> {
    const deployment = states.get(run.id)
    if (deployment.switchedAt !== null) {
      deps.onProblem('a deployment that has switched broke off; the next start goes on', error)
      return
    }
    const cancelled = error instanceof Interrupted || run.signal.reason instanceof Interrupted
    if (!cancelled && !(error instanceof CodedError)) deps.onProblem('a deployment failed', error)
    if (!cancelled) await rollOut.showLogs(deployment, error, run.log)
    if (deployment.state === 'switching')
      await switchOver.moveBranchBack(deployment).catch(problem('a branch could not be moved back'))
    await rollOut.undo(deployment).catch(problem('instances of a failed deployment are left'))
    await deps.handOver
      .giveBack(freshApp(run), run.log, AbortSignal.timeout(GIVE_BACK_WITHIN_MS))
      .catch(problem('the proxy was not told that the release before serves again'))
    await deps.releaseHold
      .end(freshApp(run))
      .catch(problem('the proxy was not told that requests are held no more'))
    if (run.app.liveReleaseId === null) hideAgain(run.app)

    const said = cancelled ? undefined : explainEnd(run, deployment.state, error)
    const reason = run.log.clean(said?.reason ?? deployment.reason ?? 'cancelled')
    const hint = said?.hint ?? null
    if (!cancelled) run.log.error(reason)
    if (hint !== null && !cancelled) run.log.error(hint)
    run.log.done(cancelled ? `Deployment ${reason}` : `Failed: ${reason}`)
    const to = cancelled && isCancellable(deployment.state) ? 'cancelled' : 'failed'
    states.move(run.id, to, { reason, hint })
  }

  /** The cause, where what was printed gives it away; what happened, where it does not. */
  function explainEnd(
    run: Run,
    state: DeploymentState,
    error: unknown,
  ): { reason: string; hint: string | null } {
    const plain = {
      reason: sayError(error),
      hint: error instanceof CodedError ? (hintOf(error.code) ?? null) : null,
    }
    const stage = STAGE_OF[state]
    if (stage === undefined || !(error instanceof CodedError) || !EXPLAINED.includes(error.code))
      return plain
    const found = explainFailure({ stage, lines: [...run.log.tail(400), plain.reason] })
    if (!found) return plain
    const step = state === 'releasing' ? 'the release command failed: ' : ''
    return { reason: `${step}${found.reason}`, hint: found.hint }
  }

  function enter(run: Run, to: DeploymentState, alongside: () => void = () => {}): void {
    const deployment = states.get(run.id)
    run.signal.throwIfAborted()
    if (ORDER.indexOf(deployment.state) >= ORDER.indexOf(to)) return
    const { previousReleaseId } = deployment
    states.move(
      run.id,
      to,
      { previousReleaseId: previousReleaseId ?? freshApp(run).liveReleaseId },
      alongside,
    )
  }

  /** Visitors of an app that has nothing to serve yet are told that it is starting. */
  function showAsStarting(app: AppRecord): void {
    deps.transact(() => deps.routing.writeRoutes(app, 'starting'))
    deps.routing.publish().catch(problem('the proxy was not told'))
  }
  function hideAgain(app: AppRecord): void {
    deps.transact(() => deps.routing.removeRoutes(app.id))
    deps.routing.publish().catch(problem('the proxy was not told'))
  }
}

const isStopping = (signal: AbortSignal): boolean =>
  signal.reason instanceof Interrupted && signal.reason.kind === 'stopping'

/** Waits for both even where one fails: what is undone then must not be done after it. */
async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.allSettled([one, other])
  await one
  await other
}
