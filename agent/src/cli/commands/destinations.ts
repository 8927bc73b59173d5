import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { problemOfRoot, ROOT_MARK } from '#agent/backups/locations/local.ts'
import {
  type BackupSettings,
  backupSettingsFileOf,
  isNetwork,
  readBackupSettings,
  rootIdOf,
  writeBackupSettings,
} from '#agent/backups/settings.ts'
import type { Installation } from '#agent/cli/installation.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

export const LOCAL_DESTINATION_VERBS = ['allow', 'disallow', 'roots'] as const

const USAGE = 'vastrox destinations allow|disallow <directory, address or network> | roots [--json]'
const MOST = 100

type Print = (text: string) => void

/**
 * What root allows backups to be kept in besides the world: directories of this server's own disks, and
 * addresses of its own network. A directory gets a mark, so that a disk that is not mounted is not taken
 * for it. The agent reads this anew each time, so nothing is restarted.
 */
export async function destinations(
  { paths, dataDir }: Pick<Installation, 'paths' | 'dataDir'>,
  args: string[],
  { print = console.log }: { print?: Print } = {},
): Promise<number> {
  const { verb, what, isJson } = read(args)
  const file = backupSettingsFileOf(paths.agent)
  const before = await readBackupSettings(file)
  const after = verb === 'roots' ? before : await change(before, verb, what, dataDir)
  if (JSON.stringify(after) !== JSON.stringify(before)) await writeBackupSettings(file, after)
  print(isJson ? JSON.stringify(after) : describe(after))
  return 0
}

function read(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    })
    const [verb = '', what = '', ...more] = positionals
    const known = LOCAL_DESTINATION_VERBS.find((each) => each === verb)
    if (known === undefined || more.length > 0 || (known === 'roots') !== (what === ''))
      throw new Error('That is not how it is written')
    return { verb: known, what, isJson: values.json === true }
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}.`, USAGE)
  }
}

async function change(
  before: BackupSettings,
  verb: 'allow' | 'disallow',
  what: string,
  dataDir: string,
): Promise<BackupSettings> {
  if (isNetwork(what)) {
    const others = before.networks.filter((network) => network !== what)
    return { ...before, networks: atMost(verb === 'allow' ? [...others, what].toSorted() : others) }
  }
  if (!what.startsWith('/') && !what.startsWith('.'))
    throw new SetupError(
      `"${what}" is neither a directory nor an address.`,
      'Write it as /mnt/backups, 192.168.1.20 or 192.168.1.0/24; names are looked up, so allow their addresses.',
    )
  const path = resolve(what)
  const others = before.roots.filter((root) => root.path !== path)
  if (verb === 'disallow') {
    if (others.length === before.roots.length)
      throw new SetupError(`${path} is not allowed.`, 'vastrox destinations roots shows what is.')
    return { ...before, roots: others }
  }
  const problem = await problemOfRoot(path, dataDir)
  if (problem !== undefined)
    throw new SetupError(
      problem,
      'Choose a directory of root’s on a disk that is meant for backups.',
    )
  const root = { rootId: idFor(path, before), path }
  await writeFile(join(path, ROOT_MARK), `${root.rootId}\n`, { mode: 0o600 })
  return { ...before, roots: atMost([...others, root]) }
}

/** One that a restore has found at another path keeps its id, by which destinations know it. */
function idFor(path: string, { roots }: BackupSettings): string {
  const known = roots.find((root) => root.path === path)
  if (known) return known.rootId
  const isTaken = roots.some(({ rootId }) => rootId === rootIdOf(path))
  return rootIdOf(isTaken ? `${path}/.` : path)
}

function atMost<Item>(items: Item[]): Item[] {
  if (items.length <= MOST) return items
  throw new SetupError(`At most ${MOST} can be allowed.`, 'Disallow some first.')
}

function describe({ roots, networks }: BackupSettings): string {
  const lines = roots.map(({ rootId, path }) => `${rootId}  ${path}`)
  return [
    roots.length === 0 ? 'No directory of this server is allowed for backups.' : 'Directories',
    ...lines.map((line) => `  ${line}`),
    networks.length === 0
      ? 'No address of its own network is allowed: servers on the internet are.'
      : `Addresses  ${networks.join(' ')}`,
  ].join('\n')
}
