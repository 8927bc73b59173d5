import { readdirSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PARENT, STEPS_FOLDER, STEPS_PREFIX } from '#agent/builds/fence-places.ts'
import type { RunningContainers } from '#agent/containers/running-containers.ts'
import { numberAfter, readKernelFile, readKernelNumber } from '#agent/metrics/kernel-file.ts'
import { readText } from '#agent/node/cgroups.ts'
import { log } from '#agent/node/log.ts'

/** One number is read as often while nobody waits for a core. */
const LOOK_EVERY_MS = 500
const LOOK_WHILE_WAITING_MS = 250
/** So much of one core, on average, is more than answering visitors takes as a rule. */
const HOG_CORES = 0.35
const HOG_LOOKS = 2
/** What is left of the average after a second: whoever takes a breath in between is no calmer for it. */
const LEFT_AFTER_SECOND = 0.7
/** Below it a container may have calmed down, or gets nothing: it is tried out. */
const CALM_CORES = 0.2
const CALM_MS = 10_000
/** Each time that it was none, twice as long. */
const MOST_CALM_MS = 300_000
/** Without anybody waiting for so long everybody is equal again. */
const QUIET_MS = 10_000

/** Where a container's weight is, by cgroup version and driver. */
const placesOf = (id: string): string[] =>
  [`docker/${id}`, `system.slice/docker-${id}.scope`].flatMap((place) => [
    place,
    join('cpu', place),
    join('cpu,cpuacct', place),
  ])

/** What the kernel says and takes. */
export interface CpuGroups {
  /** Programs that run or wait for a core at this moment. */
  running(): Promise<number>
  /** Microseconds that a container has used so far; undefined where it is gone. */
  used(id: string): Promise<number | undefined>
  /** False where the kernel cannot (before 5.15) or it is gone. */
  setBehind(id: string, isBehind: boolean): Promise<boolean>
  /** Whether a step of a build runs, of whichever installation. */
  isBuilding(): Promise<boolean>
  /** Where others than these were found need not be known any more. */
  forget(ids: ReadonlySet<string>): void
}

export function kernelCpuGroups(root = '/sys/fs/cgroup', proc = '/proc'): CpuGroups {
  /** Files that say what each container used: found once, and looked at several times a second. */
  const found = new Map<string, UsageFile>()

  function usageFileOf(id: string): UsageFile | undefined {
    for (const place of placesOf(id)) {
      const path = join(root, place, 'cpu.stat')
      if (usecIn({ path, isStat: true }) !== undefined) return { path, isStat: true }
    }
    for (const place of placesOf(id)) {
      const path = join(root, place.replace(/^cpu\//, 'cpuacct/'), 'cpuacct.usage')
      if (usecIn({ path, isStat: false }) !== undefined) return { path, isStat: false }
    }
    return undefined
  }

  return {
    async running() {
      const text = readKernelFile(join(proc, 'loadavg'), 64) ?? ''
      return Number(/ (\d+)\/\d+ /.exec(text)?.[1] ?? 0)
    },
    async used(id) {
      const known = found.get(id)
      const usec = known && usecIn(known)
      if (usec !== undefined) return usec
      found.delete(id)
      const file = usageFileOf(id)
      if (!file) return undefined
      found.set(id, file)
      return usecIn(file)
    },
    async setBehind(id, isBehind) {
      for (const place of placesOf(id)) {
        const file = join(root, place, 'cpu.idle')
        if ((await readText(file)).trim() === '') continue
        return writeFile(file, isBehind ? '1' : '0').then(
          () => true,
          () => false,
        )
      }
      return false
    },
    async isBuilding() {
      const ofCgroupfs = ['', 'cpu', 'cpu,cpuacct'].map((controller) => join(controller, PARENT))
      for (const place of ofCgroupfs) if (foldersIn(join(root, place)).length > 0) return true
      const beside = foldersIn(join(root, STEPS_FOLDER))
      return beside.some((name) => name.startsWith(STEPS_PREFIX))
    },
    forget(ids) {
      for (const id of found.keys()) if (!ids.has(id)) found.delete(id)
    },
  }
}

interface UsageFile {
  path: string
  /** `cpu.stat` of version 2; else `cpuacct.usage`, in nanoseconds. */
  isStat: boolean
}

/** At once: with twenty apps it is asked eighty times a second, and by promises a look costs four times as much. */
function usecIn({ path, isStat }: UsageFile): number | undefined {
  if (isStat) {
    const text = readKernelFile(path)
    return text?.includes('usage_usec ') ? numberAfter(text, 'usage_usec') : undefined
  }
  const nanos = readKernelNumber(path)
  return nanos === undefined ? undefined : nanos / 1_000
}

/** Most of those asked for are on no machine: an error for each, four times a second, is dearer than the look. */
function foldersIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return []
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    // Its last step has ended in between.
    return []
  }
}

interface Hog {
  /** Of its containers, each with what it had used at the last look. */
  lastUsec: ReadonlyMap<string, number>
  /** Cores, of the last seconds and of the last one the most. */
  average: number
  busyLooks: number
  calmMs: number
  /** How long it must be calm to count as calmed down. */
  patienceMs: number
  isBehind: boolean
}
const newHog = (): Hog => ({
  lastUsec: new Map(),
  average: 0,
  busyLooks: 0,
  calmMs: 0,
  patienceMs: CALM_MS,
  isBehind: false,
})

interface Deps {
  containers: Pick<RunningContainers, 'get'>
  groups?: CpuGroups
  cores: number
  now?: () => number
}

/**
 * Lets those go first who need little. Weights give each app its share and say nothing of when: beside a
 * fork bomb a neighbour waits its turn at every step of a request. An app that takes much of the
 * processor while others wait for one is put behind (`cpu.idle`): it gets what the others leave, which
 * is nearly all, and equally much as others behind. An app is all of its containers: with many small
 * ones it would else stand before an honest one that it keeps waiting. Nothing but one number of the kernel's is read
 * while nobody waits.
 */
export function createHogWatch({
  containers,
  groups = kernelCpuGroups(),
  cores,
  now = () => performance.now(),
}: Deps) {
  let seen = new Map<string, Hog>()
  let quietMs = 0
  let lastAt = now()
  let measuredAt = lastAt
  let listed: Awaited<ReturnType<RunningContainers['get']>> | undefined
  let members: ReadonlyMap<string, readonly string[]> = new Map()

  async function put(appId: string, hog: Hog, isBehind: boolean): Promise<void> {
    if (hog.isBehind === isBehind) return
    const ids = isBehind ? (members.get(appId) ?? []) : [...hog.lastUsec.keys()]
    const done: boolean[] = []
    for (const id of ids) done.push(await groups.setBehind(id, isBehind))
    if (isBehind && !done.includes(true)) return
    hog.isBehind = isBehind
    hog.busyLooks = 0
    hog.calmMs = 0
    log(isBehind ? 'cpu.behind' : 'cpu.equal', { appId, containers: ids.length })
  }

  async function everybodyEqual(): Promise<void> {
    for (const [appId, hog] of seen) await put(appId, hog, false)
    seen = new Map()
  }

  async function list(): Promise<void> {
    const running = await containers.get()
    if (running === listed) return
    listed = running
    // A database is one of its own: what an app makes it do is done while nobody else waits.
    const byApp = Map.groupBy(running, ({ owner }) => owner)
    members = new Map([...byApp].map(([appId, all]) => [appId, all.map(({ id }) => id)]))
    groups.forget(new Set(running.map(({ id }) => id)))
  }

  async function measure(): Promise<void> {
    await list()
    // A look that failed has measured nothing: what was used meanwhile was used in all of that time.
    const at = now()
    const passedMs = Math.max(1, at - measuredAt)
    measuredAt = at
    const next = new Map<string, Hog>()
    for (const [appId, ids] of members) {
      const hog = seen.get(appId) ?? newHog()
      const isNew = hog.lastUsec.size === 0
      const usec = new Map<string, number>()
      let spentUsec = 0
      for (const id of ids) {
        const used = await groups.used(id)
        if (used === undefined) continue
        usec.set(id, used)
        // One that was restarted counts from nothing.
        spentUsec += Math.max(0, used - (hog.lastUsec.get(id) ?? used))
        // It has come since the others were put behind.
        if (hog.isBehind && !hog.lastUsec.has(id)) await groups.setBehind(id, true)
      }
      hog.lastUsec = usec
      if (usec.size === 0) continue
      next.set(appId, hog)
      if (!isNew) await judge(appId, hog, { cores: spentUsec / 1_000 / passedMs, passedMs })
    }
    seen = next
  }

  async function judge(appId: string, hog: Hog, took: { cores: number; passedMs: number }) {
    const newest = 1 - LEFT_AFTER_SECOND ** (took.passedMs / 1_000)
    hog.average += newest * (took.cores - hog.average)
    hog.busyLooks = hog.average >= HOG_CORES ? hog.busyLooks + 1 : 0
    hog.calmMs = took.cores < CALM_CORES ? hog.calmMs + took.passedMs : 0
    if (!hog.isBehind && hog.busyLooks >= HOG_LOOKS) return put(appId, hog, true)
    // The engine makes the group of a container that it restarts anew.
    if (hog.isBehind && hog.busyLooks > 0)
      for (const id of hog.lastUsec.keys()) await groups.setBehind(id, true)
    if (hog.isBehind && hog.calmMs >= hog.patienceMs) {
      hog.patienceMs = Math.min(MOST_CALM_MS, hog.patienceMs * 2)
      return put(appId, hog, false)
    }
  }

  async function look(): Promise<void> {
    const at = now()
    const passedMs = Math.max(1, at - lastAt)
    lastAt = at
    // We ourselves are one of those that run.
    const somebodyWaits = (await groups.running()) - 1 > cores
    quietMs = somebodyWaits ? 0 : quietMs + passedMs
    if (!somebodyWaits && seen.size === 0) return
    // While a build runs the weights decide: whoever is behind would stand below it.
    if (quietMs > QUIET_MS || (await groups.isBuilding())) await everybodyEqual()
    else await measure()
  }

  return {
    look,

    /** Until the signal; whoever is behind then is equal again. */
    async run(signal: AbortSignal): Promise<void> {
      // Of an agent that was killed.
      await list().catch(() => undefined)
      for (const id of [...members.values()].flat()) await groups.setBehind(id, false)
      while (!signal.aborted) {
        await look().catch(() => {
          // The engine is away; the next look tells more.
        })
        const everyMs = quietMs === 0 ? LOOK_WHILE_WAITING_MS : LOOK_EVERY_MS
        await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {
          // Stopping.
        })
      }
      await everybodyEqual()
    },
  }
}
