import type { StartInstances } from '@vastrox/shared/agent-api.ts'
import { DEFAULT_ISOLATION, type Isolation } from '@vastrox/shared/isolation.ts'
import { envOfCommand, wrapCommand } from '#agent/containers/command.ts'
import {
  CPU_SHARES,
  KEPT_CAPABILITIES,
  LOG_CONFIG,
  NO_CORES,
  OOM_SCORE_ADJ,
  PIDS_LIMIT,
  RESERVED_PART,
  SEALED,
  TMPFS_OPTIONS,
  WRITABLE,
} from '#agent/containers/isolation.ts'
import type { VolumeMount } from '#agent/volumes/volume-folders.ts'

interface Place {
  network: string
  address: string
  /** Named volumes of the app's own; nothing else is ever mounted. */
  mounts?: readonly VolumeMount[]
  /** What the engine can grant: min(65536, its hard limit). */
  nofile: number
  /** The engine's own profiles that it can be held to by name. */
  profiles?: readonly string[]
  /** Of the directories in memory of a read-only container; root where it is left out. */
  owner?: { uid: number; gid: number } | undefined
}

/** The HostConfig of everything that runs users' code (rules.md, section 7). Pure, compared whole in a test. */
export const hostConfig = (
  limits: StartInstances['limits'],
  { network, nofile, mounts = [], profiles = [], owner }: Place,
  isolation: Isolation = DEFAULT_ISOLATION,
) => ({
  ...SEALED,
  NetworkMode: network,
  CapDrop: ['ALL'],
  CapAdd: [...KEPT_CAPABILITIES[isolation.profile]],
  SecurityOpt: ['no-new-privileges', ...profiles],
  ...rootOf(isolation, mounts, owner),
  PidsLimit: PIDS_LIMIT,
  Memory: limits.memoryBytes,
  MemorySwap: limits.memoryBytes,
  MemoryReservation: Math.floor(limits.memoryBytes * RESERVED_PART),
  CpuShares: CPU_SHARES,
  ...(limits.cpuMillis === 0 ? {} : { NanoCpus: limits.cpuMillis * 1_000_000 }),
  Ulimits: [{ Name: 'nofile', Soft: nofile, Hard: nofile }, NO_CORES],
  OomScoreAdj: OOM_SCORE_ADJ,
  RestartPolicy: { Name: 'no' },
  ...(mounts.length === 0 ? {} : { Mounts: mounts }),
  LogConfig: LOG_CONFIG,
})

export const isReadOnly = ({ profile, readOnlyRoot }: Isolation): boolean =>
  readOnlyRoot || profile === 'strict'

/** A volume of the app's own takes the place of a directory in memory. */
function rootOf(isolation: Isolation, mounts: readonly VolumeMount[], owner: Place['owner']) {
  if (!isReadOnly(isolation)) return { ReadonlyRootfs: false }
  const options = owner ? `${TMPFS_OPTIONS},uid=${owner.uid},gid=${owner.gid}` : TMPFS_OPTIONS
  const taken = new Set(mounts.map(({ Target }) => Target.replace(/(?<=.)\/+$/, '')))
  const writable = WRITABLE.filter((path) => !taken.has(path))
  return {
    ReadonlyRootfs: true,
    Tmpfs: Object.fromEntries(writable.map((path) => [path, options])),
  }
}

interface Shape {
  imageId: string
  command: string | null
  env: Record<string, string>
  limits: StartInstances['limits']
  isolation?: Isolation | undefined
  stopGraceMs: number
  hostname: string
  labels: Record<string, string>
}

/** The whole body of a create. Publishes no port, mounts volumes of the app's only. */
export const containerSpec = (shape: Shape, place: Place) => ({
  Image: shape.imageId,
  Hostname: shape.hostname,
  /** One empty string resets the image's entry point, so that the command stands alone. */
  ...(shape.command === null ? {} : { Entrypoint: [''], Cmd: wrapCommand(shape.command) }),
  Env: Object.entries({
    ...(shape.command === null ? {} : envOfCommand(shape.command)),
    ...shape.env,
  }).map(([key, value]) => `${key}=${value}`),
  Labels: shape.labels,
  StopTimeout: Math.ceil(shape.stopGraceMs / 1000),
  HostConfig: hostConfig(shape.limits, place, shape.isolation),
  NetworkingConfig: {
    EndpointsConfig: { [place.network]: { IPAMConfig: { IPv4Address: place.address } } },
  },
})
