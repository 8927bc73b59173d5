import type { ShownRouteSettings } from '@vastrox/shared/route-settings.ts'
import { facts, plain } from '#commands/output.ts'

const HTTPS = {
  auto: 'where the certificate is publicly trusted',
  always: 'always',
  never: 'never',
}

/** Everything that is set for an app's routes, a line each. */
export function routingText(settings: ShownRouteSettings): string {
  const { hsts, maintenance, rateLimit, paths, redirects, responseHeaders } = settings
  const seconds = (ms: number | null, otherwise: string): string =>
    ms === null ? otherwise : `${ms / 1_000} s`
  const rows: [string, string][] = [
    ['Hosts', settings.hosts.join(', ')],
    ['HTTP is redirected to HTTPS', HTTPS[settings.httpsRedirect]],
    [
      'HSTS',
      hsts
        ? `${hsts.maxAgeS / 86_400} days${hsts.includeSubDomains ? ', subdomains' : ''}${hsts.preload ? ', preload' : ''}`
        : 'no',
    ],
    ['Compression', settings.compression],
    ['Body of a request', `up to ${Math.round(settings.maxBodyBytes / 2 ** 20)} MB`],
    ['Response begins within', seconds(settings.responseTimeoutMs, '60 s')],
    ['May stand still', seconds(settings.idleTimeoutMs, 'WebSockets 120 s, responses for ever')],
    [
      'One client',
      rateLimit ? `${rateLimit.requestsPerS}/s, ${rateLimit.burst} at once` : 'no limit',
    ],
    ['Requests at a time', String(settings.concurrentRequests ?? 'no limit')],
    ['Visitors keep their instance', settings.stickySessions ? 'yes' : 'no'],
    ['Assets of the release before', settings.keepAssets ? 'kept for 24 h' : 'not kept'],
    ['Password', settings.basicAuthUsers.join(', ') || 'none asked'],
    ['Only from', settings.allow.join(', ') || 'everywhere'],
    ['Never from', settings.deny.join(', ') || 'nowhere'],
    ['Maintenance', maintenance.on ? 'ON' : 'off'],
    ...paths.map(({ prefix, process, strip }): [string, string] => [
      `Path ${prefix}`,
      `${process}${strip ? ', path taken off' : ''}`,
    ]),
    ...redirects.map(({ from, to, status }): [string, string] => [`${status} ${from}`, to]),
    ...responseHeaders.map(({ name, value }): [string, string] => [
      `Field ${name}`,
      value ?? 'taken away',
    ]),
  ]
  const waiting = settings.waitForRestart
  return (
    facts(rows) +
    (waiting.length === 0
      ? ''
      : `Restart the app, so that ${plain(waiting.join(' and '))} can have visitors.\n`)
  )
}
