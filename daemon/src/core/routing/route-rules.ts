import type { Hsts, RouteSettings } from '@vastrox/shared/route-settings.ts'
import type { RouteRules } from '#ports/route-rules.ts'

/** What the rules of one route depend on besides the settings of its app. */
export interface RuleFacts {
  app: string
  users: readonly { name: string; hash: string }[]
  strip: boolean
  workers: number
  /** The host is there only to send its visitors to another one. */
  redirectHost: string | undefined
  /** A name from before: who opens a page there is sent on to this host. */
  visitorsTo?: string | undefined
}

/**
 * The settings of an app as the proxy takes them; undefined where they ask nothing of it. Limits are
 * each worker's share: connections spread over the workers.
 */
export function routeRulesOf(settings: RouteSettings, facts: RuleFacts): RouteRules | undefined {
  const { redirects, allow, deny, maintenance, responseHeaders, rateLimit } = settings
  const workers = Math.max(1, facts.workers)
  const set = responseHeaders.flatMap(({ name, value }) =>
    value === null ? [] : [{ name, value }],
  )
  const removed = responseHeaders.filter(({ value }) => value === null)
  const limits = {
    ...(settings.responseTimeoutMs === null
      ? {}
      : { responseHeadTimeoutMs: settings.responseTimeoutMs }),
    ...(settings.idleTimeoutMs === null ? {} : { idleTimeoutMs: settings.idleTimeoutMs }),
  }
  const rules: RouteRules = {
    ...(facts.strip ? { stripPrefix: true } : {}),
    ...(facts.redirectHost === undefined ? {} : { redirectHost: facts.redirectHost }),
    ...(facts.visitorsTo === undefined ? {} : { visitorsTo: facts.visitorsTo }),
    ...(redirects.length > 0 ? { redirects } : {}),
    ...(facts.users.length > 0 ? { basicAuth: { realm: facts.app, users: [...facts.users] } } : {}),
    ...(allow.length > 0 ? { allow } : {}),
    ...(deny.length > 0 ? { deny } : {}),
    ...(maintenance.on
      ? {
          maintenance: {
            ...(maintenance.html === null ? {} : { html: maintenance.html }),
            allow: maintenance.allow,
            retryAfterS: maintenance.retryAfterS,
          },
        }
      : {}),
    ...(set.length > 0 ? { setHeaders: set } : {}),
    ...(removed.length > 0 ? { removeHeaders: removed.map(({ name }) => name.toLowerCase()) } : {}),
    ...(settings.hsts ? { hsts: hstsOf(settings.hsts) } : {}),
    ...(settings.compression === 'off' ? {} : { compress: settings.compression }),
    ...(rateLimit
      ? {
          rate: {
            perSecond: rateLimit.requestsPerS / workers,
            burst: Math.max(1, Math.ceil(rateLimit.burst / workers)),
          },
        }
      : {}),
    ...(settings.concurrentRequests === null
      ? {}
      : { concurrent: Math.max(1, Math.ceil(settings.concurrentRequests / workers)) }),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(settings.stickySessions ? { sticky: true } : {}),
    ...(settings.keepAssets ? { keepAssets: true } : {}),
  }
  return Object.keys(rules).length > 0 ? rules : undefined
}

const hstsOf = ({ maxAgeS, includeSubDomains, preload }: Hsts): string =>
  [
    `max-age=${maxAgeS}`,
    ...(includeSubDomains ? ['includeSubDomains'] : []),
    ...(preload ? ['preload'] : []),
  ].join('; ')
