import { z } from 'zod'
import { Cidr } from './firewall-rule.ts'
import { ProcessName } from './process.ts'

/** A path as it stands in an address: nothing that two readers could read differently. */
const PATH = /^\/[A-Za-z0-9._~!$&'()+,;=:@%/-]*$/
/** The path of a redirect: `*` is allowed as its last part. */
const FROM = /^\/(?:[A-Za-z0-9._~!$&'()+,;=:@%/-]*\/)?(?:[A-Za-z0-9._~!$&'()+,;=:@%-]*|\*)$/
const TARGET = /^(?:https?:\/\/[^\s"<>\\^`{|}*/?#]+)?(?:\/[^\s"<>\\^`{|}*]*\*?)?$/

export const PathPrefix = z
  .string()
  .min(2)
  .max(200)
  .regex(PATH, 'Begin with / and use no spaces, ? or #.')
  .refine((path) => !path.includes('//') && !/\/\.{1,2}(?:\/|$)/.test(path), 'Say it plainly.')
  .overwrite((path) => (path.endsWith('/') ? path.slice(0, -1) : path))

/** A part of the app's address space that another of its processes answers. */
export const PathRoute = z.object({
  prefix: PathPrefix,
  process: ProcessName,
  /** Takes the prefix off before the process sees it; it is told in X-Forwarded-Prefix. */
  strip: z.boolean().default(false),
})
export type PathRoute = z.infer<typeof PathRoute>

/** `/old` to `/new`, or `/old/*` to `/new/*`; the query is kept. */
export const Redirect = z.object({
  from: z.string().min(1).max(500).regex(FROM, 'A path, or a path that ends in /*.'),
  to: z
    .string()
    .min(1)
    .max(1_000)
    .regex(TARGET, 'A path or an http(s) address; a * only at its end.'),
  status: z.union([z.literal(301), z.literal(302), z.literal(307), z.literal(308)]).default(308),
})
export type Redirect = z.infer<typeof Redirect>

export const BasicAuthUserName = z
  .string()
  .regex(/^[^\p{Cc}:]{1,100}$/u, 'Up to 100 characters without a colon.')
export const BasicAuthPassword = z
  .string()
  .min(8, 'Use at least 8 characters.')
  .max(200)
  .regex(/^\P{Cc}*$/u, 'No line breaks.')

/** Fields that say how a message is framed, sent or kept apart: never an app's to set here. */
const NOT_TO_SET = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'content-encoding',
  'content-range',
  'content-type',
  'set-cookie',
  'date',
  'server',
  'vary',
  'etag',
  'location',
  'www-authenticate',
  'strict-transport-security',
  'alt-svc',
])
/** What may be set may be taken away, and these as well. */
const REMOVABLE = new Set(['etag', 'alt-svc', 'strict-transport-security'])

const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'Not a header name.')
export const ResponseHeader = z
  .object({
    name: HeaderName,
    /** null takes the field away. */
    value: z
      .string()
      .min(1)
      .max(4_096)
      .regex(/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/, 'Printable ASCII on one line.')
      .nullable(),
  })
  .refine(
    ({ name, value }) =>
      !NOT_TO_SET.has(name.toLowerCase()) || (value === null && REMOVABLE.has(name.toLowerCase())),
    'That field belongs to the proxy.',
  )
export type ResponseHeader = z.infer<typeof ResponseHeader>

const DAY_S = 86_400
/** The first that is offered; a mistake is forgotten by browsers after it. */
export const FIRST_HSTS_S = 60 * DAY_S
/** Two years, as preload lists want (rule P10). */
export const FULL_HSTS_S = 730 * DAY_S

export const Hsts = z
  .object({
    maxAgeS: z.int().min(0).max(FULL_HSTS_S),
    /** Every host below, too: also those that are not of this app. */
    includeSubDomains: z.boolean().default(false),
    preload: z.boolean().default(false),
  })
  .refine(
    ({ preload, includeSubDomains, maxAgeS }) =>
      !preload || (includeSubDomains && maxAgeS >= 365 * DAY_S),
    'Preloading needs includeSubDomains and at least a year.',
  )
export type Hsts = z.infer<typeof Hsts>

const Addresses = z.array(Cidr).max(500)

export const Maintenance = z.object({
  on: z.boolean(),
  /** Shown to browsers; null: a page of ours. */
  html: z
    .string()
    .min(1)
    .max(64 * 2 ** 10)
    .nullable(),
  /** Who passes all the same. */
  allow: Addresses,
  retryAfterS: z
    .int()
    .min(1)
    .max(7 * DAY_S),
})
export type Maintenance = z.infer<typeof Maintenance>

export const RateLimit = z.object({
  /** Of one client: an IPv4 address, or the /64 of an IPv6 address. */
  requestsPerS: z.number().min(0.1).max(10_000),
  /** So many at once before it counts. */
  burst: z.int().min(1).max(100_000),
})
export type RateLimit = z.infer<typeof RateLimit>

/** What the proxy does for an app's routes, on each of its hosts. */
export const RouteSettings = z.object({
  paths: z.array(PathRoute).max(50),
  redirects: z.array(Redirect).max(200),
  /** Empty: everybody may come in. */
  allow: Addresses,
  /** Stronger than `allow`. */
  deny: Addresses,
  maintenance: Maintenance,
  responseHeaders: z.array(ResponseHeader).max(50),
  /** null: not sent. */
  hsts: Hsts.nullable(),
  /** `auto`: only where the certificate is publicly trusted. */
  httpsRedirect: z.enum(['auto', 'always', 'never']),
  /** `safe` leaves alone what may be one person's own: see decision 136. */
  compression: z.enum(['off', 'safe', 'all']),
  rateLimit: RateLimit.nullable(),
  /** Under way at a time; null: no limit. */
  concurrentRequests: z.int().min(1).max(100_000).nullable(),
  maxBodyBytes: z
    .int()
    .min(0)
    .max(100 * 2 ** 30),
  /** How long the app may take until its response begins; null: a minute. */
  responseTimeoutMs: z.int().min(1_000).max(3_600_000).nullable(),
  /** How long a response or a WebSocket may stand still; null: a WebSocket two minutes, a response as long as it likes. */
  idleTimeoutMs: z.int().min(1_000).max(3_600_000).nullable(),
  /** A visitor comes to the same instance each time, by a cookie of ours, while it lives. */
  stickySessions: z.boolean(),
  /** Hashed assets of the release before are given for 24 h where the live one has none. */
  keepAssets: z.boolean(),
})
export type RouteSettings = z.infer<typeof RouteSettings>

export const DEFAULT_ROUTE_SETTINGS: RouteSettings = {
  paths: [],
  redirects: [],
  allow: [],
  deny: [],
  maintenance: { on: false, html: null, allow: [], retryAfterS: 600 },
  responseHeaders: [],
  hsts: null,
  httpsRedirect: 'auto',
  compression: 'safe',
  rateLimit: null,
  concurrentRequests: null,
  // Rule P8.
  maxBodyBytes: 100 * 2 ** 20,
  responseTimeoutMs: null,
  idleTimeoutMs: null,
  stickySessions: false,
  keepAssets: true,
}

/** What is left out stays as it is; lists are given whole. */
export const ChangeRouteSettings = RouteSettings.extend({
  maintenance: Maintenance.partial(),
}).partial()
export type ChangeRouteSettings = z.infer<typeof ChangeRouteSettings>

/** The settings, and who may come in with a password; the passwords themselves are never shown. */
export const ShownRouteSettings = RouteSettings.extend({
  basicAuthUsers: z.array(z.string()),
  /** Where the app is reached: what the settings are for. */
  hosts: z.array(z.string()),
  /** Routed processes whose instances were started before: a restart gives them visitors. */
  waitForRestart: z.array(z.string()),
})
export type ShownRouteSettings = z.infer<typeof ShownRouteSettings>

export const SetBasicAuthUser = z.object({ password: BasicAuthPassword })
export const MAX_BASIC_AUTH_USERS = 50
