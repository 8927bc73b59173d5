import { type Addresses, appUrls } from '#core/domains/app-urls.ts'
import type { DomainRecord, DomainStore } from '#store/domain-store.ts'

interface Deps {
  domains: Pick<DomainStore, 'listForAppsNamedForPlatform'>
  addresses: Addresses
  /** Browsers trust the certificate of the host. */
  isTrusted: (host: string) => boolean
}

const SHOWN = ['ready', 'private']

/** Addresses of each app of these names, best first. */
export type UrlsOfApps = (appNames: readonly string[]) => ReadonlyMap<string, string[]>

/**
 * Where visitors reach apps, best address first: its primary domain once it leads here, its name
 * under the base domain, then what other domains it has. One read for all of them.
 */
export function createUrlsOfApps({ domains, addresses, isTrusted }: Deps): UrlsOfApps {
  const urlOf = ({ host }: DomainRecord): string => {
    const { httpPort, httpsPort } = addresses
    return isTrusted(host)
      ? `https://${host}${httpsPort === 443 ? '' : `:${httpsPort}`}`
      : `http://${host}${httpPort === 80 ? '' : `:${httpPort}`}`
  }
  return (appNames) => {
    const known = domains.listForAppsNamedForPlatform(appNames)
    return new Map(
      appNames.map((name) => {
        const shown = (known.get(name) ?? []).filter(isShown)
        return [
          name,
          [
            ...shown.filter(({ isPrimary }) => isPrimary).map(urlOf),
            ...appUrls(name, addresses),
            ...shown.filter(({ isPrimary }) => !isPrimary).map(urlOf),
          ],
        ]
      }),
    )
  }
}

/** Where visitors reach one app, best address first. */
export const createUrlsOf =
  (urlsOfApps: UrlsOfApps) =>
  (appName: string): string[] =>
    urlsOfApps([appName]).get(appName) ?? []

const isShown = ({ host, redirectTo, servedSince, check }: DomainRecord): boolean =>
  servedSince !== null &&
  redirectTo === null &&
  !host.startsWith('*.') &&
  SHOWN.includes(check?.state ?? '')
