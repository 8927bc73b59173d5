import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  type FenceEngine,
  PARENT,
  ROOT,
  STEPS_FOLDER,
  STEPS_PREFIX,
} from '#agent/builds/fence-places.ts'
import { readText } from '#agent/node/cgroups.ts'

/**
 * Stands in NO_PROXY of every build step: the one thing that a step has in its environment, that no
 * key of the cache has, and that tells the installations of one machine apart.
 */
export const markerOf = (instance: string): string => `vastrox-${instance}.build.invalid`

const MARKER = /vastrox-([0-9a-f]{6})\.build\.invalid/

/** Both spellings, as programs look at one or the other; with what the host or the build says there. */
export const withMarker = (
  proxies: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
  instance: string,
): Record<string, string> => ({
  ...proxies,
  ...Object.fromEntries(
    ['NO_PROXY', 'no_proxy'].map((key) => [
      key,
      [proxies[key] ?? given[key] ?? '', markerOf(instance)].filter(Boolean).join(','),
    ]),
  ),
})

/** Which of the machine's build steps are ours. One that nobody marked is taken for ours. */
export interface OurSteps {
  /** Their control groups, as they are now. */
  groups(): Promise<string[]>
  /** False for the group of another installation's step, by its path in the kernel's log. */
  isOurs: (path: string) => boolean
}

/** Looked at once for each step, at its beginning: what a step does to its own environment later is no news. */
export function createOurSteps(
  engine: FenceEngine,
  instance: string,
  root = ROOT,
  proc = '/proc',
): OurSteps {
  const theirs = new Set<string>()
  const known = new Set<string>()

  async function look(group: string): Promise<void> {
    const name = basename(group)
    if (known.has(name)) return
    const [pid] = (await readText(join(group, 'cgroup.procs'))).split('\n').filter(Boolean)
    if (pid === undefined) return
    const env = await readFile(join(proc, pid, 'environ'), 'utf8').catch(() => undefined)
    if (env === undefined) return
    const marked = MARKER.exec(env)?.[1]
    // The process that prepares the step has nothing of it yet.
    if (marked === undefined) return
    known.add(name)
    if (marked !== instance) theirs.add(name)
  }

  return {
    async groups() {
      const all = await stepGroups(engine, root)
      await Promise.all(all.map(look))
      return all.filter((group) => !theirs.has(basename(group)))
    },
    isOurs: (path) => !theirs.has(basename(path)),
  }
}

/** The control group of every step that runs now, whoever's. */
export async function stepGroups(engine: FenceEngine, root: string): Promise<string[]> {
  const controller = engine.cgroupVersion === '2' ? '' : 'memory'
  if (engine.cgroupDriver === 'systemd') {
    const folder = join(root, controller, STEPS_FOLDER)
    const names = await readdir(folder).catch(() => [])
    return names.filter((name) => name.startsWith(STEPS_PREFIX)).map((name) => join(folder, name))
  }
  const parent = join(root, controller, PARENT)
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name))
}
