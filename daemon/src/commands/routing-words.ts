import { ChangeRouteSettings, type RouteSettings } from '@vastrox/shared/route-settings.ts'
import { UsageError } from '#commands/command.ts'
import { parsed } from '#commands/firewall-arguments.ts'

const UNITS: Record<string, number> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/** `body=250M`, `timeout=90s`, `rate=10`, `compression=all`; `default` gives back what every app has. */
export function wishOf(text: string): ChangeRouteSettings {
  const [, name, value = ''] = /^([a-z-]{1,20})=(.{1,40})$/.exec(text) ?? []
  const read = name === undefined ? undefined : WORDS[name]
  if (!read) throw new UsageError(`${text} is none of ${Object.keys(WORDS).join('=…, ')}=….`)
  return parsed(ChangeRouteSettings, read(value))
}

const WORDS: Record<string, (value: string) => Record<string, unknown>> = {
  https: (value) => ({ httpsRedirect: value }),
  compression: (value) => ({ compression: value }),
  body: (value) => ({ maxBodyBytes: value === 'default' ? 100 * 2 ** 20 : bytesOf(value) }),
  timeout: (value) => ({ responseTimeoutMs: msOf(value) }),
  idle: (value) => ({ idleTimeoutMs: msOf(value) }),
  rate: (value) => ({ rateLimit: rateOf(value) }),
  concurrent: (value) => ({ concurrentRequests: value === 'none' ? null : Number(value) }),
  sticky: (value) => ({ stickySessions: onOf(value) }),
  assets: (value) => ({ keepAssets: onOf(value) }),
}

export function bytesOf(text: string): number {
  const [, number, unit = 'M'] = /^(\d{1,7}(?:\.\d{1,3})?) ?([KMG])?i?B?$/i.exec(text) ?? []
  if (number === undefined) throw new UsageError(`body=${text}: say it as 512K, 250M or 10G.`)
  return Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? 0))
}

const MS: Record<string, number> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 }

/** `90s`, `5m`; `default` is null. */
function msOf(text: string): number | null {
  if (text === 'default') return null
  const [, number, unit = 's'] = /^(\d{1,6})(s|m|min|h)?$/.exec(text) ?? []
  if (number === undefined) throw new UsageError(`${text}: say it as 90s or 5m, or default.`)
  return Number(number) * (MS[unit] ?? 0)
}

/** `10` a second with as many at once, `10:40` with 40 at once, `none`. */
function rateOf(text: string): RouteSettings['rateLimit'] {
  if (text === 'none') return null
  const [, number, burst] = /^(\d{1,5}(?:\.\d)?)(?:\/s)?(?::(\d{1,6}))?$/.exec(text) ?? []
  if (number === undefined)
    throw new UsageError(`rate=${text}: say it as 10 (a second) or 10:40 (40 at once), or none.`)
  const requestsPerS = Number(number)
  return {
    requestsPerS,
    burst: burst === undefined ? Math.max(1, Math.ceil(requestsPerS)) : Number(burst),
  }
}

export function onOf(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new UsageError(`${text} is neither on nor off.`)
  return text === 'on'
}
