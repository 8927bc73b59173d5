import type { HostFinding } from '@vastrox/shared/host-care.ts'
import type { Machine } from '#agent/care/machine.ts'

/** Programs that keep a clock, as the kernel calls them (15 characters). */
const KEEPERS = new Set([
  'chronyd',
  'ntpd',
  'openntpd',
  'ntpd-rs',
  'systemd-timesyn',
  'VBoxService',
  'vmtoolsd',
  'phc2sys',
])
const HINT = 'Set it and keep it: apt-get install systemd-timesyncd, or chrony.'
/** More than a keeper takes away by going slower or faster. */
const JUMP_MS = 2_000

interface Known {
  /** Nothing can be from before then: when this version was installed. */
  notBefore: Date | undefined
  /** How far the clock has moved against one that nobody sets, since when. */
  moved?: { ms: number; since: Date } | undefined
}

/** Tokens, certificates and sign-in links all go wrong with a clock that does. Nobody outside is asked. */
export async function checkClock(
  machine: Machine,
  { notBefore, moved }: Known,
): Promise<HostFinding[]> {
  const now = machine.now()
  const bad = (message: string): HostFinding[] => [
    { check: 'clock', level: 'bad', message, hint: HINT },
  ]
  const warn = (message: string): HostFinding[] => [
    { check: 'clock', level: 'warn', message, hint: HINT },
  ]
  if (notBefore && now.getTime() < notBefore.getTime() - 60_000)
    return bad(`The clock says ${now.toISOString()}, before Vastrox was installed.`)
  const keeper = await findKeeper(machine)
  const synchronised = await isSynchronised(machine)
  if (keeper === undefined && synchronised !== true)
    return warn('Nothing keeps the clock of this machine.')
  if (synchronised === false)
    return warn(
      `The clock is not synchronised${keeper === undefined ? '' : `, though ${keeper} runs`}.`,
    )
  if (moved && Math.abs(moved.ms) > JUMP_MS)
    return warn(
      `The clock was set ${moved.ms > 0 ? 'forward' : 'back'} by ${(Math.abs(moved.ms) / 1_000).toFixed(1)} s since ${moved.since.toISOString()}, or the machine was asleep.`,
    )
  const by = keeper === undefined ? '' : `, kept by ${keeper}`
  return [{ check: 'clock', level: 'ok', message: `The clock says ${now.toISOString()}${by}.` }]
}

/** What the kernel has been told; undefined where nobody can say it. */
async function isSynchronised(machine: Machine): Promise<boolean | undefined> {
  const said = await machine.ask(
    '/usr/bin/timedatectl',
    ['show', '--property=NTPSynchronized'],
    3_000,
  )
  const value = /^NTPSynchronized=(yes|no)/m.exec(said ?? '')?.[1]
  return value === undefined ? undefined : value === 'yes'
}

async function findKeeper(machine: Machine): Promise<string | undefined> {
  for (const pid of (await machine.list('/proc')).filter((name) => /^\d+$/.test(name))) {
    const name = (await machine.read(`/proc/${pid}/comm`))?.trim()
    if (name !== undefined && KEEPERS.has(name)) return name
  }
  return undefined
}

/** Watches one clock by another from now on. */
export function watchClock(
  wall: () => number = Date.now,
  steady: () => number = () => performance.now(),
) {
  const since = new Date(wall())
  const begun = wall() - steady()
  return () => ({ ms: Math.round(wall() - steady() - begun), since })
}
