import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HostFinding } from '@vastrox/shared/host-care.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import type { Machine } from '#agent/care/machine.ts'

const LISTS = '/var/lib/apt/lists'
const STATUS = '/var/lib/dpkg/status'
/** It reads all lists of packages. */
const SIMULATION_MS = 60_000
const OLD_LISTS_DAYS = 7
const DAY_MS = 86_400_000
const MOST_NAMED = 6
const MOST_KEPT = 1_000

/** What was found last: worth seconds of work, and when each was first seen. */
const Known = z.object({
  /** Of the lists and of what is installed; when they change it is found out anew. */
  signature: z.string(),
  packages: z.array(z.object({ name: z.string(), since: z.iso.datetime() })).max(MOST_KEPT),
})
type Known = z.infer<typeof Known>

/**
 * Security updates that wait, by the lists of packages as they are: a simulation, which changes
 * nothing, locks nothing and asks no mirror. `file` keeps what was found; undefined: it is not kept.
 */
export async function checkUpdates(
  machine: Machine,
  file: string | undefined,
): Promise<HostFinding[]> {
  const [lists, status] = await Promise.all([machine.modifiedAt(LISTS), machine.modifiedAt(STATUS)])
  // Another family of systems, whose packages are not known here.
  if (!lists || !status) return []
  const signature = `${lists.getTime()} ${status.getTime()}`
  const before = file === undefined ? undefined : await readKnown(file)
  const known = before?.signature === signature ? before : await findOut(machine, signature, before)
  if (!known)
    return [
      {
        check: 'updates',
        level: 'warn',
        message: 'Which updates wait could not be found out.',
        hint: 'apt-get -s dist-upgrade says why.',
      },
    ]
  if (file !== undefined && known !== before) await writeKnown(file, known)
  return [...sayWaiting(known), ...(await sayAge(machine, lists))]
}

/** Each package that the simulation would install from a security suite. */
export const readSecurityUpdates = (said: string): string[] =>
  [...said.matchAll(/^Inst (\S+) .*\(([^)]*)\)/gm)]
    .filter(([, , from = '']) => /-security|Debian-Security/.test(from))
    .map(([, name = '']) => name)

async function findOut(
  machine: Machine,
  signature: string,
  before: Known | undefined,
): Promise<Known | undefined> {
  const said = await machine.ask(
    '/usr/bin/nice',
    [
      '-n19',
      '/usr/bin/apt-get',
      '--simulate',
      '-oDebug::NoLocking=true',
      // Its caches would be written otherwise.
      '-oDir::Cache::pkgcache=',
      '-oDir::Cache::srcpkgcache=',
      'dist-upgrade',
    ],
    SIMULATION_MS,
  )
  if (said === undefined) return undefined
  const firstSeen = new Map(before?.packages.map(({ name, since }) => [name, since]))
  const now = machine.now().toISOString()
  return {
    signature,
    packages: readSecurityUpdates(said)
      .slice(0, MOST_KEPT)
      .map((name) => ({ name, since: firstSeen.get(name) ?? now })),
  }
}

function sayWaiting({ packages }: Known): HostFinding[] {
  if (packages.length === 0)
    return [{ check: 'updates', level: 'ok', message: 'No security update waits.' }]
  const named = packages.slice(0, MOST_NAMED).map(({ name }) => name)
  const more = packages.length - named.length
  const [first] = packages.map(({ since }) => since).toSorted()
  return [
    {
      check: 'updates',
      level: 'warn',
      message: `${packages.length} security ${packages.length === 1 ? 'update waits' : 'updates wait'} since ${first?.slice(0, 10)}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
      hint: 'apt-get update && apt-get upgrade; unattended-upgrades does it by itself.',
    },
  ]
}

async function sayAge(machine: Machine, lists: Date): Promise<HostFinding[]> {
  const stamp = await machine.modifiedAt('/var/lib/apt/periodic/update-success-stamp')
  const last = Math.max(lists.getTime(), stamp?.getTime() ?? 0)
  const days = Math.floor((machine.now().getTime() - last) / DAY_MS)
  if (days < OLD_LISTS_DAYS) return []
  return [
    {
      check: 'updates',
      level: 'warn',
      message: `The lists of packages are ${days} days old: newer updates are not known here.`,
      hint: 'apt-get update; unattended-upgrades does it every day.',
    },
  ]
}

async function readKnown(file: string): Promise<Known | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return Known.parse(JSON.parse(text))
  } catch {
    // Not worth more than being found out anew.
    return undefined
  }
}

async function writeKnown(file: string, known: Known): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeAtomically(file, JSON.stringify(known))
}
