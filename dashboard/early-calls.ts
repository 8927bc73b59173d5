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

const ABOVE: EarlyCall[] = [
  { path: '/alerts?state=firing&limit=100', may: 'alert.read' },
  { path: '/alert-summary', may: 'alert.read' },
  { path: '/first-run', notByGuests: true },
]
const APPS: EarlyCall = { path: '/apps?limit=200' }
const SUBJECTS: EarlyCall = { path: '/backup-subjects?limit=200', may: 'backup.read' }

const APP: EarlyCall = { path: '/apps/$name' }

const ADDON: EarlyCall = { path: '/addons/$addon' }
const calls = (...paths: string[]): EarlyCall[] => paths.map((path) => ({ path }))

/** Of the pages of an app, beside the app itself. */
const OF_APP: Readonly<Record<string, readonly EarlyCall[]>> = {
  '': [
    { path: '/alerts?state=firing&limit=100&app=$name', may: 'alert.read' },
    ...calls('/apps/$name/deployments?limit=5', '/apps/$name/processes', '/apps/$name/releases'),
  ],
  '/deployments': calls('/apps/$name/deployments?limit=25'),
  '/deployments/$number': calls('/apps/$name/deployments/$number'),
  '/releases': calls('/apps/$name/releases'),
  '/env': [
    { path: '/apps/$name/env', may: 'env.read' },
    { path: '/apps/$name/env-groups', may: 'env.read' },
    { path: '/env-groups', may: 'env-group.read' },
  ],
  '/processes': calls('/apps/$name/processes'),
  '/jobs': calls('/apps/$name/jobs'),
  '/source': calls('/apps/$name/sources/git', '/apps/$name/sources/sftp'),
  '/volumes': calls('/apps/$name/volumes', '/apps/$name/disk', '/destroyed-volumes'),
  '/databases': [{ path: '/addons', may: 'addon.read' }, SUBJECTS],
  '/backups': [
    ...calls('/apps/$name/volumes'),
    { path: '/backups?limit=200&subject=app%3A$name', may: 'backup.read' },
    { path: '/addons', may: 'addon.read' },
  ],
  '/domains': calls('/apps/$name/domains'),
  '/routing': calls('/apps/$name/routing'),
  '/traffic': calls('/apps/$name/traffic?minutes=60'),
  '/crashes': calls('/apps/$name/crashes?limit=50'),
  '/crashes/$number': calls('/apps/$name/crashes/$number'),
  '/settings': calls('/apps/$name/egress'),
}

/** Of the others. A call that a page does not make would be asked for nothing: `gates.docker.test.ts` finds it. */
const CALLS: Readonly<Record<string, readonly EarlyCall[]>> = {
  '/': [APPS, ...ABOVE],
  '/apps': [APPS, ...ABOVE],
  '/addons': [...calls('/addons'), SUBJECTS, { path: '/destroyed-addons', may: 'addon.destroy' }],
  '/addons/new': [...calls('/catalog/addons', '/addons'), APPS],
  '/addons/$addon': [ADDON, SUBJECTS],
  '/addons/$addon/metrics': [ADDON, SUBJECTS],
  '/addons/$addon/backups': [ADDON, SUBJECTS, ...calls('/catalog/addons')],
  '/addons/$addon/console': [ADDON, SUBJECTS, ...calls('/catalog/addons')],
  '/addons/$addon/logs': [ADDON, SUBJECTS],
  '/addons/$addon/settings': [ADDON, SUBJECTS, ...calls('/catalog/addons')],
  '/backups': calls(
    '/backup-subjects?limit=200',
    '/backups?limit=200',
    '/backup-schedules',
    '/destinations',
  ),
  '/backups/history': calls('/backups?limit=200'),
  '/backups/schedules': calls('/backup-schedules', '/destinations'),
  '/backups/destinations': calls('/destinations', '/destination-kinds'),
  '/backups/restores': calls('/restores'),
  '/backups/restores/$id': calls('/restores/$id'),
  '/backups/$id': calls('/backups/$id'),
  '/backups/$id/restore': calls('/backups/$id'),
  '/tokens': calls('/tokens?limit=200'),
  '/webhooks': calls('/outgoing-webhooks'),
  '/env-groups': calls('/env-groups'),
  '/audit': calls('/audit-events?limit=50'),
  '/team': calls('/users', '/invitations'),
  '/alerts': calls('/alerts?state=firing&limit=100', '/alert-summary'),
  '/alerts/history': calls('/alerts?state=resolved&limit=50'),
  '/alerts/rules': calls('/alert-rules'),
  '/alerts/silences': calls('/silences', '/alert-rules'),
  '/alerts/channels': calls('/channels', '/catalog/channels'),
  '/alerts/drains': calls('/log-drains'),
  '/alerts/$id': calls('/alerts/$id'),
  '/uptime': calls('/uptime-checks?limit=200'),
  '/uptime/$id': calls('/uptime-checks/$id'),
  '/node': calls('/nodes', '/health'),
  '/node/metrics': calls('/nodes'),
  '/disk': calls('/disk'),
  '/trash': calls('/trash'),
  '/settings': calls('/trusted-proxies', '/port-policy'),
  '/firewall': calls('/firewall', '/firewall/rules', '/firewall/bans', '/firewall/changes'),
  '/certificates': calls('/certificate-states', '/certificates', '/issuers', '/dns-providers'),
  '/settings/domain': calls('/base-domain'),
  '/first-steps': calls('/first-run'),
  '/account': calls('/sessions', '/sign-in-ways', '/sign-in/offers'),
}
/** Outside: nobody is signed in there. */
const OUTSIDE = /^\/sign-in|^\/invitation\/\$token$/

/** Beside who is signed in, which every page inside asks; undefined where nothing is asked early. */
export function earlyCallsOf(route: string): readonly EarlyCall[] | undefined {
  if (OUTSIDE.test(route)) return undefined
  if (!route.startsWith(APP.path)) return CALLS[route] ?? []
  return [APP, ...(OF_APP[route.slice(APP.path.length)] ?? [])]
}
