/** Where this installation can be reached, as config.json says. */
export interface Addresses {
  baseDomain: string
  httpPort: number
  httpsPort: number
  /** Origin of dashboard, API and git: `https://localhost:8443`. */
  dashboardUrl: string
  sshPort: number
}

/** The host name that every app has from its creation on. */
export const hostOf = (appName: string, baseDomain: string): string => `${appName}.${baseDomain}`

/**
 * Where visitors reach the app, best address first: plain HTTP needs no trust in the local CA. A
 * port is named where it is not the one that browsers take.
 */
export const appUrls = (
  appName: string,
  { baseDomain, httpPort, httpsPort }: Addresses,
): string[] => {
  const host = hostOf(appName, baseDomain)
  return [
    `http://${host}${httpPort === 80 ? '' : `:${httpPort}`}`,
    `https://${host}${httpsPort === 443 ? '' : `:${httpsPort}`}`,
  ]
}

/** The remote over SSH, for whoever has a key here. */
export const gitSshUrl = (appName: string, { dashboardUrl, sshPort }: Addresses): string =>
  `ssh://git@${new URL(dashboardUrl).hostname}:${sshPort}/${appName}.git`

/** The remote to push to, without a token. */
export const gitUrl = (appName: string, { dashboardUrl }: Addresses): string =>
  `${dashboardUrl}/git/${appName}.git`
