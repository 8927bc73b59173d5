import { DEFAULT_ROUTE_SETTINGS, type RouteSettings } from '@vastrox/shared/route-settings.ts'
import { expect, it } from 'vitest'
import {
  AccessForm,
  LinesForm,
  toAccessForm,
  toLinesForm,
  toTraffic,
  toTrafficForm,
  TrafficForm,
} from './routing-form.ts'

const settings: RouteSettings = {
  ...DEFAULT_ROUTE_SETTINGS,
  paths: [
    { prefix: '/api', process: 'api', strip: true },
    { prefix: '/ws', process: 'sockets', strip: false },
  ],
  redirects: [{ from: '/old/*', to: 'https://new.test/*', status: 301 }],
  responseHeaders: [
    { name: 'X-Frame-Options', value: 'DENY' },
    { name: 'X-Powered-By', value: null },
  ],
  allow: ['10.0.0.0/8', '2001:db8::/32'],
  hsts: { maxAgeS: 1_000, includeSubDomains: true, preload: false },
  rateLimit: { requestsPerS: 2.5, burst: 40 },
  responseTimeoutMs: 90_000,
}

it('gives back the settings that it was given', () => {
  expect(LinesForm.parse(toLinesForm(settings))).toEqual({
    paths: settings.paths,
    redirects: settings.redirects,
    responseHeaders: settings.responseHeaders,
  })
  expect(AccessForm.parse(toAccessForm(settings))).toEqual({ allow: settings.allow, deny: [] })
  const typed = TrafficForm.parse(toTrafficForm(settings))
  expect({ ...settings, ...toTraffic(typed, settings) }).toEqual(settings)
})

it('begins HSTS with 60 days, and goes to two years when asked', () => {
  const typed = TrafficForm.parse(toTrafficForm(DEFAULT_ROUTE_SETTINGS))
  const hsts = (choice: 'first' | 'full') =>
    toTraffic({ ...typed, hsts: choice }, DEFAULT_ROUTE_SETTINGS).hsts?.maxAgeS

  expect(hsts('first')).toBe(5_184_000)
  expect(hsts('full')).toBe(63_072_000)
})

it('takes a number of requests alone, with as many at once', () => {
  const typed = TrafficForm.parse({
    ...toTrafficForm(DEFAULT_ROUTE_SETTINGS),
    requestsPerS: '7.5',
    burst: '',
  })
  expect(toTraffic(typed, DEFAULT_ROUTE_SETTINGS).rateLimit).toEqual({
    requestsPerS: 7.5,
    burst: 8,
  })
})

it.each([
  [{ paths: '/api' }, 'paths'],
  [{ paths: '/api api whatever' }, 'paths'],
  [{ redirects: '/a\n/b /c' }, 'redirects'],
  [{ redirects: '/a /b 200' }, 'redirects'],
  [{ responseHeaders: 'Content-Length: 1' }, 'responseHeaders'],
  [{ responseHeaders: 'no colon' }, 'responseHeaders'],
])('names the line of %j that cannot be', (lines, field) => {
  const { error } = LinesForm.safeParse({ ...toLinesForm(DEFAULT_ROUTE_SETTINGS), ...lines })

  expect(error?.issues.map(({ path }) => path[0])).toEqual([field])
  expect(error?.issues[0]?.message).toMatch(/^\S.*: ./)
})
