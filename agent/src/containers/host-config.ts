import type { StartInstances } from '@vastrox/shared/agent-api.ts'
import { envOfCommand, wrapCommand } from '#agent/containers/command.ts'
import type { VolumeMount } from '#agent/volumes/volume-folders.ts'

/**
 * Kept of the engine's default set, everything else is dropped. NET_BIND_SERVICE: ports below 1024.
 * The others are what images need that begin as root and then step down (nginx, php-fpm, databases):
 * CHOWN, DAC_OVERRIDE to prepare their directories, SETUID, SETGID to step down, and KILL, without
 * which the init of such a container may not pass SIGTERM on to its child (docs/decisions/0012).
 */
const KEPT_CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'KILL',
  'NET_BIND_SERVICE',
  'SETGID',
  'SETUID',
] as const

const PIDS_LIMIT = 512
/** Apps go before anything of the platform when the machine itself runs out of memory. */
const OOM_SCORE_ADJ = 300

interface Place {
  network: string
  address: string
  /** Named volumes of the app's own; nothing else is ever mounted. */
  mounts?: readonly VolumeMount[]
  /** What the engine can grant: min(65536, its hard limit). */
  nofile: number
}

/** The HostConfig of everything that runs users' code (rules.md, section 7). Pure, compared whole in a test. */
export const hostConfig = (
  limits: StartInstances['limits'],
  { network, nofile, mounts = [] }: Place,
) => ({
  NetworkMode: network,
  CapDrop: ['ALL'],
  CapAdd: [...KEPT_CAPABILITIES],
  SecurityOpt: ['no-new-privileges'],
  Privileged: false,
  Init: true,
  PidsLimit: PIDS_LIMIT,
  Memory: limits.memoryBytes,
  MemorySwap: limits.memoryBytes,
  ...(limits.cpuMillis === 0 ? {} : { NanoCpus: limits.cpuMillis * 1_000_000 }),
  Ulimits: [{ Name: 'nofile', Soft: nofile, Hard: nofile }],
  OomScoreAdj: OOM_SCORE_ADJ,
  IpcMode: 'private',
  RestartPolicy: { Name: 'no' },
  ...(mounts.length === 0 ? {} : { Mounts: mounts }),
  LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
})

interface Shape {
  imageId: string
  command: string | null
  env: Record<string, string>
  limits: StartInstances['limits']
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
  HostConfig: hostConfig(shape.limits, place),
  NetworkingConfig: {
    EndpointsConfig: { [place.network]: { IPAMConfig: { IPv4Address: place.address } } },
  },
})
