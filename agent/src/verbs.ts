import { dirname } from 'node:path'
import { AGENT_STREAMS, AGENT_VERBS } from '@vastrox/shared/agent-api.ts'
import { ADDON_STREAMS, ADDON_VERBS } from '@vastrox/shared/agent-api-addons.ts'
import { EXPOSURE_VERBS } from '@vastrox/shared/agent-api-exposure.ts'
import { DISK_VERBS } from '@vastrox/shared/agent-api-disk.ts'
import { INSTALLATION_VERBS } from '@vastrox/shared/agent-api-installation.ts'
import { METRIC_STREAMS } from '@vastrox/shared/agent-api-metrics.ts'
import { PLATFORM_LOG_STREAMS } from '@vastrox/shared/agent-api-platform-log.ts'
import { pathsOf } from '@vastrox/shared/installation-paths.ts'
import { FIREWALL_VERBS } from '@vastrox/shared/agent-api-firewall.ts'
import { PORT_VERBS } from '@vastrox/shared/agent-api-ports.ts'
import { SLEEP_VERBS } from '@vastrox/shared/agent-api-sleep.ts'
import type { Addons } from '#agent/addons/addons.ts'
import type { BuildTimes } from '#agent/builds/build-times.ts'
import type { CacheCap } from '#agent/builds/cache-cap.ts'
import type { Queue } from '#agent/builds/queue.ts'
import { keepInstances } from '#agent/containers/keep-instances.ts'
import { createInstanceList } from '#agent/containers/list-instances.ts'
import { listListeners } from '#agent/containers/list-listeners.ts'
import { measureInstances } from '#agent/containers/measure-instances.ts'
import { createLineLimit } from '#agent/containers/line-limit.ts'
import { readLogs } from '#agent/containers/read-logs.ts'
import { removeApp } from '#agent/containers/remove-app.ts'
import { runOnce } from '#agent/containers/run-once.ts'
import { sleepInstances, wakeInstances } from '#agent/containers/sleep-instances.ts'
import { startInstances } from '#agent/containers/start-instances.ts'
import { stopInstances } from '#agent/containers/stop-instances.ts'
import { watch } from '#agent/containers/watch.ts'
import type { DiskGuard } from '#agent/disk/disk-guard.ts'
import type { CreateMeasureDisk } from '#agent/disk/measure-disk.ts'
import type { Notices } from '#agent/containers/notices.ts'
import type { Firewall } from '#agent/firewall/firewall.ts'
import { listImages, removeImages } from '#agent/images/app-images.ts'
import type { FailedBases } from '#agent/images/base-image.ts'
import type { AddressBook } from '#agent/networks/address-book.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import type { RegistryProbe } from '#agent/images/registry/probe.ts'
import type { AppNetworks } from '#agent/networks/app-networks.ts'
import { describeNode } from '#agent/node/describe-node.ts'
import type { DiskFloor } from '#agent/node/disk-floor.ts'
import type { MachineMemory } from '#agent/node/memory.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { lazyBackupStreams, lazyBackupVerbs } from '#agent/backups/lazy-verbs.ts'
import { readSamples } from '#agent/metrics/read-samples.ts'
import type { SampleRing } from '#agent/metrics/sample-ring.ts'
import { measureVolumes } from '#agent/volumes/measure-volumes.ts'
import { removeVolume } from '#agent/volumes/remove-volume.ts'
import type { PortWish } from '#agent/ports/reserved-ports.ts'
import { onlyOurs } from '#agent/ports/only-ours.ts'
import { openExec } from '#agent/sessions/open-exec.ts'
import { openRun } from '#agent/sessions/open-run.ts'
import { type BoundStream, type BoundVerb, stream, verb } from '#agent/server/bind.ts'

export interface VerbDeps extends BackupDeps {
  version: string
  networks: AppNetworks
  nofile: number
  profiles: () => Promise<readonly string[]>
  runs: Set<string>
  buildQueue: Queue
  buildMemoryBytes: number
  buildTimes: BuildTimes
  cacheCap: CacheCap
  notices: Notices
  diskFloor: DiskFloor
  diskGuard: DiskGuard
  metrics: { ring: SampleRing }
  readMemory: () => Promise<MachineMemory>
  prepareQueue: Queue
  scratch: string
  failedBases: FailedBases
  registryFile: string
  names: ImageNames
  probe: RegistryProbe
  pullQueue: Queue
  firewall: Firewall
  book: AddressBook
  /** `<data>/agent/exposure` */
  exposureDir: string
  /** `<data>/agent/addons` */
  addonsDir: string
  /** Loaded when they are first needed. */
  addons: () => Promise<Addons>
}

/** Every JSON verb and who answers it. */
export function createVerbs(deps: VerbDeps): Record<string, BoundVerb> {
  const { engine, instance } = deps
  const listInstances = createInstanceList(deps)
  return {
    'describe-node': verb(AGENT_VERBS['describe-node'], () => describeNode(deps)),
    'start-instances': verb(AGENT_VERBS['start-instances'], (spec) => startInstances(deps, spec)),
    'keep-instances': verb(AGENT_VERBS['keep-instances'], (input) => keepInstances(deps, input)),
    'stop-instances': verb(AGENT_VERBS['stop-instances'], (input) => stopInstances(deps, input)),
    'sleep-instances': verb(SLEEP_VERBS['sleep-instances'], (input) => sleepInstances(deps, input)),
    'wake-instances': verb(SLEEP_VERBS['wake-instances'], (input) => wakeInstances(deps, input)),
    'list-instances': verb(AGENT_VERBS['list-instances'], () => listInstances()),
    'list-listeners': verb(AGENT_VERBS['list-listeners'], (input) => listListeners(deps, input)),
    'measure-instances': verb(AGENT_VERBS['measure-instances'], () =>
      measureInstances(engine, instance),
    ),
    'list-images': verb(AGENT_VERBS['list-images'], () => listImages(deps)),
    'remove-images': verb(AGENT_VERBS['remove-images'], (input) => removeImages(deps, input)),
    'measure-volumes': verb(AGENT_VERBS['measure-volumes'], (input) => measureVolumes(deps, input)),
    'remove-volume': verb(AGENT_VERBS['remove-volume'], (input) => removeVolume(deps, input)),
    'describe-image-tag': verb(AGENT_VERBS['describe-image-tag'], async (input) => {
      const { describeImageTag } = await import('#agent/images/pull-image.ts')
      return describeImageTag(deps, input)
    }),
    'list-stack-images': verb(AGENT_VERBS['list-stack-images'], async () => {
      const { listStackImages } = await import('#agent/images/list-stack-images.ts')
      return listStackImages(deps)
    }),
    'remove-app': verb(AGENT_VERBS['remove-app'], (input) => removeApp(deps, input)),
    'keep-allowances': verb(DISK_VERBS['keep-allowances'], async ({ allowances }) => {
      await deps.diskGuard.keepAllowances(allowances)
      return {}
    }),
    'read-disk-use': verb(DISK_VERBS['read-disk-use'], async () => ({
      apps: await deps.diskGuard.use(),
    })),
    'set-base-domain': verb(INSTALLATION_VERBS['set-base-domain'], async (input) => {
      const { setBaseDomain } = await import('#agent/node/set-base-domain.ts')
      return setBaseDomain(pathsOf(deps.dataDir).config, input)
    }),
    ...ledgerVerbs(deps),
    ...firewallVerbs(deps.firewall),
    ...portVerbs(deps),
    ...exposureVerbs(deps),
    ...addonVerbs(deps),
    ...lazyBackupVerbs(deps),
  }
}

const addonVerbs = ({ addons, ...deps }: VerbDeps): Record<string, BoundVerb> => ({
  'start-addon': verb(ADDON_VERBS['start-addon'], async (spec) => (await addons()).start(spec)),
  'stop-addon': verb(ADDON_VERBS['stop-addon'], async (input) => (await addons()).stop(input)),
  'list-addons': verb(ADDON_VERBS['list-addons'], async () => (await addons()).list()),
  'keep-addon-links': verb(ADDON_VERBS['keep-addon-links'], async ({ links }) =>
    (await addons()).keepLinks(links),
  ),
  'keep-addon-exceptions': verb(ADDON_VERBS['keep-addon-exceptions'], async ({ exceptions }) => {
    const { keepExceptions } = await import('#agent/addons/keep-exceptions.ts')
    const { checkPorts } = await import('#agent/ports/check-ports.ts')
    const taken = (wish: PortWish) => checkPorts({ ...deps, facts: deps.firewall.facts }, wish)
    const { listAddonContainers } = await import('#agent/addons/addon-containers.ts')
    const names = async () => {
      const all = await listAddonContainers(deps.engine, deps.instance)
      return new Map(all.map(({ addonId, addonName }) => [addonId, addonName] as const))
    }
    return keepExceptions({ ...deps, names, taken }, exceptions)
  }),
  'exec-addon': verb(ADDON_VERBS['exec-addon'], async (spec) => (await addons()).exec(spec)),
  'remove-addon': verb(ADDON_VERBS['remove-addon'], async (input) =>
    (await addons()).remove(input),
  ),
})
/** Asked for once a day, and by people: loaded when it is first needed. */
function ledgerVerbs(deps: VerbDeps): Record<string, BoundVerb> {
  let measure: ReturnType<CreateMeasureDisk> | undefined
  return {
    'measure-disk': verb(DISK_VERBS['measure-disk'], async () => {
      const { createMeasureDisk } = await import('#agent/disk/measure-disk.ts')
      measure ??= createMeasureDisk(deps)
      return measure()
    }),
    'remove-build-cache': verb(DISK_VERBS['remove-build-cache'], async (input) => {
      const { removeBuildCache } = await import('#agent/builds/build-cache.ts')
      return removeBuildCache(deps, input)
    }),
  }
}

const firewallVerbs = (firewall: Firewall): Record<string, BoundVerb> => ({
  'preview-firewall': verb(FIREWALL_VERBS['preview-firewall'], firewall.preview),
  'apply-firewall': verb(FIREWALL_VERBS['apply-firewall'], firewall.apply),
  'confirm-firewall': verb(FIREWALL_VERBS['confirm-firewall'], firewall.confirm),
  'revert-firewall': verb(FIREWALL_VERBS['revert-firewall'], firewall.revert),
  'read-firewall': verb(FIREWALL_VERBS['read-firewall'], firewall.read),
  'change-bans': verb(FIREWALL_VERBS['change-bans'], firewall.changeBans),
})

/** What looks at the whole machine is loaded when it is first needed. */
const portVerbs = ({ engine, instance, firewall, book }: VerbDeps): Record<string, BoundVerb> => ({
  'keep-ports': verb(PORT_VERBS['keep-ports'], async ({ ports }) => {
    await firewall.keepPorts((facts) => onlyOurs(ports, book, facts))
    return {}
  }),
  'read-ports': verb(PORT_VERBS['read-ports'], () => firewall.readPorts()),
  'check-ports': verb(PORT_VERBS['check-ports'], async (wish) => {
    const { checkPorts } = await import('#agent/ports/check-ports.ts')
    return checkPorts({ engine, instance, facts: firewall.facts }, wish)
  }),
  'read-port-sockets': verb(PORT_VERBS['read-port-sockets'], async (input) => {
    const { readPortSockets } = await import('#agent/ports/read-port-sockets.ts')
    return readPortSockets({ engine, instance }, input)
  }),
})

/** Asked by people, so what answers is loaded when it is first needed. */
function exposureVerbs(deps: VerbDeps): Record<string, BoundVerb> {
  const given = { ...deps, directory: deps.exposureDir }
  return {
    'list-exposure': verb(EXPOSURE_VERBS['list-exposure'], async () => {
      const { listExposure } = await import('#agent/exposure/exposure.ts')
      return listExposure(given)
    }),
    'test-exposure': verb(EXPOSURE_VERBS['test-exposure'], async () => {
      const { testExposure } = await import('#agent/exposure/exposure.ts')
      return testExposure(given)
    }),
    'read-host-care': verb(EXPOSURE_VERBS['read-host-care'], async () => {
      const { readHostCare } = await import('#agent/care/host-care.ts')
      const { thisMachine } = await import('#agent/care/machine.ts')
      return readHostCare({
        ...deps,
        machine: thisMachine,
        agentDir: dirname(deps.exposureDir),
        isEnforcing: async () => (await deps.firewall.known()).state.mode === 'enforce',
      })
    }),
  }
}

/** Every stream verb and who answers it. What makes images is loaded when it is first needed. */
export function createStreams(deps: VerbDeps): Record<string, BoundStream> {
  const lineLimit = createLineLimit()
  return {
    'prepare-image': stream(AGENT_STREAMS['prepare-image'], async (input, call) => {
      const { prepareImage } = await import('#agent/images/prepare-image.ts')
      await deps.buildTimes.during(() => prepareImage(deps, input, call))
    }),
    'refresh-stack-images': stream(AGENT_STREAMS['refresh-stack-images'], async (_input, call) => {
      const { refreshStackImages } = await import('#agent/images/refresh-images.ts')
      await deps.buildTimes.during(() => refreshStackImages(deps, call))
    }),
    'build-image': stream(AGENT_STREAMS['build-image'], async (spec, call) => {
      const { buildImage } = await import('#agent/builds/build-image.ts')
      await buildImage(deps, spec, call)
    }),
    'pull-image': stream(AGENT_STREAMS['pull-image'], async (spec, call) => {
      const { pullImage } = await import('#agent/images/pull-image.ts')
      await deps.buildTimes.during(() => pullImage(deps, spec, call))
    }),
    'run-once': stream(AGENT_STREAMS['run-once'], (spec, call) => runOnce(deps, spec, call)),
    'open-run': stream(AGENT_STREAMS['open-run'], (spec, call) => openRun(deps, spec, call)),
    'open-exec': stream(AGENT_STREAMS['open-exec'], (spec, call) => openExec(deps, spec, call)),
    'read-logs': stream(AGENT_STREAMS['read-logs'], (input, call) =>
      readLogs({ ...deps, lineLimit }, input, call),
    ),
    'pull-addon-image': stream(ADDON_STREAMS['pull-addon-image'], async (spec, call) => {
      const { pullAddonImage } = await import('#agent/addons/pull-addon-image.ts')
      await deps.buildTimes.during(() => pullAddonImage(deps, spec, call))
    }),
    'open-addon-exec': stream(ADDON_STREAMS['open-addon-exec'], async (spec, call) =>
      (await deps.addons()).openExec(spec, call),
    ),
    'read-addon-logs': stream(ADDON_STREAMS['read-addon-logs'], async (input, call) =>
      (await deps.addons()).readLogs(input, call),
    ),
    'read-samples': stream(METRIC_STREAMS['read-samples'], (input, call) =>
      readSamples(deps.metrics.ring, input, call),
    ),
    'read-platform-log': stream(PLATFORM_LOG_STREAMS['read-platform-log'], async (input, call) => {
      const { readPlatformLog } = await import('#agent/node/platform-log.ts')
      await readPlatformLog({ directory: pathsOf(deps.dataDir).processLogs }, input, call)
    }),
    watch: stream(AGENT_STREAMS.watch, (_input, call) => watch(deps, call)),
    ...lazyBackupStreams(deps),
  }
}
