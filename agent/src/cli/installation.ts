import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { InstallationConfig, pathsOf } from '@vastrox/shared/installation.ts'
import { DEFAULT_DATA_DIR } from '#agent/cli/install/options.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

/** Where the programs of every installation on this machine are. */
export const PROGRAMS = '/opt/vastrox'

/** One installed Vastrox, seen from its own machine. */
export interface Installation {
  dataDir: string
  paths: ReturnType<typeof pathsOf>
  config: InstallationConfig
  links: ProgramLinks
}

export interface ProgramLinks {
  /** The version that runs. */
  current: string
  /** The one before, which an upgrade goes back to. */
  previous: string
  /** The `vastrox` command. */
  command: string
}

/** The one in the default directory has the plain names; every other one has its instance in them. */
export function linksOf(dataDir: string, instance: string): ProgramLinks {
  const suffix = dataDir === DEFAULT_DATA_DIR ? '' : `-${instance}`
  return {
    current: `${PROGRAMS}/current${suffix}`,
    previous: `${PROGRAMS}/previous${suffix}`,
    command: `/usr/local/bin/vastrox${suffix}`,
  }
}

/** Undefined where nothing is installed; throws for a config.json that cannot be read. */
export async function findInstallation(dataDir: string): Promise<Installation | undefined> {
  const paths = pathsOf(dataDir)
  if (!existsSync(paths.config)) return undefined
  const parsed = InstallationConfig.safeParse(await readJson(paths.config))
  if (!parsed.success)
    throw new SetupError(
      `${paths.config} is not valid: ${parsed.error.issues[0]?.message}.`,
      'Put it back from a backup.',
    )
  return { dataDir, paths, config: parsed.data, links: linksOf(dataDir, parsed.data.instance) }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new SetupError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Put it back from a backup.',
      { cause: error },
    )
  }
}

export async function openInstallation(dataDir: string): Promise<Installation> {
  const found = await findInstallation(dataDir)
  if (found) return found
  throw new SetupError(
    `Nothing is installed in ${dataDir}.`,
    'Run ./install.sh, or name the data directory: VASTROX_DATA_DIR=… vastrox …',
  )
}

/** Whether another installation uses the accounts and images of this machine. */
export async function othersAreInstalled(links: ProgramLinks): Promise<boolean> {
  const entries = await readdir(PROGRAMS).catch(() => [])
  return entries.some(
    (entry) => entry.startsWith('current') && `${PROGRAMS}/${entry}` !== links.current,
  )
}
