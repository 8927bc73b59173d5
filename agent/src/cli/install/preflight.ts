import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { holdersOf } from '#agent/cli/install/listeners.ts'
import { HELP, type InstallOptions, readOptions } from '#agent/cli/install/options.ts'
import { describeFailure, SetupError } from '#agent/cli/setup-error.ts'

/**
 * What can be wrong before anything was changed: run from the sources by install.sh, so it may import
 * nothing but what Node has itself.
 */
const PORTS = [
  { name: 'httpPort', fallback: 80, flag: '--http-port', suggested: 8080 },
  { name: 'httpsPort', fallback: 443, flag: '--https-port', suggested: 8444 },
  { name: 'dashboardPort', fallback: 8443, flag: '--dashboard-port', suggested: 9443 },
  { name: 'sshPort', fallback: 2222, flag: '--ssh-port', suggested: 2223 },
] as const

/** Throws a SetupError for what would make the installation fail later. */
export async function checkBeforehand(options: InstallOptions): Promise<void> {
  const existing = readExisting(options.dataDir)
  const isRestoring = existsSync(`${options.dataDir}/restore.json`)
  if (options.restore !== undefined) return checkForRestore(options.dataDir, isRestoring)
  if (isRestoring)
    throw new SetupError(
      `A restore was begun in ${options.dataDir}, and has not come to its end.`,
      'Go on with it: ./install.sh --restore REPOSITORY   (restore.json there says which one)',
    )
  if (existing === undefined) await checkDataDir(options.dataDir)
  await checkPorts(options, existing ?? {})
}

/** Which ports it needs, the backup says. */
async function checkForRestore(dataDir: string, isBegun: boolean): Promise<void> {
  if (isBegun || !existsSync(dataDir)) return
  const entries = (await readdir(dataDir)).filter((name) => name !== '.restore')
  if (entries.length === 0) return
  throw new SetupError(
    `${dataDir} has data, and nothing is ever restored over it.`,
    'Name an empty directory with --data-dir, or move this one away first.',
  )
}

function readExisting(dataDir: string): Record<string, unknown> | undefined {
  const path = `${dataDir}/config.json`
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new SetupError(
      `${path} cannot be read as JSON.`,
      'Put it back from a backup; Vastrox never starts anew over existing data.',
      { cause: error },
    )
  }
}

async function checkDataDir(dataDir: string): Promise<void> {
  const entries = existsSync(dataDir) ? await readdir(dataDir) : []
  if (entries.length === 0) return
  const ours = ['daemon', 'agent', 'proxy'].some((name) => entries.includes(name))
  throw ours
    ? new SetupError(
        `${dataDir} has data of Vastrox, but its config.json is missing.`,
        'Put config.json back from a backup; Vastrox never starts anew over existing data.',
      )
    : new SetupError(
        `${dataDir} is not empty, and what is in it is not of Vastrox.`,
        'Choose another directory with --data-dir.',
      )
}

/** A port that the installation has already is its own; every other one must be free. */
export async function checkPorts(
  options: Pick<InstallOptions, (typeof PORTS)[number]['name']>,
  existing: Record<string, unknown>,
): Promise<void> {
  const wanted = PORTS.map(({ name, fallback, flag, suggested }) => {
    const stored = existing[name]
    const port = options[name] ?? (typeof stored === 'number' ? stored : fallback)
    return { port, flag, suggested, isNew: stored !== port }
  })
  const doubled = wanted.find(({ port }, at) =>
    wanted.slice(0, at).some((one) => one.port === port),
  )
  if (doubled !== undefined)
    throw new SetupError(
      `Port ${doubled.port} is asked for twice.`,
      `Give another one with ${doubled.flag}.`,
    )
  const held = await holdersOf(wanted.filter(({ isNew }) => isNew).map(({ port }) => port))
  if (held.length === 0) return
  const holders = held.map(
    ({ port, program, pid }) =>
      `Port ${port} is used by ${program === undefined ? 'another program' : `${program} (pid ${pid})`}.`,
  )
  const flags = wanted
    .filter(({ port }) => held.some((holder) => holder.port === port))
    .map(({ flag, suggested }) => `${flag} ${suggested}`)
  throw new SetupError(holders.join(' '), `Stop it, or: ./install.sh ${flags.join(' ')}`)
}

if (import.meta.main)
  try {
    const options = readOptions(process.argv.slice(2), process.env)
    if (options.action === 'help') console.log(HELP)
    else if (options.action === 'install') await checkBeforehand(options)
  } catch (error) {
    console.error(describeFailure(error))
    process.exit(1)
  }
