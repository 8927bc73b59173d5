import type {
  AgentInput,
  AgentOutput,
  BuildImage,
  BuildImageEvent,
  Listener,
  ObservedInstance,
  OpenExec,
  OpenRun,
  PrepareImageEvent,
  PullImage,
  PullImageEvent,
  ReadLogsEvent,
  RunOnce,
  RunOnceEvent,
  RefreshStackImagesEvent,
  PreparedImage,
  RegistryCredentials,
  StackImages,
  StartedInstance,
  StartInstances,
  WatchEvent,
} from '@vastrox/shared/agent-api.ts'
import type { Readable } from 'node:stream'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { NodeMetrics } from '#ports/node-metrics.ts'
import type { NodePlatformLog } from '#ports/node-platform-log.ts'
import type { NodeDiskUse } from '#ports/node-disk.ts'
import type { NodeExposure } from '#ports/node-exposure.ts'
import type { NodeFirewall } from '#ports/node-firewall.ts'
import type { NodePorts } from '#ports/node-ports.ts'
import type { Session } from '#ports/session.ts'

/**
 * A node's hands. Every call may reject with AGENT_UNREACHABLE, ENGINE_UNREACHABLE or FENCED besides
 * what it says; every call ends within its own timeout. Verbs are idempotent by name (rule K2).
 * The contracts of the verbs stand at shared/src/agent-api.ts.
 */
export interface NodeAgent {
  describe(): Promise<AgentOutput<'describe-node'>>
  /** All or nothing. */
  startInstances(spec: StartInstances): Promise<StartedInstance[]>
  keepInstances(names: readonly string[]): Promise<void>
  stopInstances(names: readonly string[], graceMs: number): Promise<void>
  /** Stopped but kept: nobody starts them again but wakeInstances. */
  sleepInstances(names: readonly string[], graceMs: number): Promise<void>
  /** Starts what sleeps; gives the names of those that are gone. */
  wakeInstances(names: readonly string[]): Promise<string[]>
  listInstances(): Promise<ObservedInstance[]>
  listListeners(name: string): Promise<Listener[]>
  measureInstances(): Promise<AgentOutput<'measure-instances'>['instances']>
  listImages(): Promise<AgentOutput<'list-images'>['images']>
  removeImages(imageIds: readonly string[]): Promise<string[]>
  removeApp(appId: string): Promise<void>
  /** By id; one that has not been made yet, or takes too long to measure, is left out. */
  measureVolumes(volumeIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** With its data. Throws VOLUME_IN_USE, and VOLUME_NOT_FOUND for another app's. */
  removeVolume(appId: string, volumeId: string): Promise<void>
  /** Makes the runtime image when it is missing. Throws IMAGE_PREPARE_FAILED. */
  prepareImage(
    input: PreparedImage,
    onOutput: (text: string) => void,
    signal: AbortSignal,
  ): Promise<Extract<PrepareImageEvent, { type: 'done' }>>
  /** Which prepared images can be had, and which are there. */
  listStackImages(): Promise<StackImages>
  /** Makes every prepared image anew that has security updates; takes minutes. */
  refreshStackImages(
    onOutput: (text: string) => void,
    signal: AbortSignal,
  ): Promise<Extract<RefreshStackImagesEvent, { type: 'done' }>>
  /** Fetches somebody else's image for an app. Throws IMAGE_REFERENCE_…, IMAGE_NOT_FOUND, IMAGE_PULL_FAILED. */
  pullImage(
    spec: PullImage,
    onOutput: (text: string) => void,
    signal: AbortSignal,
  ): Promise<Extract<PullImageEvent, { type: 'done' }>>
  /** What a tag means now, by the registry's word. Throws as pullImage does. */
  describeImageTag(
    reference: string,
    credentials: RegistryCredentials | null,
  ): Promise<AgentOutput<'describe-image-tag'>>
  /**
   * Builds `source` (a tar that holds the Dockerfile). Aborting kills the build. Throws BUILD_FAILED,
   * BUILD_OUT_OF_MEMORY, BUILD_TIMED_OUT or BUILD_CANCELLED with a `reason`.
   */
  buildImage(
    spec: BuildImage,
    source: Readable,
    onEvent: (event: Extract<BuildImageEvent, { type: 'step' | 'output' }>) => void,
    signal: AbortSignal,
  ): Promise<Extract<BuildImageEvent, { type: 'done' }>>
  runOnce(
    spec: RunOnce,
    onOutput: (event: Extract<RunOnceEvent, { type: 'output' }>) => void,
    signal: AbortSignal,
  ): Promise<Extract<RunOnceEvent, { type: 'done' }>>
  /**
   * A command in a container of its own that somebody works with. Resolves once it runs; aborting ends
   * it and removes the container.
   */
  openRun(spec: OpenRun, signal: AbortSignal): Promise<Session>
  /** The same inside a running instance. Throws INSTANCE_NOT_FOUND where it does not run. */
  openExec(spec: OpenExec, signal: AbortSignal): Promise<Session>
  /** Ends when the instance has been removed (with `follow`) or at the last line. */
  readLogs(
    input: {
      name: string
      since: string | null
      tail: number | null
      follow: boolean
      /** Of its app: what is more is dropped, and counted on the next line. */
      linesPerSecond?: number
    },
    signal: AbortSignal,
  ): AsyncIterable<Extract<ReadLogsEvent, { type: 'line' }>>
  /** What may pass on this node. */
  firewall: NodeFirewall
  /** What apps take of this node's disk, and may take. */
  disk: NodeDiskUse
  /** What is reachable on this node, and how it is kept. */
  exposure: NodeExposure
  /** Databases that the platform runs on this node. */
  addons: NodeAddons
  /** Raw TCP and UDP ports of this node that lead to instances. */
  ports: NodePorts
  /** Backups of what is on this node. */
  backups: NodeBackups
  metrics: NodeMetrics
  /** What our own processes print. */
  platformLog: NodePlatformLog
  /** Writes the base domain, and those from before, into config.json. */
  setBaseDomain(baseDomain: string, formerDomains: readonly string[]): Promise<void>
  /** Ends when the connection does; the caller dials again. */
  watch(signal: AbortSignal): AsyncIterable<WatchEvent>
}

export type { AgentInput, AgentOutput }
