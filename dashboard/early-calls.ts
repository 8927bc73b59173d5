import type { Permission } from '@vastrox/shared/permissions.ts'

/** What a page asks for first, so that it can be asked while the page's own code is still on its way. */
export interface EarlyCall {
  /** Below /api/v1, with the parameters of the page's path: `/apps/$name`. */
  path: string
  /** Asked only by who may, on the app of the page or everywhere. */
  may?: Permission
  /** Not asked by guests, who see apps and nothing of the team. */
  notByGuests?: boolean
}

const ALERTS: EarlyCall[] = [
  { path: '/alert-summary', may: 'alert.read' },
  { path: '/alerts?state=firing&limit=100', may: 'alert.read' },
  { path: '/first-run', notByGuests: true },
]
const APPS: EarlyCall = { path: '/apps?limit=200' }
const APP: EarlyCall = { path: '/apps/$name' }

/**
 * By page; pages below `/apps/$name` that are not named here ask for the app. A call that a page does
 * not make would be asked for nothing: `gates.docker.test.ts` finds it.
 */
const CALLS: Readonly<Record<string, readonly EarlyCall[]>> = {
  '/': [...ALERTS, APPS],
  '/apps': [...ALERTS, APPS],
  '/apps/$name': [
    APP,
    { path: '/alerts?state=firing&limit=100&app=$name', may: 'alert.read' },
    { path: '/apps/$name/deployments?limit=5' },
    { path: '/apps/$name/processes' },
    { path: '/apps/$name/releases' },
  ],
}
/** Outside: nobody is signed in there. */
const OUTSIDE = /^\/sign-in|^\/invitation\/\$token$/

/** Beside who is signed in, which every page inside asks; undefined where nothing is asked early. */
export function earlyCallsOf(route: string): readonly EarlyCall[] | undefined {
  if (OUTSIDE.test(route)) return undefined
  return CALLS[route] ?? (route.startsWith('/apps/$name/') ? [APP] : [])
}
