import { randomBytes } from 'node:crypto'
import { availableParallelism, totalmem } from 'node:os'
import { DEFAULT_FTP_PASSIVE_PORTS, type InstallationConfig } from '@vastrox/shared/installation.ts'
import { defaultBaseDomain, findPublicAddress } from '#agent/cli/install/addresses.ts'
import type { InstallOptions } from '#agent/cli/install/options.ts'
import { PASSED_ON } from '#agent/supervisor/process-table.ts'

/** One worker is enough, and all there is memory for, on a machine as small as this. */
const SMALL_MACHINE_BYTES = 1.5 * 2 ** 30
const MOST_WORKERS = 16

interface Machine {
  publicAddress: string | undefined
  cores: number
  memoryBytes: number
  newInstance: () => string
  env: Record<string, string | undefined>
}

export const thisMachine = (env: Record<string, string | undefined>): Machine => ({
  publicAddress: findPublicAddress(),
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  newInstance: () => randomBytes(3).toString('hex'),
  env,
})

/** What config.json is to say: what is asked for, else what it says already, else the default. */
export function planConfig(
  options: InstallOptions,
  existing: InstallationConfig | undefined,
  machine: Machine,
  sourceDir: string | undefined,
): InstallationConfig {
  const publicAddress =
    options.publicAddress ?? existing?.publicAddress ?? machine.publicAddress ?? '127.0.0.1'
  const source = sourceDir ?? existing?.sourceDir
  return {
    instance: existing?.instance ?? machine.newInstance(),
    httpPort: options.httpPort ?? existing?.httpPort ?? 80,
    httpsPort: options.httpsPort ?? existing?.httpsPort ?? 443,
    dashboardPort: options.dashboardPort ?? existing?.dashboardPort ?? 8443,
    sshPort: options.sshPort ?? existing?.sshPort ?? 2222,
    ftpPort: options.ftpPort ?? existing?.ftpPort ?? 2121,
    ftps: options.ftps ?? existing?.ftps ?? true,
    ftpPassivePorts:
      options.ftpPassivePorts ?? existing?.ftpPassivePorts ?? DEFAULT_FTP_PASSIVE_PORTS,
    publicAddress,
    baseDomain: baseDomain(options, existing, publicAddress),
    ...(existing?.formerDomains ? { formerDomains: existing.formerDomains } : {}),
    ...(existing?.baseDomainBy && options.baseDomain === undefined
      ? { baseDomainBy: existing.baseDomainBy }
      : {}),
    proxyWorkers: options.proxyWorkers ?? existing?.proxyWorkers ?? workersFor(machine),
    acmeDirectory: options.acmeDirectory ?? existing?.acmeDirectory ?? null,
    acmeCaFile: options.acmeCaFile ?? existing?.acmeCaFile ?? null,
    acmeEmail: options.acmeEmail ?? existing?.acmeEmail ?? null,
    appNetworkRange: existing?.appNetworkRange ?? '10.128.0.0/12',
    hostEnv: hostEnv(machine.env),
    ...(source === undefined ? {} : { sourceDir: source }),
  }
}

/** A default follows the address; a domain that somebody chose stays. */
function baseDomain(
  options: InstallOptions,
  existing: InstallationConfig | undefined,
  publicAddress: string,
): string {
  if (options.baseDomain !== undefined) return options.baseDomain
  const wasDefault =
    existing === undefined || existing.baseDomain === defaultBaseDomain(existing.publicAddress)
  return wasDefault ? defaultBaseDomain(publicAddress) : existing.baseDomain
}

const workersFor = ({ cores, memoryBytes }: Machine): number =>
  memoryBytes < SMALL_MACHINE_BYTES ? 1 : Math.min(cores, MOST_WORKERS)

const hostEnv = (env: Machine['env']): Record<string, string> =>
  Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = env[name]
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
