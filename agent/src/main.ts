import { chmod, chown, mkdir, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { SAMPLE_EVERY_MS } from '@vastrox/shared/agent-api-metrics.ts'
import { announceReady } from '@vastrox/shared/node/announce-ready.ts'
import { armCrashPoint } from '@vastrox/shared/node/crash-point.ts'
import { trimMemoryWhenIdle } from '@vastrox/shared/node/trim-memory.ts'
import { addonsLoader, linkAddons, settleAddons } from '#agent/addons/load-addons.ts'
import { clearAfterDeath } from '#agent/backups/after-death.ts'
import { thawAfterDeath } from '#agent/backups/pause.ts'
import { backupsDirOf } from '#agent/backups/private-folder.ts'
import { createRepositoryTurns } from '#agent/backups/repository-turns.ts'
import { backupSettingsFileOf } from '#agent/backups/settings.ts'
import { openBuildTimes } from '#agent/builds/build-times.ts'
import { createCacheCap } from '#agent/builds/cache-cap.ts'
import { defaultBuildMemory } from '#agent/builds/fence.ts'
import { createQueue } from '#agent/builds/queue.ts'
import { createHogWatch } from '#agent/containers/hog-watch.ts'
import { probeNofile } from '#agent/containers/nofile.ts'
import { createNotices } from '#agent/containers/notices.ts'
import { createRunningContainers } from '#agent/containers/running-containers.ts'
import { tidyAfterDeath } from '#agent/containers/tidy.ts'
import { openDiskBook } from '#agent/disk/disk-book.ts'
import { createDiskGuard } from '#agent/disk/disk-guard.ts'
import { createDiskProbes } from '#agent/disk/probes.ts'
import { rememberCgroups } from '#agent/engine/cgroups.ts'
import { createEngine } from '#agent/engine/engine.ts'
import { rememberProfiles } from '#agent/engine/security-profiles.ts'
import { markerOf, removeLeftCable } from '#agent/exposure/cable.ts'
import { createFirewall, type Firewall } from '#agent/firewall/firewall.ts'
import { createImageNames } from '#agent/images/image-names.ts'
import { createRegistryProbe } from '#agent/images/registry/probe.ts'
import { registryFileOf } from '#agent/images/registry/settings.ts'
import { openMetrics } from '#agent/metrics/open-metrics.ts'
import { createAddressBook } from '#agent/networks/address-book.ts'
import { createAppNetworks } from '#agent/networks/app-networks.ts'
import { createDiskFloor } from '#agent/node/disk-floor.ts'
import { log } from '#agent/node/log.ts'
import { readMachineMemory } from '#agent/node/memory.ts'
import { createFencing } from '#agent/server/fencing.ts'
import { createAgentServer } from '#agent/server/server.ts'
import { type AgentSettings, readSettings } from '#agent/settings.ts'
import { createStreams, createVerbs } from '#agent/verbs.ts'
import { createVolumeLocks } from '#agent/volumes/volume-locks.ts'
import { finishRemovals } from '#agent/volumes/remove-volume.ts'

const STOP_WITHIN_MS = 1_500
const BUILDS_AT_ONCE = 1

async function start(): Promise<void> {
  const settings = await readSettings(process.env)
  armCrashPoint(settings.crashAt)
  await mkdir(settings.paths.agent, { recursive: true, mode: 0o700 })
  const firewall = openFirewall(settings)
  await firewall.start()
  await removeLeftCable(markerOf(exposureDirOf(settings)), settings.config.instance)
  await mkdir(settings.paths.volumes, { recursive: true, mode: 0o700 })
  await thawAfterDeath(backupsDirOf(settings.paths.agent))
  const clearRest = await clearAfterDeath(
    backupsDirOf(settings.paths.agent),
    settings.paths.volumes,
  )
  const deps = await composeDeps(settings, firewall)
  const fencing = await createFencing(join(settings.paths.agent, 'fencing.json'))
  const server = createAgentServer({
    verbs: createVerbs(deps),
    streams: createStreams(deps),
    fencing,
  })
  await listen(server, settings)
  const startedInMs = Math.round(performance.now())
  announceReady(settings.readyFd)
  trimMemoryWhenIdle()
  log('agent.ready', { socket: settings.paths.agentSocket, startedInMs })

  const stopping = new AbortController()
  const stop = (): void => {
    stopping.abort()
    stopServer(server)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  await Promise.all([
    firewall.follow(stopping.signal),
    deps.diskGuard.run(stopping.signal),
    deps.running.follow(stopping.signal),
    createHogWatch({ containers: deps.running, cores: availableParallelism() }).run(
      stopping.signal,
    ),
    deps.metrics.sampler.run(stopping.signal),
    tidyAfterDeath(deps, stopping.signal),
    finishRemovals(deps),
    settleAddons(deps, stopping.signal),
    clearRest(),
  ])
}

const openFirewall = ({ config, paths, engineSocket }: AgentSettings): Firewall =>
  createFirewall({
    directory: join(paths.agent, 'firewall'),
    config,
    engine: createEngine(engineSocket),
    env: process.env,
  })

const exposureDirOf = ({ paths }: AgentSettings): string => join(paths.agent, 'exposure')

async function composeDeps(settings: AgentSettings, firewall: Firewall) {
  const { config, paths, dataDir, version, engineSocket } = settings
  const { instance, appNetworkRange } = config
  const engine = createEngine(engineSocket)
  const buildTimes = await openBuildTimes(join(paths.agent, 'build-times.json'))
  const cacheCap = createCacheCap({ engine, buildTimes })
  const notices = createNotices()
  const diskFloor = createDiskFloor({ engine, dataDir, cacheCap })
  const running = createRunningContainers({ engine, instance })
  const metrics = await openMetrics({
    engine,
    instance,
    running,
    diskFloor,
    dataDir,
    volumesDir: paths.volumes,
    directory: paths.agent,
    everyMs: settings.sampleEveryMs ?? SAMPLE_EVERY_MS,
  })
  const diskGuard = createDiskGuard({
    readDisks: () => diskFloor.readWritten(paths.volumes),
    book: await openDiskBook(join(paths.agent, 'disk.json')),
    notices,
    probes: createDiskProbes({ engine, instance, volumesDir: paths.volumes }),
  })
  const readMemory = () => readMachineMemory({ proc: settings.procDir })
  const { totalBytes } = await readMemory()
  const registryFile = registryFileOf(paths.agent)
  const book = await createAddressBook({
    directory: join(paths.agent, 'networks'),
    range: appNetworkRange,
    start: Number.parseInt(instance, 16) / 2 ** 24,
    now: () => new Date(),
  })
  const addonsDir = join(paths.agent, 'addons')
  const addonNetworks = createAppNetworks({
    engine,
    instance,
    book,
    onMade: () => firewall.changed(),
    isOfAddons: true,
  })
  const networks = createAppNetworks({
    engine,
    instance,
    book,
    async onMade() {
      await firewall.changed()
      await linkAddons({ addonsDir, addons })
    },
  })
  const nofile = await probeNofile()
  const profiles = rememberProfiles(engine)
  const volumeLocks = createVolumeLocks()
  const names = createImageNames()
  const addons = addonsLoader({
    engine,
    instance,
    names,
    book,
    networks,
    addonNetworks,
    nofile,
    profiles,
    volumesDir: paths.volumes,
    volumeLocks,
    notices,
    addonsDir,
    firewall,
  })
  return {
    engine,
    instance,
    dataDir,
    version,
    book,
    networks,
    addonNetworks,
    addonsDir,
    addons,
    firewall,
    exposureDir: exposureDirOf(settings),
    nofile,
    profiles,
    runs: new Set<string>(),
    cgroups: rememberCgroups(engine),
    buildTimes,
    cacheCap,
    notices,
    diskFloor,
    diskGuard,
    running,
    metrics,
    readMemory,
    buildMemoryBytes: settings.buildMemoryBytes ?? defaultBuildMemory(totalBytes),
    buildQueue: createQueue(BUILDS_AT_ONCE),
    prepareQueue: createQueue(1),
    scratch: join(paths.agent, 'scratch'),
    failedBases: new Map(),
    volumesDir: paths.volumes,
    volumeLocks,
    registryFile,
    names,
    probe: createRegistryProbe({ engine, registryFile }),
    pullQueue: createQueue(1),
    backupsDir: backupsDirOf(paths.agent),
    backupSettingsFile: backupSettingsFileOf(paths.agent),
    repositoryTurns: createRepositoryTurns(),
    underWay: new Set<string>(),
    isBehindOthers: settings.backupsBehindOthers,
    restic: settings.restic,
  }
}

/** The directory is closed to others before the socket exists in it, so there is no moment of openness. */
async function listen(server: Server, { paths, socketGid }: AgentSettings): Promise<void> {
  const directory = dirname(paths.agentSocket)
  await mkdir(paths.run, { recursive: true, mode: 0o755 })
  await mkdir(directory, { recursive: true, mode: 0o750 })
  await chown(directory, 0, socketGid)
  await chmod(directory, 0o750)
  await rm(paths.agentSocket, { force: true })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(paths.agentSocket, resolve)
  await promise
  await chown(paths.agentSocket, 0, socketGid)
  await chmod(paths.agentSocket, 0o660)
}

/** Streams end by their connection closing, which ends builds and one-off commands; instances stay. */
function stopServer(server: Server): void {
  log('agent.stopping')
  setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref()
  server.close(() => log('agent.stopped'))
  server.closeAllConnections()
}

/** A bug in one verb must not take the node's hands away from all others; it is reported by its stack. */
process.on('unhandledRejection', (error) => {
  log('agent.bug', { error: error instanceof Error ? error.stack : String(error) })
})

try {
  await start()
} catch (error) {
  log('agent.failed', { reason: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}
