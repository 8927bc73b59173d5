import { totalmem } from 'node:os'
import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { Actor } from '@vastrox/shared/actor.ts'
import type { FormerDomain } from '@vastrox/shared/base-domain.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createSourceReader } from '#adapters/archives/source-reader.ts'
import { createBuildNeeds } from '#core/builds/build-needs.ts'
import { createBuildService } from '#core/builds/build-service.ts'
import { createBuildSource, type EnsureAddons } from '#core/builds/build-source.ts'
import { createTakeImage } from '#core/builds/take-image.ts'
import { createDeploy } from '#core/deployments/deploy.ts'
import { UNDER_WAY } from '#core/deployments/deployment.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import { createWorkLines } from '#core/logs/work-lines.ts'
import { createDeploymentLogs } from '#core/deployments/deployment-log.ts'
import { createDeploymentService } from '#core/deployments/deployment-service.ts'
import { createDeploymentStates } from '#core/deployments/deployment-states.ts'
import { createDrains } from '#core/deployments/drain.ts'
import { createHandOver } from '#core/deployments/hand-over.ts'
import { createReleaseHold } from '#core/deployments/release-hold.ts'
import { createReleaseCommand } from '#core/deployments/release-command.ts'
import { openDeployments, resumeAfterRestart } from '#core/deployments/resume-after-restart.ts'
import { createChangesBefore } from '#core/crashes/changes-before.ts'
import { createCutOff } from '#core/crashes/cut-off.ts'
import type { ReadMetrics } from '#core/crashes/curve-before.ts'
import { createEngineStarts } from '#core/crashes/engine-starts.ts'
import { createLastWell } from '#core/crashes/last-well.ts'
import { createRollOut } from '#core/deployments/roll-out.ts'
import { createSwitchOver } from '#core/deployments/switch-over.ts'
import { createTrafficMeter } from '#core/deployments/traffic-meter.ts'
import { createUntilHealthy } from '#core/deployments/until-healthy.ts'
import { createWatches } from '#core/deployments/watch.ts'
import type { DeclaredEnvService } from '#core/env/declared-env.ts'
import { createMemoryLimit } from '#core/nodes/memory-limit.ts'
import { createFirstScale } from '#core/processes/first-scale.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import { createProcessSettings } from '#core/processes/process-settings.ts'
import { createProcessService } from '#core/processes/process-service.ts'
import { createRunService } from '#core/processes/run-service.ts'
import { createRuns } from '#core/processes/runs.ts'
import { createStopApp } from '#core/processes/stop-app.ts'
import { createBlackBox } from '#core/reconcile/black-box.ts'
import { createReconciler } from '#core/reconcile/reconciler.ts'
import { createOldImages } from '#core/releases/old-images.ts'
import { createDiskLedger } from '#core/nodes/disk-ledger.ts'
import { createDiskRoom } from '#core/nodes/disk-room.ts'
import { createReleaseMaker } from '#core/releases/release-maker.ts'
import { createReleaseSources } from '#core/releases/release-sources.ts'
import { createReleaseService } from '#core/releases/release-service.ts'
import { createPortPublisher } from '#core/routing/port-publisher.ts'
import { createPortService } from '#core/routing/port-service.ts'
import { createRouteSettingsService } from '#core/routing/route-settings-service.ts'
import { createRoutingService } from '#core/routing/routing-service.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createDeclaredVolumes } from '#core/volumes/declared-volumes.ts'
import { createVolumeService } from '#core/volumes/volume-service.ts'
import { createAppVolumes } from '#core/volumes/app-volumes.ts'
import { createDueJobs } from '#core/scheduled-jobs/due-jobs.ts'
import { createJobService } from '#core/scheduled-jobs/job-service.ts'
import { createJobsOfSource } from '#core/scheduled-jobs/jobs-of-source.ts'
import { cronTimes } from '#jobs/cron-times.ts'
import { createIdleApps } from '#core/sleep/idle-apps.ts'
import { createSleepService } from '#core/sleep/sleep-service.ts'
import { createSleeping } from '#core/sleep/sleeping.ts'
import { createWhyAwake } from '#core/sleep/why-awake.ts'
import { createImageService } from '#core/sources/image-service.ts'
import { createRegistryService } from '#core/sources/registry-service.ts'
import { createDeploymentQueue } from '#jobs/deployment-queue.ts'
import { createHousekeeping } from '#jobs/housekeeping.ts'
import { createJobScheduler } from '#jobs/job-scheduler.ts'
import type { BuildContext } from '#ports/build-context.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { HttpProbe } from '#ports/http-probe.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { Proxy } from '#ports/proxy.ts'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { Stack } from '#ports/stack.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createAppStore } from '#store/app-store.ts'
import { createBackupStore } from '#store/backup-store.ts'
import { createBuildNeedStore } from '#store/build-need-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import { createAddonAttachmentStore } from '#store/addon-attachment-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createCrashStore } from '#store/crash-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createDeploymentLogStore } from '#store/deployment-log-store.ts'
import { createDiskDayStore } from '#store/disk-day-store.ts'
import { createDeploymentStore, type DeploymentRecord } from '#store/deployment-store.ts'
import { createImageSourceStore } from '#store/image-source-store.ts'
import { createInstanceStore, type InstanceRecord } from '#store/instance-store.ts'
import { createJobStore } from '#store/job-store.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { createPortStore } from '#store/port-store.ts'
import { createRegistryStore } from '#store/registry-store.ts'
import { createOldImageStore } from '#store/old-image-store.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { createRouteSettingsStore } from '#store/route-settings-store.ts'
import { createRouteStore } from '#store/route-store.ts'
import { createRunLogStore } from '#store/run-log-store.ts'
import { createRunStore } from '#store/run-store.ts'
import { createSleepStore } from '#store/sleep-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'

export interface DeploymentDeps {
  db: Database
  agent: NodeAgent
  hints: InstanceHints
  proxy: Proxy
  probe: HttpProbe
  sourceControl: SourceControl
  sourceArchive: SourceArchive
  buildContext: BuildContext
  stacks: readonly Stack[]
  secretBox: SecretBox
  events: EventStream
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  newId: NewId
  /** 6 hex digits of the installation. */
  installation: string
  /** Where clients find this server. */
  publicAddress: string
  proxyWorkers: number
  plainEnv: (appId: string) => Record<string, string>
  /** What processes get of it. */
  runtimeEnv: (appId: string) => Record<string, string>
  addonEnv: (appId: string) => Record<string, string>
  ensureAddons: EnsureAddons
  /** What digests of a build's secrets are made with, 32 bytes. */
  buildDigestKey: Buffer
  declaredEnv: DeclaredEnvService
  redactorFor: (appId: string) => Redactor
  /** A line of Vastrox's own in the app's log. */
  sayToApp: (appId: string, text: string) => void
  /** Where lines of builds and runs are kept with those of their app. */
  appLogs: Pick<AppLogs, 'add'>
  publicUrlOf: (appName: string) => string
  /** Sees to it that the hosts have certificates; true when some are new. */
  ensureCertificates: (hosts: readonly string[]) => Promise<boolean>
  certificates: () => RoutingSnapshot['certificates']
  challenges: () => RoutingSnapshot['challenges']
  alpnChallenges: () => NonNullable<RoutingSnapshot['alpnChallenges']>
  isTrusted: (host: string) => boolean
  routingSettings: () => RoutingSnapshot['settings']
  /** Base domains from before whose names still answer. */
  formerDomains?: () => readonly Pick<FormerDomain, 'name' | 'sendsOn'>[]
  crashPoint: (name: string) => void
  onProblem: (what: string, error: unknown) => void
  /** From 0 to 1. */
  random: () => number
  /** Who acts where nobody does. */
  system: () => Actor
  /** More for the hourly round. */
  hourly: readonly { name: string; run: () => Promise<unknown> }[]
  /** Whoever is told what happens, inside the transactions of it. */
  noteMove?: (deployment: DeploymentRecord) => void
  noteCrashLoop?: (row: InstanceRecord) => void
  /** Of the book of metrics, for the curve before a crash. */
  readMetrics?: ReadMetrics
  /** When this machine was started. */
  bootedAt?: () => Date
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Of each app's last deployments. */
const KEPT_LOGS = 100
/** A job prints every few minutes, for years. */
const MAX_RUN_LINES = 5_000
/** The name of this machine in the rows of instances. */
const LOCAL_NODE = 'local'

const WAITING = {
  app: 'Waiting for the deployment before this one',
  builder: 'Waiting for the build of another app',
}

/** Wires what deployments are made of: the only file, with compose.ts, that knows all of it. */
export function composeDeployments(given: DeploymentDeps) {
  const { db, clock } = given
  const deps = {
    ...given,
    apps: createAppStore(db),
    builds: createBuildStore(db),
    crashes: createCrashStore(db),
    deployments: createDeploymentStore(db),
    imageSources: createImageSourceStore(db),
    instances: createInstanceStore(db),
    meta: createMetaStore(db),
    releases: createReleaseStore(db),
    routes: createRouteStore(db),
    routeSettings: createRouteSettingsStore(db),
    transact: transactionOf(db),
  }
  const portStore = createPortStore(db)
  const publisher = createPortPublisher({ ...deps, ports: portStore, node: given.agent.ports })
  const states = createDeploymentStates(deps)
  const logStore = createDeploymentLogStore(db)
  const logs = createDeploymentLogs({
    ...deps,
    store: logStore,
    alsoKeep: createWorkLines({
      logs: given.appLogs,
      sourceOf: (id) => {
        const deployment = deps.deployments.findForPlatform(id)
        if (!deployment) return undefined
        const { state, number } = deployment
        return `${state === 'releasing' ? 'release' : 'build'}.${number}`
      },
    }),
  })
  const routing = createRoutingService({
    ...deps,
    ports: publisher,
    settings: given.routingSettings,
    ...(given.formerDomains ? { former: given.formerDomains } : {}),
  })
  const makeRelease = createReleaseMaker(deps)
  const volumeStore = createVolumeStore(db)
  const volumes = createAppVolumes({ volumes: volumeStore, clock })
  const runStore = createRunStore(db)
  const runLogs = createDeploymentLogs({
    ...deps,
    store: createRunLogStore(db),
    indent: '',
    maxLines: MAX_RUN_LINES,
    alsoKeep: createWorkLines({
      logs: given.appLogs,
      sourceOf: (id) => {
        const run = runStore.findForPlatform(id)
        // What a release command prints is in its deployment's log as well, and kept from there.
        return run && run.kind !== 'release' ? `run.${run.number}` : undefined
      },
    }),
  })
  const runs = createRuns({
    ...deps,
    runs: runStore,
    logs: runLogs,
    makeRelease,
    volumes,
    noteFailed: (...failed) => blackBox.recordRun(...failed),
  })
  const rollOut = createRollOut({
    ...deps,
    makeRelease,
    volumes,
    untilHealthy: createUntilHealthy(deps),
    node: LOCAL_NODE,
    hostOf: (app) => routing.hostsOf(app)[0] ?? app.name,
    isRouted: (appId, process) => routing.isRouted(appId, process),
    listensAt: publisher.listensAt,
    noteExit: (...exited) => blackBox.record(...exited),
    now: () => clock.now(),
  })
  const attachments = createAddonAttachmentStore(db)
  const addonStore = createAddonStore(db)
  const cutOff = createCutOff(deps)
  const engineStarts = createEngineStarts(deps)
  const blackBox = createBlackBox({
    ...deps,
    isRouted: (appId, process) => routing.isRouted(appId, process),
    readMetrics: given.readMetrics ?? ((series) => series.map(() => [])),
    lastWell: createLastWell(deps),
    cutOff,
    changesBefore: createChangesBefore({
      ...deps,
      audit: createAuditStore(db),
      addonsOf: (appId) =>
        attachments
          .listOfAppForPlatform(appId)
          .flatMap(({ addonId }) => addonStore.findForPlatform(addonId)?.name ?? []),
      engineStarts: engineStarts.all,
      bootedAt: given.bootedAt ?? (() => undefined),
    }),
  })
  const switchOver = createSwitchOver({ ...deps, states, routing })
  const drains = createDrains({ ...deps, ports: publisher })
  const meter = createTrafficMeter(deps)
  const watches = createWatches({ ...deps, states, logs, switchOver, drains, meter })
  const sleeps = createSleepStore(db)
  const whyAwake = createWhyAwake({ ...deps, runs: runStore, ports: portStore })
  const sleeping = createSleeping({ ...deps, sleeps, makeRelease, rollOut, routing, whyAwake })
  const idleApps = createIdleApps({
    ...deps,
    sleeping,
    whyAwake,
    publish: () => routing.publishChange(),
  })

  const oldImages = createOldImages({ ...deps, images: createOldImageStore(db) })
  const ledger = createDiskLedger({
    ...deps,
    volumes: volumeStore,
    days: createDiskDayStore(db),
    oldImages,
    addons: addonStore,
    backups: createBackupStore(db),
    node: LOCAL_NODE,
  })
  const diskRoom = createDiskRoom({ ...deps, makeRoom: ledger.makeRoom })

  const memoryLimit = createMemoryLimit({ ...deps, atFirstBytes: totalmem() })
  const registries = createRegistryService({ ...deps, registries: createRegistryStore(db) })
  const firstScale = createFirstScale({ ...deps, memoryLimit })
  const buildNeeds = createBuildNeeds({ needs: createBuildNeedStore(db), clock })
  const deploy = createDeploy({
    ...deps,
    states,
    logs,
    diskRoom,
    buildSource: createBuildSource({ ...deps, firstScale, buildNeeds }),
    takeImage: createTakeImage({ ...deps, registries }),
    firstScale,
    makeRelease,
    releaseCommand: createReleaseCommand({ makeRelease, runs }),
    rollOut,
    volumes,
    declaredVolumes: createDeclaredVolumes({ ...deps, volumes: volumeStore, node: LOCAL_NODE }),
    handOver: createHandOver({ ...deps, volumes, routing, rollOut, drains, sleeping }),
    releaseHold: createReleaseHold({ ...deps, routing, drains }),
    switchOver,
    routing,
    watches,
    sleeping,
    drains,
    buildDone: (id) => queue.releaseBuilder(id),
  })
  const queue = createDeploymentQueue({
    ...deps,
    open: () => openDeployments(deps),
    run: deploy,
    maxBuilds: 1,
    onWaiting: (id, reason) => logs.open(states.get(id)).line(WAITING[reason]),
    sleep: (ms) => clock.sleep(ms),
  })
  const jobStore = createJobStore(db)
  const dueJobs = createDueJobs({ ...deps, jobs: jobStore, runs, times: cronTimes })
  const jobsOfSource = createJobsOfSource({
    ...deps,
    jobs: jobStore,
    runs: runStore,
    times: cronTimes,
  })
  const jobScheduler = createJobScheduler({
    runDue: () => dueJobs.run(),
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    onProblem: given.onProblem,
  })
  states.onChange(({ appId, state }) => {
    if (state !== 'watching' && state !== 'reverted') return
    jobsOfSource(appId)
    jobScheduler.wake()
  })
  const stopApp = createStopApp({ ...deps, runs, routing, watches, drains })
  const reconciler = createReconciler({
    ...deps,
    rollOut,
    routing,
    watches,
    sleeping,
    drains,
    blackBox,
  })
  const hourlyTasks = [
    { name: 'removing old images', run: () => ledger.removeOldImages() },
    { name: 'looking at the disk once a day', run: () => ledger.keepToday() },
    { name: 'forgetting old envs', run: async () => oldImages.forgetEnvs() },
    { name: 'removing old sources', run: () => oldImages.removeSources() },
    {
      name: 'forgetting old deployment logs',
      run: async () => logStore.pruneForPlatform(KEPT_LOGS),
    },
    { name: 'forgetting old sleeps', run: async () => sleep.forgetOld() },
    { name: 'finishing to purge volumes', run: () => volumeService.finishPurges() },
    ...given.hourly,
  ]
  const housekeeping = createHousekeeping({
    tasks: hourlyTasks,
    everyMs: HOUR_MS,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    onProblem: given.onProblem,
  })

  const deployments = createDeploymentService({
    ...deps,
    states,
    logs,
    stopApp,
    queue,
    memoryLimit,
    volumes,
  })

  const finder = createAppFinder(deps.apps)
  const sleep = createSleepService({ ...deps, finder, sleeps, sleeping, whyAwake })
  const volumeService = createVolumeService({
    ...deps,
    apps: finder,
    volumes: volumeStore,
    deployments,
    node: LOCAL_NODE,
  })
  const images = createImageService({ ...deps, finder, registries, deployments })
  const minutely = createHousekeeping({
    tasks: [
      { name: 'asking registries for moved tags', run: () => images.checkTags() },
      { name: 'telling the node of ports', run: () => publisher.round() },
    ],
    everyMs: MINUTE_MS,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    onProblem: given.onProblem,
  })

  return {
    deployments,
    images,
    registries,
    volumes: volumeService,
    memoryLimit,
    builds: createBuildService(deps),
    releases: createReleaseService(deps),
    releaseSources: createReleaseSources({ ...deps, finder, sourceReader: createSourceReader() }),
    processes: createProcessService({ ...deps, nextTryAt: reconciler.nextTryAt }),
    jobs: createJobService({
      ...deps,
      jobs: jobStore,
      runs: runStore,
      running: runs,
      due: dueJobs,
      times: cronTimes,
      onChange: () => jobScheduler.wake(),
    }),
    runs: createRunService({
      ...deps,
      runs: runStore,
      running: runs,
      logs: runLogs,
      wake: sleeping.wake,
    }),
    processSettings: createProcessSettings({
      ...deps,
      deployments,
      deploymentStore: deps.deployments,
      memoryLimit,
    }),
    sleep,
    routing,
    routeSettings: createRouteSettingsService({ ...deps, apps: finder, routing }),
    ports: createPortService({
      ...deps,
      apps: finder,
      ports: portStore,
      publisher,
      node: given.agent.ports,
      wake: async (appId) => {
        await sleeping.wake(appId)
      },
    }),
    portPublisher: publisher,
    states,
    queue,
    watches,
    drains,
    reconciler,
    oldImages,
    ledger,
    diskRoom,
    /** What is done every hour, by name. */
    hourlyTasks,

    /** For createRemovePushLeftovers: whether a source's deployment has not ended, or still has a use for it. */
    isSourceUnderWay: (sourceId: string): boolean =>
      deps.deployments
        .listInStatesForPlatform(['queued', ...UNDER_WAY])
        .some((deployment) => deployment.sourceId === sourceId),
    isSourceNamed: (sourceId: string): boolean =>
      deps.deployments.listWantedSourcesForPlatform().includes(sourceId),

    /** First what a crash has left, then what waits, then what is to be looked after. */
    async start(): Promise<void> {
      meter.start()
      cutOff.start()
      engineStarts.start()
      runs.recordInterrupted()
      await resumeAfterRestart({ ...deps, logs, routing, watches, drains })
      queue.start()
      reconciler.start()
      idleApps.start()
      housekeeping.start()
      volumeService
        .finishPurges()
        .catch((error: unknown) => given.onProblem('finishing to purge volumes', error))
      for (const { id } of deps.apps.listForPlatform()) jobsOfSource(id)
      jobScheduler.start()
      minutely.start()
    },

    /** Lets go: what is under way stays in the rows, and the next start goes on. */
    async stop(): Promise<void> {
      await jobScheduler.stop()
      await Promise.all([idleApps.stop(), sleeping.stop()])
      await Promise.all([
        reconciler.stop(),
        housekeeping.stop(),
        minutely.stop(),
        queue.stop(),
        watches.stop(),
      ])
      // After the deployments: their release commands end with them.
      await runs.interruptAll()
      meter.stop()
      cutOff.stop()
      engineStarts.stop()
      logs.flushAll()
      runLogs.flushAll()
    },
  }
}
export type DeploymentParts = ReturnType<typeof composeDeployments>
