import { readFileSync } from 'node:fs'
import { InstallationConfig, PROCESS_ENV, pathsOf } from '@vastrox/shared/installation.ts'

/** The sole reader of process.env in the daemon. */
export function readConfig() {
  const dataDir = process.env[PROCESS_ENV.dataDir]
  if (!dataDir?.startsWith('/'))
    throw new Error(`${PROCESS_ENV.dataDir} must name the data directory`)
  const paths = pathsOf(dataDir)
  return {
    dataDir,
    paths,
    installation: InstallationConfig.parse(JSON.parse(readFileSync(paths.config, 'utf8'))),
    crashAt: process.env[PROCESS_ENV.crashAt],
    /** Where systemd puts what the unit names by LoadCredential. */
    credentials: process.env['CREDENTIALS_DIRECTORY'],
    readyFd: process.env[PROCESS_ENV.readyFd],
    /** Of the SSH port, which whoever starts us holds; undefined: the daemon opens it itself. */
    sshFd: descriptorOf(process.env[PROCESS_ENV.listenFds]),
    /** Built dashboard; beside the bundle when installed. */
    dashboardDir: process.env['VASTROX_DASHBOARD_DIR'] ?? null,
    /** The examples; beside the bundle when installed. */
    startersDir: process.env['VASTROX_STARTERS_DIR'] ?? null,
    version: process.env['VASTROX_VERSION'] ?? 'development',
  }
}
export type DaemonConfig = ReturnType<typeof readConfig>

function descriptorOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const fd = /^ssh=(\d{1,4})$/.exec(text)?.[1]
  if (fd === undefined) throw new Error(`${PROCESS_ENV.listenFds} is not like ssh=3`)
  return Number(fd)
}
