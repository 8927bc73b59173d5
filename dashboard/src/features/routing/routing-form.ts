import {
  type ChangeRouteSettings,
  FIRST_HSTS_S,
  FULL_HSTS_S,
  PathRoute,
  Redirect,
  ResponseHeader,
  RouteSettings,
} from '@vastrox/shared/route-settings.ts'
import { z } from 'zod'
import { MEGABYTE } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'

export const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Lines of a text, each read by the server's own rules; the first that is wrong is named. */
function listed<Entry>(schema: z.ZodType<Entry>, read: (line: string) => unknown, most: number) {
  return z.string().transform((text, context): Entry[] => {
    const lines = linesOf(text)
    if (lines.length > most) context.addIssue(t('At most {most} lines.', { most }))
    const entries: Entry[] = []
    for (const line of lines.slice(0, most)) {
      const { data, error } = schema.safeParse(read(line))
      if (error) {
        context.addIssue(`${line}: ${error.issues[0]?.message ?? t('not understood')}`)
        break
      }
      entries.push(data)
    }
    return entries
  })
}

const words = (line: string): string[] => line.split(/\s+/)

/** `/api api strip` */
function readPath(line: string) {
  const [prefix, process, strip] = words(line)
  return { prefix, process, strip: strip === undefined ? false : strip === 'strip' || strip }
}

/** `/old/* /new/* 301` */
function readRedirect(line: string) {
  const [from, to, status] = words(line)
  return { from, to, ...(status === undefined ? {} : { status: Number(status) }) }
}

/** `X-Frame-Options: DENY`; with nothing behind the colon the field is taken away. */
function readHeader(line: string) {
  const colon = line.indexOf(':')
  if (colon === -1) return { name: line }
  const value = line.slice(colon + 1).trim()
  return { name: line.slice(0, colon).trim(), value: value === '' ? null : value }
}

/** Where requests go, and what is added to responses: a line each. */
export const LinesForm = z.object({
  paths: listed(PathRoute, readPath, 50),
  redirects: listed(Redirect, readRedirect, 200),
  responseHeaders: listed(ResponseHeader, readHeader, 50),
})

export const toLinesForm = ({ paths, redirects, responseHeaders }: RouteSettings) => ({
  paths: paths
    .map(({ prefix, process, strip }) => `${prefix} ${process}${strip ? ' strip' : ''}`)
    .join('\n'),
  redirects: redirects.map(({ from, to, status }) => `${from} ${to} ${status}`).join('\n'),
  responseHeaders: responseHeaders.map(({ name, value }) => `${name}: ${value ?? ''}`).join('\n'),
})

const orEmpty = <Schema extends z.ZodType>(schema: Schema) => z.union([z.literal(''), schema])
const seconds = orEmpty(
  z.coerce
    .number(t('Give a number of seconds.'))
    .min(1, t('At least 1 s.'))
    .max(3_600, t('At most an hour.')),
)

/** Limits, HTTPS and the like, in the units that people think in; empty for "no limit". */
export const TrafficForm = z.object({
  httpsRedirect: RouteSettings.shape.httpsRedirect,
  hsts: z.enum(['off', 'first', 'full']),
  hstsSubDomains: z.boolean(),
  hstsPreload: z.boolean(),
  compression: RouteSettings.shape.compression,
  maxBodyMb: z.coerce
    .number(t('Give a number of megabytes.'))
    .min(0)
    .max(102_400, t('At most 100 GB.')),
  responseTimeoutS: seconds,
  idleTimeoutS: seconds,
  requestsPerS: orEmpty(
    z.coerce.number(t('Give a number of requests.')).min(0.1, t('At least 0.1.')).max(10_000),
  ),
  burst: orEmpty(z.coerce.number(t('Give a number of requests.')).int().min(1).max(100_000)),
  concurrentRequests: orEmpty(
    z.coerce.number(t('Give a number of requests.')).int().min(1).max(100_000),
  ),
  stickySessions: z.boolean(),
  keepAssets: z.boolean(),
})
export type TrafficForm = z.infer<typeof TrafficForm>

export const toTrafficForm = (settings: RouteSettings): TrafficForm => ({
  httpsRedirect: settings.httpsRedirect,
  hsts: choiceOf(settings.hsts),
  hstsSubDomains: settings.hsts?.includeSubDomains ?? false,
  hstsPreload: settings.hsts?.preload ?? false,
  compression: settings.compression,
  maxBodyMb: settings.maxBodyBytes / MEGABYTE,
  responseTimeoutS: secondsOf(settings.responseTimeoutMs),
  idleTimeoutS: secondsOf(settings.idleTimeoutMs),
  requestsPerS: settings.rateLimit?.requestsPerS ?? '',
  burst: settings.rateLimit?.burst ?? '',
  concurrentRequests: settings.concurrentRequests ?? '',
  stickySessions: settings.stickySessions,
  keepAssets: settings.keepAssets,
})

/** A duration that was set by command stays what it is as long as the choice stays. */
export const toTraffic = (form: TrafficForm, before: RouteSettings): ChangeRouteSettings => ({
  httpsRedirect: form.httpsRedirect,
  hsts:
    form.hsts === 'off'
      ? null
      : {
          maxAgeS:
            form.hsts === choiceOf(before.hsts) && before.hsts
              ? before.hsts.maxAgeS
              : form.hsts === 'full'
                ? FULL_HSTS_S
                : FIRST_HSTS_S,
          includeSubDomains: form.hstsSubDomains,
          preload: form.hstsPreload,
        },
  compression: form.compression,
  maxBodyBytes: Math.round(form.maxBodyMb * MEGABYTE),
  responseTimeoutMs: msOf(form.responseTimeoutS),
  idleTimeoutMs: msOf(form.idleTimeoutS),
  rateLimit:
    form.requestsPerS === ''
      ? null
      : {
          requestsPerS: form.requestsPerS,
          burst: form.burst === '' ? Math.max(1, Math.ceil(form.requestsPerS)) : form.burst,
        },
  concurrentRequests: form.concurrentRequests === '' ? null : form.concurrentRequests,
  stickySessions: form.stickySessions,
  keepAssets: form.keepAssets,
})

const choiceOf = (hsts: RouteSettings['hsts']): TrafficForm['hsts'] => {
  if (!hsts) return 'off'
  return hsts.maxAgeS >= FULL_HSTS_S ? 'full' : 'first'
}

const secondsOf = (ms: number | null): number | '' => (ms === null ? '' : ms / 1_000)
const msOf = (value: number | ''): number | null =>
  value === '' ? null : Math.round(value * 1_000)

const addresses = listed(RouteSettings.shape.allow.element, (line) => line, 500)

/** Who may come in, an address or network a line. */
export const AccessForm = z.object({ allow: addresses, deny: addresses })

export const toAccessForm = ({ allow, deny }: RouteSettings) => ({
  allow: allow.join('\n'),
  deny: deny.join('\n'),
})

export const MaintenanceForm = z.object({
  html: z.string().max(64 * 2 ** 10, t('At most 64 KB.')),
  allow: addresses,
  retryAfterMin: z.coerce.number(t('Give a number of minutes.')).int().min(1).max(10_080),
})

export const toMaintenanceForm = ({ maintenance }: RouteSettings) => ({
  html: maintenance.html ?? '',
  allow: maintenance.allow.join('\n'),
  retryAfterMin: Math.max(1, Math.round(maintenance.retryAfterS / 60)),
})
