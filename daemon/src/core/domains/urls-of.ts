import { type Addresses, appUrls } from '#core/domains/app-urls.ts'
import type { DomainRecord, DomainStore } from '#store/domain-store.ts'

interface Deps {
  domains: Pick<DomainStore, 'listForAppNamedForPlatform'>
  addresses: Addresses
  /** Browsers trust the certificate of the host. */
  isTrusted: (host: string) => boolean
}

const SHOWN = ['ready', 'private']

/**
 * Where visitors reach an app, best address first: its primary domain once it leads here, its name
 * under the base domain, then what other domains it has.
 */
export const createUrlsOf =
  ({ domains, addresses, isTrusted }: Deps) =>
  (appName: string): string[] => {
    const { httpPort, httpsPort } = addresses
    const urlOf = ({ host }: DomainRecord): string =>
      isTrusted(host)
        ? `https://${host}${httpsPort === 443 ? '' : `:${httpsPort}`}`
        : `http://${host}${httpPort === 80 ? '' : `:${httpPort}`}`
    const shown = domains.listForAppNamedForPlatform(appName).filter(isShown)
    return [
      ...shown.filter(({ isPrimary }) => isPrimary).map(urlOf),
      ...appUrls(appName, addresses),
      ...shown.filter(({ isPrimary }) => !isPrimary).map(urlOf),
    ]
  }

const isShown = ({ host, redirectTo, servedSince, check }: DomainRecord): boolean =>
  servedSince !== null &&
  redirectTo === null &&
  !host.startsWith('*.') &&
  SHOWN.includes(check?.state ?? '')
