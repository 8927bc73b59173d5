import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openGiveBack } from './give-back.ts'

const LOOK_EVERY_MS = 20_000
/** Less processor time than this between two looks (1.5 % of a core) is idle: what only watches is that, too. */
const IDLE_US = 300_000
/** More than this since the last collection was work that may have left garbage. */
const WORKED_US = 400_000
/** What watches leaves little garbage that V8 does not find by itself: so much of its time counts as work. */
const IDLE_PART = 0.1
/** What a proxy worker has learned after a minute of load is 3 to 6 MB. */
const GREW_BYTES = 8 * 2 ** 20
/** Ten minutes without visitors: whoever comes then may wait for a millisecond more. */
const LONG_LOOKS = 30
const LONG_MS = LONG_LOOKS * LOOK_EVERY_MS
/** What a process that only watches takes between two looks is less (0.2 % of a core). */
const QUIET_US = 60_000

/** What is collected when work is over, and what besides when nothing has happened for ten minutes. */
export interface Reclaimer {
  soon: () => void
  later?: () => void
}

/**
 * Gives back the memory that work has left, once it is over: V8 collects when it allocates, so that a
 * process which has become idle would keep its largest heap for ever (promise 10). A collection takes
 * some tens of milliseconds, and only happens while next to nothing is going on.
 */
export function trimMemoryWhenIdle({ soon, later }: Reclaimer = { soon: openReclaimer() }): void {
  let before = cpuMicros()
  let workedMicros = WORKED_US
  let looksLeft = LONG_LOOKS
  setInterval(() => {
    const now = cpuMicros()
    const spent = now - before
    before = now
    workedMicros += spent > IDLE_US ? spent : spent * IDLE_PART
    if (spent > QUIET_US) looksLeft = LONG_LOOKS
    if (spent > IDLE_US) return
    if (workedMicros >= WORKED_US) {
      soon()
      workedMicros = 0
      looksLeft = LONG_LOOKS
    } else if (looksLeft > 0) {
      looksLeft -= 1
      if (looksLeft === 0) later?.()
    }
    before = cpuMicros()
  }, LOOK_EVERY_MS).unref()
}

/**
 * Lets go of what a stream of bytes has left so far: call it every few megabytes. Buffers lie outside of
 * V8's heap, and it looks for those that nobody has any more only once there are 64 MB of them. About
 * a millisecond.
 */
export function collectBuffers(): void {
  collectYoung ??= openCollector({ type: 'minor' })
  collectYoung()
}

/** Everything that can be given back is: of V8's heap, then of what lies around it. */
function openReclaimer(): () => void {
  const collect = openCollector()
  const giveBack = openGiveBack()
  return () => giveBack(collect)
}

/**
 * For a process whose next request must find it as quick as the last one left it. A whole collection takes
 * what was compiled and learned with it, and the seconds after it cost up to three times as much; so after
 * the first, which gives back what starting has left, there is one only where GREW_BYTES more are held
 * when the young garbage has gone than the last one left (once it is ten minutes ago: than the best one
 * ever left, since what it could not take may be garbage by now), or nothing happened for ten minutes.
 */
export function openSparingReclaimer(
  collectAll = openReclaimer(),
  collectYoungOnes = openYoungReclaimer(),
  heldBytes = ownBytes,
  now = () => performance.now(),
): Required<Reclaimer> {
  let leftBytes = Number.NEGATIVE_INFINITY
  let leastBytes = Number.POSITIVE_INFINITY
  let wholeAt = now()
  let isWhole = false

  function whole(): void {
    collectAll()
    leftBytes = heldBytes()
    leastBytes = Math.min(leastBytes, leftBytes)
    wholeAt = now()
    isWhole = true
  }

  return {
    soon(): void {
      isWhole = false
      collectYoungOnes()
      const before = now() - wholeAt >= LONG_MS ? Math.min(leastBytes, leftBytes) : leftBytes
      if (heldBytes() - before >= GREW_BYTES) whole()
    },
    later(): void {
      if (!isWhole) whole()
    },
  }
}

function openYoungReclaimer(): () => void {
  const collect = openCollector({ type: 'minor' })
  const giveBack = openGiveBack()
  return () => giveBack(collect)
}

/** What no file backs: V8's heap as well as what libraries hold (a certificate's context is some 25 KB of OpenSSL's). */
function ownBytes(): number {
  try {
    const status = readFileSync('/proc/self/status', 'latin1')
    const [own, swapped] = [/^RssAnon:\s+(\d+)/m, /^VmSwap:\s+(\d+)/m].map((field) =>
      Number(field.exec(status)?.[1] ?? Number.NaN),
    )
    if (own !== undefined && !Number.isNaN(own)) return (own + (swapped || 0)) * 1_024
  } catch {
    // Without /proc; then what files back counts as well, which changes little.
  }
  return process.memoryUsage.rss()
}

let collectYoung: (() => void) | undefined

/** V8's own collection, which Node shows only when asked to. */
function openCollector(kind: object = { type: 'major', flavor: 'last-resort' }): () => void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  return () => {
    if (typeof gc === 'function') gc(kind)
  }
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
