import { buffer } from 'node:stream/consumers'
import type {
  BuildImage,
  Listener,
  ObservedInstance,
  PullImage,
  RunOnce,
  StackImages,
  StartInstances,
  WatchEvent,
} from '@vastrox/shared/agent-api.ts'
import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { CodedError, type ErrorCode } from '@vastrox/shared/errors.ts'
import { parseImageReference } from '@vastrox/shared/image-reference.ts'
import { instanceName } from '@vastrox/shared/instance-name.ts'
import type { HttpProbe } from '#ports/http-probe.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import { createFakeDisk } from '#test/fakes/disk.ts'
import { createFakeExposure } from '#test/fakes/exposure.ts'
import { createFakeFirewall } from '#test/fakes/firewall.ts'
import { createFakeNodeAddons } from '#test/fakes/node-addons.ts'
import { createFakeNodeBackups } from '#test/fakes/node-backups.ts'
import { createFakeNodeMetrics } from '#test/fakes/node-metrics.ts'
import { createFakePlatformLog } from '#test/fakes/platform-log.ts'
import { createFakePorts } from '#test/fakes/ports.ts'
import { createFakeSession, type FakeSession } from '#test/fakes/session.ts'

/** What an instance does once it runs. */
export interface Behaviour {
  /** Where it listens; by default on the port of its env, on all addresses. */
  listens?: readonly Listener[]
  /** Status of its answers, by path. */
  answers?: (path: string) => number
  /** Exits at once. */
  exitCode?: number
  oomKilled?: boolean
  logs?: readonly string[]
}

interface Container {
  spec: StartInstances
  seen: ObservedInstance
  behaviour: Behaviour
  isKept: boolean
}

type Build = BuildImage & { files: Buffer }

const INSTALLATION = 'a1b2c3'
const STACK_IMAGES: StackImages = {
  images: [
    {
      stack: 'node',
      version: '26',
      title: 'Node.js',
      isDefault: true,
      needsRegistry: false,
      prepared: {
        suite: 'trixie',
        preparedAt: '2026-11-20T12:00:00.000Z',
        sizeBytes: 207_000_000,
        buildSizeBytes: 695_000_000,
        origin: 'distribution',
        digest: null,
        isOutdated: false,
      },
    },
    {
      stack: 'php',
      version: '8.4',
      title: 'PHP',
      isDefault: true,
      needsRegistry: false,
      prepared: null,
    },
  ],
  bases: [
    {
      suite: 'trixie',
      preparedAt: '2026-11-20T11:59:00.000Z',
      sizeBytes: 80_600_000,
      origin: 'distribution',
      digest: null,
    },
  ],
}

/**
 * A node in memory: an engine whose containers do what a test says. It outlives the daemons that
 * speak to it: each harness dials it anew.
 */
export function createFakeNode() {
  const containers = new Map<string, Container>()
  const images = new Map<string, { appId: string; buildId: string; sizeBytes: number }>()
  const builds: Build[] = []
  const ran: RunOnce[] = []
  /** Volumes that have been made, by id: whose they are. */
  const volumes = new Map<string, string>()
  const calls: string[] = []
  const watchers = new Set<(event: WatchEvent) => void>()
  let addresses = 1

  const node = {
    installation: INSTALLATION,
    containers,
    images,
    builds,
    ran,
    volumes,
    /** Verbs in the order they were asked for, with what they were about. */
    calls,
    /** What an instance that is started now will do. */
    behave: (_spec: StartInstances): Behaviour => ({}),
    /** Set: the next builds fail so. */
    buildFailure: undefined as CodedError | undefined,
    /** Set: builds wait for it. */
    buildGate: undefined as Promise<void> | undefined,
    /** What a build does besides. */
    build: async (_build: Build): Promise<void> => {},
    /** What a start waits for. */
    starting: async (_spec: StartInstances): Promise<void> => {},
    /** What a wake waits for. */
    waking: async (_names: readonly string[]): Promise<void> => {},
    keepFailure: undefined as CodedError | undefined,
    releaseCommandExit: 0,
    /** What a command that is run once does. */
    run: (_spec: RunOnce): { exitCode: number; output: string } | undefined => undefined,
    /** What a registry has: digest of each reference. A test moves a tag by setting it anew. */
    registry: new Map<string, string>(),
    /** What was fetched from it, with which credentials. */
    pulled: [] as PullImage[],
    stackImages: STACK_IMAGES,
    firewall: createFakeFirewall(),
    exposure: createFakeExposure(),
    disk: createFakeDisk(),
    /** With how much is free on each; none: there is room. */
    disks: [] as NodeDisk[],
    ports: createFakePorts(),
    addons: createFakeNodeAddons(),
    backups: createFakeNodeBackups(() => new Date()),
    metrics: createFakeNodeMetrics(),
    platformLog: createFakePlatformLog(),
    /** What config.json was told, oldest first. */
    written: [] as { baseDomain: string; formerDomains: string[] }[],
    /** Those that were opened, oldest first. */
    sessions: [] as FakeSession[],
    /** Set: commands that are run once wait for it, or for their signal. */
    runGate: undefined as Promise<void> | undefined,
    /** Set: every call fails so. */
    away: undefined as ErrorCode | undefined,

    running: (): string[] =>
      [...containers.values()]
        .filter(({ seen }) => seen.status === 'running')
        .map(({ seen }) => seen.name)
        .toSorted(),

    /** The instance ends by itself; one that is kept is restarted by the engine. */
    crash(name: string, exitCode = 1): void {
      const container = mustFind(name)
      container.seen = container.isKept
        ? { ...container.seen, restarts: container.seen.restarts + 1, exitCode }
        : { ...container.seen, status: 'exited', exitCode }
      emit({ type: 'instance', name, action: 'die', exitCode })
    },

    /** The engine loses it, as after a purge by hand. */
    lose(name: string): void {
      containers.delete(name)
      emit({ type: 'instance', name, action: 'destroy', exitCode: null })
    },

    emit,
    agent: createAgent,
    probe: createProbe(),
  }

  function emit(event: WatchEvent): void {
    for (const watcher of watchers) watcher(event)
  }

  function mustFind(name: string): Container {
    const container = containers.get(name)
    if (!container) throw new CodedError('INSTANCE_NOT_FOUND', { name })
    return container
  }

  function call(verb: string, about = ''): void {
    if (node.away) throw new CodedError(node.away)
    calls.push(`${verb} ${about}`.trim())
  }

  function digestOf(reference: string): string {
    const parsed = parseImageReference(reference)
    if (parsed === undefined) throw new CodedError('IMAGE_REFERENCE_INVALID', { reference })
    const known = [...node.registry.values()]
    const digest = parsed.digest ?? node.registry.get(reference)
    if (digest === undefined || !known.includes(digest))
      throw new CodedError('IMAGE_NOT_FOUND', { reference })
    return digest
  }

  function start(spec: StartInstances, ordinal: number) {
    const { appId, appName, process, generation } = spec
    const name = instanceName({
      installation: INSTALLATION,
      appId,
      appName,
      process,
      generation,
      ordinal,
    })
    const existing = containers.get(name)
    const behaviour = node.behave(spec)
    const isUp = behaviour.exitCode === undefined
    addresses += existing ? 0 : 1
    const host = existing?.seen.host ?? `10.128.0.${addresses}`
    containers.set(name, {
      spec,
      behaviour,
      isKept: existing?.isKept ?? false,
      seen: {
        name,
        appId,
        releaseId: spec.releaseId,
        releaseNumber: spec.releaseNumber,
        process,
        ordinal,
        generation,
        node: 'local',
        host,
        status: isUp ? 'running' : 'exited',
        exitCode: behaviour.exitCode ?? null,
        oomKilled: behaviour.oomKilled ?? false,
        restarts: existing?.seen.restarts ?? 0,
        startedAt: null,
      },
    })
    if (!isUp) emit({ type: 'instance', name, action: 'die', exitCode: behaviour.exitCode ?? null })
    return { name, ordinal, node: 'local', host }
  }

  function listenersOf({ spec, behaviour, seen }: Container): readonly Listener[] {
    if (seen.status !== 'running') return []
    return behaviour.listens ?? [{ address: '0.0.0.0', port: Number(spec.env['PORT']) }]
  }

  /** What is not there is made only where it is new. */
  function give({ appId, volumes: mounts = [] }: Pick<StartInstances, 'appId' | 'volumes'>): void {
    for (const { volumeId, isNew } of mounts) {
      const owner = volumes.get(volumeId)
      if (owner === undefined && !isNew) throw new CodedError('VOLUME_DATA_MISSING', { volumeId })
      if (owner !== undefined && owner !== appId)
        throw new CodedError('VOLUME_NOT_FOUND', { volumeId })
      volumes.set(volumeId, appId)
    }
  }

  /** One daemon's connection; `isDead` says when that daemon is no more. */
  function createAgent(isDead: () => boolean = () => false): NodeAgent {
    const alive = async (verb: string, about = ''): Promise<void> => {
      if (isDead()) await new Promise<never>(() => {})
      call(verb, about)
    }
    return {
      firewall: node.firewall.agent(alive),
      exposure: node.exposure.agent(alive),
      disk: node.disk.agent(alive),
      ports: node.ports.agent(alive),
      addons: node.addons.agent(alive),
      backups: node.backups.node,
      metrics: node.metrics.agent(alive),
      platformLog: node.platformLog.agent(alive),
      async setBaseDomain(baseDomain, formerDomains) {
        await alive('set-base-domain', baseDomain)
        node.written.push({ baseDomain, formerDomains: [...formerDomains] })
      },
      async describe() {
        await alive('describe-node')
        return {
          node: 'local',
          agentVersion: '0',
          engine: null,
          cpus: 2,
          memoryBytes: 2 ** 32,
          memoryAvailableBytes: 2 ** 31,
          diskBytes: 2 ** 36,
          diskAvailableBytes: 2 ** 35,
          disks: node.disks,
          loadAverage: 0,
        }
      },
      async startInstances(spec) {
        await alive('start', `${spec.appName} ${spec.process} g${spec.generation}`)
        await node.starting(spec)
        if (!images.has(spec.imageId)) throw new CodedError('IMAGE_NOT_FOUND')
        give(spec)
        return spec.ordinals.map((ordinal) => start(spec, ordinal))
      },
      async keepInstances(names) {
        await alive('keep', names.join(' '))
        if (node.keepFailure) throw node.keepFailure
        for (const name of names) mustFind(name).isKept = true
      },
      async stopInstances(names, graceMs) {
        await alive('stop', `${names.join(' ')} ${graceMs}`)
        for (const name of names) containers.delete(name)
      },
      async sleepInstances(names, graceMs) {
        await alive('sleep', `${names.join(' ')} ${graceMs}`)
        for (const name of names) {
          const container = containers.get(name)
          if (!container) continue
          container.isKept = false
          container.seen = { ...container.seen, status: 'exited', exitCode: 0 }
          emit({ type: 'instance', name, action: 'die', exitCode: 0 })
        }
      },
      async wakeInstances(names) {
        await alive('wake', names.join(' '))
        await node.waking(names)
        return names.filter((name) => {
          const container = containers.get(name)
          if (container) start(container.spec, container.seen.ordinal)
          return container === undefined
        })
      },
      async listInstances() {
        await alive('list-instances')
        return [...containers.values()].map(({ seen }) => ({ ...seen }))
      },
      async listListeners(name) {
        await alive('list-listeners', name)
        const container = containers.get(name)
        return container ? [...listenersOf(container)] : []
      },
      async measureInstances() {
        await alive('measure-instances')
        return [...containers.keys()].map((name) => ({
          name,
          memoryBytes: 2 ** 25,
          cpuUsec: 1_000,
        }))
      },
      async listImages() {
        await alive('list-images')
        return [...images].map(([imageId, image]) => ({ imageId, ...image }))
      },
      async removeImages(imageIds) {
        await alive('remove-images', imageIds.join(' '))
        return imageIds.filter((imageId) => images.delete(imageId))
      },
      async removeApp(appId) {
        await alive('remove-app', appId)
        for (const [name, { seen }] of containers) if (seen.appId === appId) containers.delete(name)
      },
      async measureVolumes(volumeIds) {
        await alive('measure-volumes', volumeIds.join(' '))
        return new Map(volumeIds.filter((id) => volumes.has(id)).map((id) => [id, 4_096]))
      },
      async removeVolume(appId, volumeId) {
        await alive('remove-volume', volumeId)
        if (!volumes.has(volumeId)) return
        if (volumes.get(volumeId) !== appId) throw new CodedError('VOLUME_NOT_FOUND')
        const isUsed = [...containers.values()].some(({ spec }) =>
          spec.volumes?.some((volume) => volume.volumeId === volumeId),
        )
        if (isUsed) throw new CodedError('VOLUME_IN_USE')
        volumes.delete(volumeId)
      },
      async prepareImage({ stack, version }, onOutput) {
        await alive('prepare-image', `${stack} ${version}`)
        onOutput('')
        return {
          type: 'done',
          runtimeImage: `vastrox/${stack}:${version}`,
          buildImage: `vastrox/${stack}-build:${version}`,
          prepared: false,
        }
      },
      async listStackImages() {
        await alive('list-stack-images')
        return node.stackImages
      },
      async refreshStackImages(onOutput, signal) {
        await alive('refresh-stack-images')
        signal.throwIfAborted()
        onOutput('Debian trixie is made anew\n')
        return { type: 'done', checked: node.stackImages.bases.length, madeAnew: [], failed: [] }
      },
      async describeImageTag(reference) {
        await alive('describe-image-tag', reference)
        return { reference, digest: digestOf(reference) }
      },
      async pullImage(spec, onOutput, signal) {
        await alive('pull', spec.reference)
        signal.throwIfAborted()
        const digest = digestOf(spec.reference)
        node.pulled.push(spec)
        onOutput(`Fetching ${spec.reference}\n`)
        const imageId = `sha256:${String(builds.length + node.pulled.length).padStart(64, '0')}`
        images.set(imageId, { appId: spec.appId, buildId: spec.buildId, sizeBytes: 42_000_000 })
        const { reference } = spec
        return { type: 'done', reference, digest, imageId, sizeBytes: 42_000_000, port: null }
      },
      async buildImage(spec, source, onEvent, signal) {
        await alive('build', spec.appName)
        const build = { ...spec, files: await buffer(source) }
        builds.push(build)
        onEvent({ type: 'step', name: 'RUN npm ci', cached: false })
        onEvent({ type: 'output', text: 'added 65 packages\n' })
        await Promise.race([Promise.all([node.buildGate, node.build(build)]), aborted(signal)])
        if (isDead()) await new Promise<never>(() => {})
        if (signal.aborted) throw new CodedError('BUILD_CANCELLED')
        if (node.buildFailure) throw node.buildFailure
        const imageId = `sha256:${String(builds.length + node.pulled.length).padStart(64, '0')}`
        images.set(imageId, { appId: spec.appId, buildId: spec.buildId, sizeBytes: 42_000_000 })
        return { type: 'done', imageId, sizeBytes: 42_000_000 }
      },
      async runOnce(spec, onOutput, signal) {
        await alive('run-once', spec.command)
        ran.push(spec)
        give(spec)
        await Promise.race([node.runGate, aborted(signal)])
        if (isDead()) await new Promise<never>(() => {})
        if (signal.aborted) throw new CodedError('AGENT_UNREACHABLE')
        const result = node.run(spec) ?? { exitCode: node.releaseCommandExit, output: 'migrated\n' }
        onOutput({ type: 'output', stream: 'stdout', text: result.output })
        return { type: 'done', exitCode: result.exitCode, oomKilled: false }
      },
      async openRun(spec, signal) {
        await alive('open-run', spec.command)
        if (!images.has(spec.imageId)) throw new CodedError('IMAGE_NOT_FOUND')
        const opened = createFakeSession(spec, signal)
        node.sessions.push(opened)
        return opened.session
      },
      async openExec(spec, signal) {
        await alive('open-exec', `${spec.name} ${spec.command}`)
        mustFind(spec.name)
        const opened = createFakeSession(spec, signal)
        node.sessions.push(opened)
        return opened.session
      },
      async *readLogs({ name, tail }) {
        await alive('read-logs', name)
        if (!containers.has(name)) throw new CodedError('INSTANCE_NOT_FOUND', { name })
        const lines = containers.get(name)?.behaviour.logs ?? []
        for (const text of lines.slice(tail === null ? 0 : -tail))
          yield { type: 'line', at: '2026-11-22T12:00:00.000000000Z', stream: 'stderr', text }
      },
      async *watch(signal) {
        const events: WatchEvent[] = []
        let wake: () => void = () => {}
        const watcher = (event: WatchEvent): void => {
          events.push(event)
          wake()
        }
        watchers.add(watcher)
        try {
          while (!signal.aborted) {
            const event = events.shift()
            if (event) yield event
            else
              await Promise.race([
                new Promise<void>((resolve) => {
                  wake = resolve
                }),
                aborted(signal),
              ])
          }
        } finally {
          watchers.delete(watcher)
        }
      },
    }
  }

  function createProbe(): HttpProbe {
    return {
      async get({ host, port, path }) {
        const container = [...containers.values()].find(({ seen }) => seen.host === host)
        const isOpen =
          container !== undefined &&
          listenersOf(container).some(
            (listener) => listener.port === port && listener.address !== '127.0.0.1',
          )
        if (!isOpen) return { kind: 'refused' }
        return { kind: 'answered', status: container.behaviour.answers?.(path) ?? 200 }
      },
    }
  }

  return node
}
export type FakeNode = ReturnType<typeof createFakeNode>

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}
