import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { isLocalhost } from '#agent/cli/install/domain-check.ts'

/** How people write the addresses of an installation. */
export interface Addresses {
  /** Host of dashboard, API and git. */
  dashboardHost: string
  dashboardUrl: string
  appUrl: (app: string) => string
}

/**
 * A domain of the operator's own is the dashboard's host once it leads here; until then, and with a
 * stand-in such as sslip.io, the bare address is.
 */
export function addressesOf(config: InstallationConfig, domainLeadsHere: boolean): Addresses {
  const own = isLocalhost(config.baseDomain) || domainLeadsHere
  const address = config.publicAddress.includes(':')
    ? `[${config.publicAddress}]`
    : config.publicAddress
  const dashboardHost = own ? config.baseDomain : address
  return {
    dashboardHost,
    dashboardUrl: `https://${dashboardHost}${suffix(config.dashboardPort, 443)}`,
    appUrl: (app) => `http://${app}.${config.baseDomain}${suffix(config.httpPort, 80)}`,
  }
}

const suffix = (port: number, usual: number): string => (port === usual ? '' : `:${port}`)
