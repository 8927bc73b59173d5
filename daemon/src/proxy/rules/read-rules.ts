import type { RouteRules } from '#ports/route-rules.ts'
import { boolean, int, list, number, record, string } from '#proxy/read-values.ts'

/** The same as the schema of `ports/route-rules.ts` says; a test compares both. */
export function readRules(value: unknown): RouteRules {
  const rules = record(value, 'rules')
  return {
    stripPrefix: optional(rules['stripPrefix'], 'stripPrefix', boolean),
    redirectHost: optional(rules['redirectHost'], 'redirectHost', string),
    visitorsTo: optional(rules['visitorsTo'], 'visitorsTo', string),
    redirects: optional(rules['redirects'], 'redirects', (entries) =>
      list(entries, 'redirects', readRedirect),
    ),
    basicAuth: optional(rules['basicAuth'], 'basicAuth', readBasicAuth),
    allow: optional(rules['allow'], 'allow', strings),
    deny: optional(rules['deny'], 'deny', strings),
    maintenance: optional(rules['maintenance'], 'maintenance', readMaintenance),
    setHeaders: optional(rules['setHeaders'], 'setHeaders', (entries) =>
      list(entries, 'setHeaders', readHeader),
    ),
    removeHeaders: optional(rules['removeHeaders'], 'removeHeaders', strings),
    hsts: optional(rules['hsts'], 'hsts', string),
    compress: optional(rules['compress'], 'compress', readCompress),
    rate: optional(rules['rate'], 'rate', readRate),
    concurrent: optional(rules['concurrent'], 'concurrent', int),
    limits: optional(rules['limits'], 'limits', readLimits),
    sticky: optional(rules['sticky'], 'sticky', boolean),
    keepAssets: optional(rules['keepAssets'], 'keepAssets', boolean),
  }
}

function optional<T>(
  value: unknown,
  name: string,
  read: (value: unknown, name: string) => T,
): T | undefined {
  return value === undefined ? undefined : read(value, name)
}

const strings = (value: unknown, name: string): string[] => list(value, name, string)

function readRedirect(value: unknown) {
  const redirect = record(value, 'redirect')
  return {
    from: string(redirect['from'], 'from'),
    to: string(redirect['to'], 'to'),
    status: int(redirect['status'], 'status'),
  }
}

function readBasicAuth(value: unknown) {
  const basicAuth = record(value, 'basicAuth')
  return {
    realm: string(basicAuth['realm'], 'realm'),
    users: list(basicAuth['users'], 'users', (entry) => {
      const user = record(entry, 'user')
      return { name: string(user['name'], 'name'), hash: string(user['hash'], 'hash') }
    }),
  }
}

function readMaintenance(value: unknown) {
  const maintenance = record(value, 'maintenance')
  return {
    html: optional(maintenance['html'], 'html', string),
    allow: strings(maintenance['allow'], 'allow'),
    retryAfterS: int(maintenance['retryAfterS'], 'retryAfterS'),
  }
}

function readHeader(value: unknown) {
  const header = record(value, 'header')
  return { name: string(header['name'], 'name'), value: string(header['value'], 'value') }
}

function readCompress(value: unknown): 'safe' | 'all' {
  if (value !== 'safe' && value !== 'all') throw new Error('compress is of no known kind')
  return value
}

function readRate(value: unknown) {
  const rate = record(value, 'rate')
  return {
    perSecond: number(rate['perSecond'], 'perSecond'),
    burst: number(rate['burst'], 'burst'),
  }
}

function readLimits(value: unknown) {
  const limits = record(value, 'limits')
  return {
    responseHeadTimeoutMs: optional(limits['responseHeadTimeoutMs'], 'responseHeadTimeoutMs', int),
    idleTimeoutMs: optional(limits['idleTimeoutMs'], 'idleTimeoutMs', int),
  }
}
