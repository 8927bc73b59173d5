import type { Freezer } from '#agent/builds/freezer.ts'
import { log } from '#agent/node/log.ts'
import { type MachineMemory, roomOf } from '#agent/node/memory.ts'

const MIB = 2 ** 20
const LOOK_EVERY_MS = 250
/** Free memory below which the apps are near to being ended by the kernel. */
const LOW_PART = 0.06
const LOW_LEAST = 64 * MIB
const LOW_MOST = 384 * MIB
/** The machine does next to nothing but move memory about. */
const STALLED_PERCENT = 15
/** A frozen build keeps its memory: after so long it will not get better by itself. */
const FROZEN_MOST_MS = 60_000
/** Frozen, and still the apps take the last of it. */
const CRITICAL_MOST_MS = 3_000

export type Verdict = 'run' | 'freeze' | 'end'

export const lowBytesOf = (totalBytes: number): number =>
  Math.min(LOW_MOST, Math.max(LOW_LEAST, Math.floor(totalBytes * LOW_PART)))

/**
 * What is to be done with the builds by what the machine has left. Frozen when it is low, running again
 * when there is twice as much, ended when that does not come. Pure but for what it remembers.
 */
export function createVerdicts() {
  let frozenAt: number | undefined
  let criticalAt: number | undefined

  return (memory: MachineMemory, nowMs: number): Verdict => {
    const low = lowBytesOf(memory.totalBytes)
    const room = roomOf(memory)
    if (frozenAt === undefined) {
      const isShort = room < low || (room < 2 * low && memory.stalledPercent > STALLED_PERCENT)
      if (!isShort) return 'run'
      frozenAt = nowMs
      criticalAt = undefined
      return 'freeze'
    }
    if (room >= 2 * low) {
      frozenAt = undefined
      return 'run'
    }
    criticalAt = room < low / 2 ? (criticalAt ?? nowMs) : undefined
    const isLost =
      nowMs - frozenAt >= FROZEN_MOST_MS ||
      (criticalAt !== undefined && nowMs - criticalAt >= CRITICAL_MOST_MS)
    return isLost ? 'end' : 'freeze'
  }
}

interface Options {
  freezer: Freezer
  read: () => Promise<MachineMemory>
  /** For who waits for the build. */
  say: (line: string) => void
  /** Called once: the build has to go so that the apps can stay. */
  onEnd: () => void
  now?: () => number
  everyMs?: number
}

/**
 * Looks at the machine's memory for as long as a build runs, and stops the build before the apps are
 * hurt. The returned function ends that, and leaves nothing frozen.
 */
export function guardMemory({
  freezer,
  read,
  say,
  onEnd,
  now = () => performance.now(),
  everyMs = LOOK_EVERY_MS,
}: Options): () => Promise<void> {
  const judge = createVerdicts()
  let frozenAt: number | undefined
  let isEnded = false
  let looking: Promise<void> | undefined

  const look = async (): Promise<void> => {
    const memory = await read()
    const verdict = judge(memory, now())
    if (verdict === 'run') {
      if (frozenAt === undefined) return
      await freezer.thaw()
      say(`Goes on after ${Math.max(1, Math.round((now() - frozenAt) / 1_000))} s.`)
      frozenAt = undefined
    } else if (verdict === 'freeze') {
      // Written again at every look: steps begin, and another installation may have thawed it.
      const isFrozen = await freezer.freeze()
      if (frozenAt !== undefined || !isFrozen) return
      frozenAt = now()
      log('build.frozen', { availableBytes: memory.availableBytes, stalled: memory.stalledPercent })
      say(
        `Paused: only ${sayBytes(roomOf(memory))} of memory are free, and the running apps go first. It goes on by itself.`,
      )
    } else if (!isEnded) {
      isEnded = true
      log('build.ended-for-apps', { availableBytes: memory.availableBytes })
      onEnd()
    }
  }

  const timer = setInterval(() => {
    looking ??= look()
      .catch(() => {
        // A step ended while its files were read.
      })
      .finally(() => {
        looking = undefined
      })
  }, everyMs)

  return async () => {
    clearInterval(timer)
    await looking
    if (frozenAt !== undefined) await freezer.thaw()
  }
}

/** As people say it: "1.9 GB", "380 MB". */
export const sayBytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`
