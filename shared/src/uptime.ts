import { z } from 'zod'
import { CodedError } from './errors.ts'
import { PageQuery } from './page.ts'

export const UptimeKind = z.enum(['http', 'tcp', 'tls'])
export type UptimeKind = z.infer<typeof UptimeKind>

export const UptimeMethod = z.enum(['GET', 'HEAD', 'POST'])
export type UptimeMethod = z.infer<typeof UptimeMethod>

const MIN_EVERY_MS = 30_000
const MAX_EVERY_MS = 3_600_000

/** What a look expects. Each is checked where it is said. */
export const UptimeExpect = z.object({
  /** `200`, `2xx`, `200-399`; without it anything below 400. */
  status: z
    .string()
    .regex(/^([1-5]xx|[1-5]\d\d(-[1-5]\d\d)?)$/, 'A status like 200, 2xx or 200-399.')
    .optional(),
  /** In the first 256 KiB of the answer. */
  contains: z.string().min(1).max(200).optional(),
  /** A field of the answer's head: `x-app`, or `x-app: part of its value`. */
  header: z
    .string()
    .max(300)
    .regex(
      /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}(: ?[\x20-\x7e]{1,200})?$/,
      'Like x-app or x-app: value.',
    )
    .optional(),
  /** Slower than this is `slow`. */
  slowMs: z.int().min(10).max(60_000).optional(),
  /** A certificate that ends sooner is told of. */
  certificateDays: z.int().min(0).max(365).optional(),
})
export type UptimeExpect = z.infer<typeof UptimeExpect>

/** One time during which it was down. */
export const UptimeIncident = z.object({
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  reason: z.string().max(500),
})
export type UptimeIncident = z.infer<typeof UptimeIncident>

export const UptimeCheck = z.object({
  id: z.string(),
  name: z.string(),
  kind: UptimeKind,
  /** `https://example.com/health`, `db.example.com:5432`; for an app's own check the path alone. */
  target: z.string(),
  /** Of http. */
  method: UptimeMethod,
  everyMs: z.int(),
  timeoutMs: z.int(),
  expect: UptimeExpect,
  followRedirects: z.boolean(),
  /** Of an app's own check, which is made with it. */
  app: z.string().nullable(),
  isOn: z.boolean(),
  /** waiting: not looked yet. paused: off, or the app sleeps, is stopped or is in maintenance. */
  state: z.enum(['up', 'slow', 'down', 'waiting', 'paused']),
  /** Since when it is in that state. */
  since: z.iso.datetime().nullable(),
  /** Of the last look: why it is not up. */
  reason: z.string().nullable(),
  lastMs: z.number().nullable(),
  lastAt: z.iso.datetime().nullable(),
  certificateDays: z.int().nullable(),
  /** Share of looks that found it well, in percent; null where there were none. */
  availability: z.object({
    day: z.number().nullable(),
    week: z.number().nullable(),
    quarter: z.number().nullable(),
  }),
  createdAt: z.iso.datetime(),
})
export type UptimeCheck = z.infer<typeof UptimeCheck>

/** In a list that was asked for with its incidents; for the bars of days beside each. */
export const ListedUptimeCheck = UptimeCheck.extend({
  incidents: z.array(UptimeIncident).max(100).optional(),
})
export type ListedUptimeCheck = z.infer<typeof ListedUptimeCheck>

/** Of a page with incidents, which are up to a hundred of each check. */
export const MOST_WITH_INCIDENTS = 50

export const UptimeListQuery = PageQuery.extend({
  /** With when each was down; at most 50 to a page then. */
  incidents: z.stringbool().default(false),
})

const settings = {
  name: z.string().trim().min(1).max(80),
  method: UptimeMethod,
  everyMs: z.int().min(MIN_EVERY_MS).max(MAX_EVERY_MS),
  timeoutMs: z.int().min(500).max(30_000),
  expect: UptimeExpect,
  followRedirects: z.boolean(),
}

export const AddUptimeCheck = z.object({
  name: settings.name.optional(),
  kind: UptimeKind,
  target: z.string().min(1).max(2_000),
  method: settings.method.default('GET'),
  everyMs: settings.everyMs.default(60_000),
  timeoutMs: settings.timeoutMs.default(10_000),
  expect: settings.expect.default({}),
  followRedirects: settings.followRedirects.default(false),
})
export type AddUptimeCheck = z.input<typeof AddUptimeCheck>

export const ChangeUptimeCheck = z.object({
  name: settings.name.optional(),
  /** Of an app's own check: its path. */
  target: z.string().min(1).max(2_000).optional(),
  method: settings.method.optional(),
  everyMs: settings.everyMs.optional(),
  timeoutMs: settings.timeoutMs.optional(),
  expect: settings.expect.optional(),
  followRedirects: settings.followRedirects.optional(),
  isOn: z.boolean().optional(),
})
export type ChangeUptimeCheck = z.infer<typeof ChangeUptimeCheck>

/** With its last incidents, newest first. */
export const UptimeCheckDetails = UptimeCheck.extend({
  incidents: z.array(UptimeIncident).max(100),
})
export type UptimeCheckDetails = z.infer<typeof UptimeCheckDetails>

const HOST_PORT = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]{1,253}))(?::(\d{1,5}))?$/i
const TLS_PORT = 443

/** `db.example.com:5432`, `[2001:db8::1]:443`, of tls the host alone. Throws REQUEST_INVALID. */
export function hostAndPort(
  kind: Exclude<UptimeKind, 'http'>,
  target: string,
): { host: string; port: number } {
  const [, bracketed, plain, digits] = HOST_PORT.exec(target) ?? []
  const host = bracketed ?? plain
  const port = digits === undefined && kind === 'tls' ? TLS_PORT : Number(digits)
  if (host === undefined || !(port >= 1 && port <= 65_535))
    throw new CodedError('REQUEST_INVALID', {
      reason: 'Say it as host:port, like db.example.com:5432.',
    })
  return { host, port }
}

/** The address of http(s) that it says. Throws REQUEST_INVALID. */
export function urlOfTarget(target: string): URL {
  const url = URL.parse(target)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CodedError('REQUEST_INVALID', {
      reason: 'Say it as an address of http or https, like https://example.com/health.',
    })
  if (url.username !== '' || url.password !== '')
    throw new CodedError('REQUEST_INVALID', {
      reason: 'An address with a name and password in it is not kept: everybody would see it.',
    })
  return url
}
