import {
  ChangeRouteSettings,
  DEFAULT_ROUTE_SETTINGS,
  SetBasicAuthUser,
  ShownRouteSettings,
} from '@vastrox/shared/route-settings.ts'
import { ShownTrustedProxies, TrustedProxies } from '@vastrox/shared/trusted-proxies.ts'

interface Asked {
  params: string[]
  body: unknown
}

const shown = new Map<string, ShownRouteSettings>()

const settingsOf = (app = ''): ShownRouteSettings =>
  shown.get(app) ??
  ShownRouteSettings.parse({
    ...DEFAULT_ROUTE_SETTINGS,
    paths: [{ prefix: '/api', process: 'worker', strip: true }],
    redirects: [{ from: '/old/*', to: '/new/*', status: 301 }],
    responseHeaders: [{ name: 'X-Frame-Options', value: 'DENY' }],
    basicAuthUsers: ['ann'],
    hosts: [`${app}.localhost`],
    waitForRestart: ['worker'],
  })

function keep(app: string | undefined, change: Partial<ShownRouteSettings>): ShownRouteSettings {
  const next = { ...settingsOf(app), ...change }
  shown.set(app ?? '', next)
  return next
}

let proxies = ShownTrustedProxies.parse({ networks: [], asOf: {} })

/** Route settings that do as they are told. */
export const mockRouting: Record<string, (asked: Asked) => unknown> = {
  'GET /apps/:/routing': ({ params }) => settingsOf(params[0]),
  'PATCH /apps/:/routing': ({ params, body }) => {
    const { maintenance, ...change } = ChangeRouteSettings.parse(body)
    const before = settingsOf(params[0])
    return ShownRouteSettings.parse(
      keep(params[0], {
        ...JSON.parse(JSON.stringify(change)),
        maintenance: { ...before.maintenance, ...JSON.parse(JSON.stringify(maintenance ?? {})) },
      }),
    )
  },
  'PUT /apps/:/basic-auth-users/:': ({ params, body }) => {
    SetBasicAuthUser.parse(body)
    const users = settingsOf(params[0]).basicAuthUsers
    return keep(params[0], { basicAuthUsers: [...new Set([...users, params[1] ?? ''])] })
  },
  'DELETE /apps/:/basic-auth-users/:': ({ params }) =>
    keep(params[0], {
      basicAuthUsers: settingsOf(params[0]).basicAuthUsers.filter((user) => user !== params[1]),
    }),
  'GET /trusted-proxies': () => proxies,
  'PUT /trusted-proxies': ({ body }) => {
    const wish = TrustedProxies.parse(body)
    proxies = { ...wish, networks: wish.ranges, asOf: {} }
    return proxies
  },
}
