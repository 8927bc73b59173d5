import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import { isLow } from '@vastrox/shared/disk-floor.ts'
import type { DiskUse } from '@vastrox/shared/disk-use.ts'
import type { Notices } from '#agent/containers/notices.ts'
import type { DiskBook } from '#agent/disk/disk-book.ts'
import { createFreeSpace } from '#agent/disk/free-space.ts'
import { createHolds } from '#agent/disk/holds.ts'
import { allowanceOf, countsFiles, type Measured } from '#agent/disk/judge.ts'
import type { AppContainer } from '#agent/disk/measure.ts'
import { paceOf } from '#agent/disk/pace.ts'
import type { DiskProbes } from '#agent/disk/probes.ts'
import type { WrittenDisks } from '#agent/node/disks.ts'
import { log } from '#agent/node/log.ts'

const GIB = 2 ** 30
/** What a container may write beside its volumes. */
export const WRITES_MOST = 4 * GIB
/** The same where the disk is nearly full, or a part of what must stay free. */
export const WRITES_MOST_WHEN_LOW = GIB / 2
const WRITES_PART_WHEN_LOW = 1 / 8

/** Measuring may take such a part of the time. */
const REST = 20
const REST_WHEN_LOW = 3
/** Whoever is held may have made room meanwhile. */
const LOOK_AT_HELD_MS = 30_000
/** Somebody who was frozen and had not filled anything is left alone for so long. */
const INNOCENT_MS = 30_000

interface Deps {
  /** Asked often: it must cost nothing. */
  readDisks: () => Promise<WrittenDisks>
  book: DiskBook
  notices: Notices
  probes: DiskProbes
  now?: () => Date
}

interface Known extends Measured {
  /** When the disk last had room. */
  calm: { bytes: number; inodes: number }
  measuredAt: string
}

/**
 * Keeps one app from filling the disk under all others, where file systems have no quota for it. What
 * is cheap is looked at often (free space, the oftener the less there is of it); apps are measured when
 * it has shrunk. A container that writes too much into its own files is removed, and the daemon starts
 * it anew without them; the volumes of an app that takes too much can only be read from then on. Where
 * it goes too fast for a measurement, whoever writes the most is frozen meanwhile.
 */
export function createDiskGuard(deps: Deps) {
  const { readDisks, book, notices, probes, now = () => new Date() } = deps
  const space = createFreeSpace()
  const holds = createHolds({ book, notices, now, remove: (name) => probes.remove(name) })
  const known = new Map<string, Known>()
  const innocent = new Map<string, number>()
  let last: { atMs: number; tookMs: number } | undefined
  let isStale = false
  let waking = new AbortController()

  /** Gives when the next look is due. */
  async function look(): Promise<number> {
    const disks = await readDisks()
    const { isUrgent } = space.note(disks.all, now().getTime())
    if (isUrgent) await stopFastest(disks)
    else if (isDue(disks)) await measure(disks)
    return paceOf(disks.all)
  }

  function isDue({ all }: WrittenDisks): boolean {
    if (!last || isStale) return true
    const passedMs = now().getTime() - last.atMs
    if (passedMs < last.tookMs * (all.some((disk) => isLow(disk)) ? REST_WHEN_LOW : REST))
      return false
    if (book.held().length > 0 && passedMs >= LOOK_AT_HELD_MS) return true
    return space.hasShrunk(all, book.allowances())
  }

  async function measure(disks: WrittenDisks): Promise<void> {
    const begunAt = now().getTime()
    isStale = false
    const containers = await probes.sizes()
    await endOverwriters(disks, containers)
    const volumes = await probes.volumes()
    for (const [appId, folders] of volumes) await measureApp(disks, appId, folders)
    for (const appId of known.keys()) if (!volumes.has(appId)) known.delete(appId)
    await holds.forgetAllBut(new Set(volumes.keys()))
    const after = await settle(containers)
    space.measured(after.all)
    last = { atMs: now().getTime(), tookMs: now().getTime() - begunAt }
  }

  async function measureApp(
    { volumes: disk }: WrittenDisks,
    appId: string,
    folders: readonly string[],
  ): Promise<void> {
    const bytes = await probes.bytesOf(folders)
    if (bytes === undefined) return noteUnknown(appId)
    const inodes = countsFiles(disk) ? ((await probes.filesOf(folders)) ?? 0) : 0
    // One that could never be measured has not grown by all that it has.
    const before = known.get(appId)?.measuredAt === '' ? undefined : known.get(appId)
    const calm = before && isLow(disk) ? before.calm : { bytes, inodes }
    // Files that were not counted before did not all come since.
    if (calm.inodes === 0) calm.inodes = inodes
    known.set(appId, {
      appId,
      bytes,
      inodes,
      calm,
      grownBytes: Math.max(0, bytes - calm.bytes),
      grownInodes: Math.max(0, inodes - calm.inodes),
      measuredAt: now().toISOString(),
    })
  }

  function noteUnknown(appId: string): void {
    const at = { appId, calm: { bytes: 0, inodes: 0 }, grownBytes: 0, grownInodes: 0 }
    const before = known.get(appId) ?? { ...at, bytes: 0, inodes: 0, measuredAt: '' }
    known.set(appId, { ...before, isUnknown: true })
  }

  /** Decides by what the disk is now: measuring took its time. */
  async function settle(containers: readonly AppContainer[]): Promise<WrittenDisks> {
    const disks = await readDisks()
    await holds.settle(disks.volumes, [...known.values()], containers)
    return disks
  }

  async function endOverwriters(
    disks: WrittenDisks,
    containers: readonly AppContainer[],
    { isFilling } = { isFilling: false },
  ): Promise<void> {
    const most = writesMost(disks.images, isLow(disks.images))
    // Nobody knows on which disk they are. Of whoever is about to fill one they are what fills it.
    const mostNameless = Math.min(
      ...[disks.images, disks.volumes].map((disk) => writesMost(disk, isFilling || isLow(disk))),
    )
    for (const container of containers) {
      const beside = container.anonymous.length > 0 ? await probes.bytesOf(container.anonymous) : 0
      const { name, namelessBytes } = container
      const bytes = container.ownBytes + (beside ?? 0) + namelessBytes
      if (bytes <= most && namelessBytes <= mostNameless) continue
      log('instance.overwrote', { name, bytes })
      notices.tell({ type: 'instance', name, action: 'overwrote', exitCode: null })
      await probes.remove(name)
    }
  }

  /**
   * There is no time to measure everybody: whoever writes the most waits, and is measured alone. The
   * whole app does: another container of it would go on filling what is measured.
   */
  async function stopFastest(disks: WrittenDisks): Promise<void> {
    const all = (await probes.containers()).filter(({ isRunning }) => isRunning)
    const running = all.filter(({ name }) => (innocent.get(name) ?? 0) < now().getTime())
    const found = await probes.fastest(running)
    if (!found) {
      if (isDue(disks)) await measure(disks)
      return
    }
    const before = known.get(found.appId)?.bytes ?? 0
    const ofApp = all.filter(({ appId }) => appId === found.appId)
    await whileFrozen(ofApp, async () => {
      let beside = 0
      for (const { id } of ofApp)
        for (const own of await probes.sizes(id)) {
          await endOverwriters(disks, [own], { isFilling: true })
          beside += own.ownBytes + own.namelessBytes
        }
      const folders = (await probes.volumes()).get(found.appId)
      if (folders) await measureApp(disks, found.appId, folders)
      await settle(await probes.containers())
      const hasGrown = (known.get(found.appId)?.bytes ?? 0) > before || beside > 0
      if (!hasGrown) innocent.set(found.name, now().getTime() + INNOCENT_MS)
    })
  }

  /** Written down first: an agent that dies meanwhile thaws it when it starts. */
  async function whileFrozen(
    containers: readonly AppContainer[],
    work: () => Promise<void>,
  ): Promise<void> {
    const names = containers.map(({ name }) => name)
    await book.setFrozen(names)
    log('disk.frozen', { names })
    try {
      // One that has ended meanwhile writes nothing either.
      await Promise.allSettled(names.map((name) => probes.freeze(name)))
      await work()
    } finally {
      await thawAll()
    }
  }

  /** One that was removed meanwhile, or has never been frozen, is fine. */
  async function thawAll(): Promise<void> {
    for (const name of book.frozen()) await probes.thaw(name).catch(() => undefined)
    if (book.frozen().length > 0) await book.setFrozen([])
  }

  return {
    look,

    /** Whether the app's volumes can only be read. */
    isHeld: (appId: string): boolean => book.hold(appId) !== undefined,

    /** The next look measures, so that who has been allowed more goes on soon. */
    async keepAllowances(all: readonly { appId: string; bytes: number }[]): Promise<void> {
      if (!(await book.setAllowances(all))) return
      isStale = true
      waking.abort()
    },

    /** As it was measured last. */
    async use(): Promise<(DiskUse & { appId: string })[]> {
      const { volumes: disk } = await readDisks()
      const measured = [...known.values()].filter(({ measuredAt }) => measuredAt !== '')
      return measured.map(({ appId, bytes, measuredAt }) => {
        const allowance = allowanceOf(disk, book.allowance(appId))
        const hold = book.hold(appId)
        return {
          appId,
          bytes,
          allowanceBytes: allowance.bytes,
          isOwn: allowance.isOwn,
          hold: hold ? { since: hold.since, reason: hold.reason } : null,
          measuredAt,
        }
      })
    },

    /** Until the signal. */
    async run(signal: AbortSignal): Promise<void> {
      await thawAll()
      while (!signal.aborted) {
        const waitMs = await look().catch(() => {
          // The engine is away; the next look tells more.
          return WHEN_AWAY_MS
        })
        waking = new AbortController()
        const ends = AbortSignal.any([signal, waking.signal])
        await sleep(isStale ? 0 : waitMs, undefined, { signal: ends, ref: false }).catch(() => {
          // Stopping, or something has changed.
        })
      }
    },
  }
}
const writesMost = (disk: NodeDisk, isTight: boolean): number =>
  isTight ? Math.min(WRITES_MOST_WHEN_LOW, disk.floorBytes * WRITES_PART_WHEN_LOW) : WRITES_MOST

export type DiskGuard = ReturnType<typeof createDiskGuard>

const WHEN_AWAY_MS = 2_000
