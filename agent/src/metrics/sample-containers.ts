import type { ContainerSample } from '@vastrox/shared/agent-api-metrics.ts'
import { setImmediate as breathe } from 'node:timers/promises'
import { z } from 'zod'
import type { RunningContainer, RunningContainers } from '#agent/containers/running-containers.ts'
import type { Engine } from '#agent/engine/engine.ts'
import {
  type ConnectionCounter,
  createConnectionCounter,
} from '#agent/metrics/count-connections.ts'
import { findGroup, type Group, type GroupLimits } from '#agent/metrics/group-counters.ts'
import { readNetworks, readProcessStat } from '#agent/metrics/process-files.ts'

/** As many as a sample may hold (shared/src/agent-api-metrics.ts). */
const MOST_CONTAINERS = 2_000
/** After so many the agent looks whether anybody else wants something of it. */
const AT_ONCE = 16
/** Limits are changed by people: looked at every so many samples. */
const LIMITS_EVERY = 4
const INSPECT_MS = 5_000

const Details = z.object({
  RestartCount: z.int(),
  Mounts: z.array(z.object({ Name: z.string().default('') })).default([]),
})

/** What is known of a container between samples. */
interface Known {
  group: Group
  limits: GroupLimits
  looks: number
  /** Its first process, and when that was started. */
  pid: number
  start: string
  restarts: number
  /** Names of what the engine has mounted into it. */
  mounts: readonly string[]
  /** The engine has said how often this process was restarted. */
  isAsked: boolean
  /** Of this process. */
  connections: ConnectionCounter
}

interface Deps {
  engine: Pick<Engine, 'get'>
  running: Pick<RunningContainers, 'get'>
  /** By the name that the engine has for the volume; null where it is not known yet, or is none of ours. */
  sizes: {
    sizeOf: (volume: string, written: number) => number | null
    measureNext: () => Promise<void>
  }
  root?: string
  proc?: string
}

const placesOf = (id: string): string[] => [`docker/${id}`, `system.slice/docker-${id}.scope`]

/**
 * Each container that runs, from the kernel's files. The engine is asked about one only when its first
 * process is another than before: once a start.
 */
export function createContainerSampler({
  engine,
  running,
  sizes,
  root = '/sys/fs/cgroup',
  proc = '/proc',
}: Deps) {
  let known = new Map<string, Known>()

  /** What it was when it was looked at last, or what is there now. */
  function find(id: string): Known | undefined {
    const before = known.get(id)
    if (before) return before
    const group = findGroup(root, placesOf(id))
    if (!group) return undefined
    const limits = group.limits()
    return {
      group,
      limits,
      looks: 0,
      pid: 0,
      start: '',
      restarts: 0,
      mounts: [],
      isAsked: false,
      connections: createConnectionCounter(proc),
    }
  }

  /** After a restart its files are in the same place, and its process is another. */
  function lookWhoItIs(one: Known): void {
    if (one.start !== '' && readProcessStat(one.pid, proc)?.start === one.start) return
    one.pid = one.group.firstPid()
    one.start = one.pid === 0 ? '' : (readProcessStat(one.pid, proc)?.start ?? '')
    one.isAsked = false
    one.looks = 0
    one.connections = createConnectionCounter(proc)
  }

  async function askDetails(id: string, one: Known): Promise<void> {
    const options = { timeoutMs: INSPECT_MS }
    const details = await engine.get(`/containers/${id}/json`, Details, options).catch(() => {
      // Away, or the container has just gone: asked again with the next sample.
    })
    if (!details) return
    one.restarts = details.RestartCount
    one.mounts = details.Mounts.map(({ Name }) => Name)
    one.isAsked = true
  }

  async function sample(container: RunningContainer): Promise<ContainerSample | undefined> {
    const one = find(container.id)
    if (!one) return undefined
    lookWhoItIs(one)
    const counters = one.group.read()
    if (!counters) return undefined
    if (one.looks % LIMITS_EVERY === 0) one.limits = one.group.limits()
    one.looks += 1
    next.set(container.id, one)
    const network = networkOf(one)
    if (!one.isAsked) await askDetails(container.id, one)
    const addon =
      container.kind === 'addon' ? { addon: await addonOf(one, counters.writtenBytes) } : {}
    return {
      ...container,
      ...counters,
      ...one.limits,
      ...network,
      restarts: one.restarts,
      ...addon,
    }
  }

  async function addonOf({ pid, start, mounts, connections }: Known, written: number) {
    const known = mounts.map((name) => sizes.sizeOf(name, written)).filter((size) => size !== null)
    return {
      connections: start === '' ? null : await connections(pid),
      sizeBytes: known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0),
    }
  }

  function networkOf({ pid, start }: Known): { receivedBytes: number; sentBytes: number } {
    const sum = { receivedBytes: 0, sentBytes: 0 }
    if (start === '') return sum
    for (const each of readNetworks(`${proc}/${pid}/net/dev`) ?? []) {
      sum.receivedBytes += each.receivedBytes
      sum.sentBytes += each.sentBytes
    }
    return sum
  }

  let next = new Map<string, Known>()

  return async function sampleContainers(): Promise<ContainerSample[]> {
    const samples: ContainerSample[] = []
    next = new Map()
    const containers = await running.get()
    for (const [at, container] of containers.slice(0, MOST_CONTAINERS).entries()) {
      if (at > 0 && at % AT_ONCE === 0) await breathe()
      const taken = await sample(container)
      if (taken) samples.push(taken)
    }
    known = next
    // Nobody waits for it: what is found is in a later sample.
    void sizes.measureNext()
    return samples
  }
}
