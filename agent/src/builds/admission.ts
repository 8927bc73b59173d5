import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { lowBytesOf, sayBytes } from '#agent/builds/pressure-guard.ts'
import { type MachineMemory, roomOf } from '#agent/node/memory.ts'

const MIB = 2 ** 20
/** Of a build of which nothing is known. */
const UNKNOWN_NEED = 192 * MIB
/** With less than this nothing is worth a try. */
const LEAST = 96 * MIB
const LOOK_EVERY_MS = 1_000
export const WAIT_MOST_MS = 180_000

interface Wish {
  /** What the app's builds needed before; null where there was none. */
  neededBytes: number | null
  /** What the fence lets a build have. */
  limitBytes: number
}

interface Deps {
  read: () => Promise<MachineMemory>
  say: (line: string) => void
  signal: AbortSignal
  waitMostMs?: number
  everyMs?: number
}

/**
 * Resolves when the memory is there that the build will need, by what it needed before, besides what
 * the apps are left. Waits in words and never for ever: after three minutes it begins with less (it is
 * paused where the apps need the memory), or is refused where there is next to none: NODE_MEMORY_LOW.
 */
export async function untilThereIsRoom(
  { neededBytes, limitBytes }: Wish,
  { read, say, signal, waitMostMs = WAIT_MOST_MS, everyMs = LOOK_EVERY_MS }: Deps,
): Promise<void> {
  const need = Math.min(neededBytes ?? UNKNOWN_NEED, limitBytes)
  const until = performance.now() + waitMostMs
  let room = roomFor(await read())
  if (room >= need) return
  const known =
    neededBytes === null
      ? `A build needs about ${sayBytes(need)}`
      : `This build needed ${sayBytes(neededBytes)} last time`
  say(`${known}, ${sayBytes(room)} are free: waiting for memory.`)
  while (room < need && performance.now() < until) {
    await sleep(everyMs, undefined, { signal })
    room = roomFor(await read())
  }
  if (room >= need) say(`${sayBytes(room)} are free: beginning.`)
  else if (room >= LEAST)
    say(
      `Begins all the same after ${Math.round(waitMostMs / 1_000)} s, with ${sayBytes(room)}: it is paused where the running apps need the memory.`,
    )
  else
    throw new CodedError('NODE_MEMORY_LOW', {
      reason: `${known}, and only ${sayBytes(room)} became free in ${Math.round(waitMostMs / 1_000)} s.`,
      neededBytes: need,
      freeBytes: room,
    })
}

/** What the apps are left with does not count. */
const roomFor = (memory: MachineMemory): number =>
  Math.max(0, roomOf(memory) - lowBytesOf(memory.totalBytes))
