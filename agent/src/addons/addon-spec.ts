import type { StartAddon } from '@vastrox/shared/agent-api-addons.ts'
import type { z } from 'zod'
import { hostConfig } from '#agent/containers/host-config.ts'
import { LABEL } from '#agent/containers/labels.ts'
import type { VolumeMount } from '#agent/volumes/volume-folders.ts'

/** Each connection of PostgreSQL is a process. */
const PIDS_LIMIT = 2_048
/** Apps go before their databases when the machine itself runs out of memory. */
const OOM_SCORE_ADJ = 150
/** Of its memory, for what parallel queries hand to each other. */
const SHM_PART = 0.25
const LEAST_SHM_BYTES = 64 * 2 ** 20

interface Place {
  instance: string
  network: string
  address: string
  mounts: readonly VolumeMount[]
  nofile: number
  profiles: readonly string[]
  imageId: string
  /** Made by a recipe of ours: it never is root. */
  isPrepared: boolean
  owner: { uid: number; gid: number }
}

type Spec = z.output<typeof StartAddon>

/**
 * The whole body of a create. Its own bridge has no way out (networks/app-networks.ts) and is where its
 * default route leads, since the engine takes the first network by name; it forwards nothing between
 * the bridges of apps, and asks no name server outside.
 */
export const addonSpec = (spec: Spec, place: Place) => ({
  Image: place.imageId,
  Hostname: spec.addonName,
  /** The image's own entry point stays before it. */
  ...(spec.command === null ? {} : { Cmd: spec.command }),
  Env: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
  Labels: {
    [LABEL.instance]: place.instance,
    [LABEL.kind]: 'addon',
    [LABEL.addon]: spec.addonId,
    [LABEL.addonName]: spec.addonName,
    [LABEL.generation]: String(spec.generation),
    [LABEL.address]: place.address,
  },
  StopTimeout: Math.ceil(spec.stopGraceMs / 1_000),
  HostConfig: {
    ...hostConfig(spec.limits, place, {
      profile: 'compatible',
      readOnlyRoot: spec.readOnlyRoot,
    }),
    ...(place.isPrepared ? { CapAdd: [] } : {}),
    Sysctls: { 'net.ipv4.ip_forward': '0' },
    Dns: ['127.0.0.1'],
    PidsLimit: PIDS_LIMIT,
    OomScoreAdj: OOM_SCORE_ADJ,
    ShmSize: Math.max(LEAST_SHM_BYTES, Math.floor(spec.limits.memoryBytes * SHM_PART)),
    RestartPolicy: { Name: 'unless-stopped' },
  },
  NetworkingConfig: {
    EndpointsConfig: {
      [place.network]: { IPAMConfig: { IPv4Address: place.address }, GwPriority: 1 },
    },
  },
})
