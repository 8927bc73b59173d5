import { expect, it } from 'vitest'
import { z } from 'zod'
import { DEFAULT_ROUTE_SETTINGS, RouteSettings, ShownRouteSettings } from './route-settings.ts'

const full = {
  ...DEFAULT_ROUTE_SETTINGS,
  paths: [{ prefix: '/api/', process: 'api', strip: true }],
  redirects: [{ from: '/old/*', to: '/new/*', status: 301 as const }],
  responseHeaders: [{ name: 'X-A', value: null }],
  hsts: { maxAgeS: 60, includeSubDomains: false, preload: false },
  rateLimit: { requestsPerS: 0.5, burst: 1 },
  basicAuthUsers: ['ann'],
  hosts: ['hello.localhost'],
  waitForRestart: ['api'],
}

it('are read and written alike, a path without its last slash', () => {
  const read = ShownRouteSettings.parse(full)

  expect(read.paths).toEqual([{ prefix: '/api', process: 'api', strip: true }])
  expect(z.encode(ShownRouteSettings, read)).toEqual(read)
})

it('can be described to programs', () => {
  for (const io of ['input', 'output'] as const)
    expect(z.toJSONSchema(RouteSettings, { io })).toMatchObject({ type: 'object' })
})
