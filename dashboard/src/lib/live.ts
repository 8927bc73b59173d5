import type { LiveEvent } from '@vastrox/shared/live-event.ts'

export type QueryKey = readonly string[]

/** Which queries read again what an event says has changed. An empty key means all of them. */
export function staleAfter({ type, app }: LiveEvent): QueryKey[] {
  if (type === 'reset') return [[]]
  if (type === 'tokens.changed') return [['tokens']]
  if (type === 'users.changed') return [['users'], ['me']]
  if (type === 'firewall.changed') return [['firewall']]
  if (type === 'outgoing-webhooks.changed') return [['outgoing-webhooks']]
  if (type === 'addons.changed') return [['addons']]
  if (type === 'backups.changed') return [['backups'], ['app', app ?? '', 'backups']]
  if (type === 'destinations.changed') return [['destinations']]
  if (type === 'drills.changed') return [['drills'], ['backups']]
  if (type === 'restores.changed') return [['restores'], ['backups']]
  if (type === 'alerts.changed') return [['alerts']]
  if (type === 'channels.changed') return [['channels']]
  if (type === 'drains.changed') return [['drains']]
  if (type === 'uptime.changed') return [['uptime']]
  if (type === 'crashes.changed') return [['app', app ?? '', 'crashes']]
  if (type === 'ssh-keys.changed') return [['ssh-keys'], ['deploy-keys']]
  // Domains show their certificates, and an address becomes HTTPS with the first one.
  if (type === 'certificates.changed') return [['certificates'], ['app'], ['app-list']]
  if (type === 'base-domain.changed') return [['base-domain'], ['app'], ['app-list'], ['first-run']]
  if (type === 'first-run.changed') return [['first-run']]
  if (type === 'node.changed') return [['nodes'], ['health']]
  if (app === null) return [['app-list']]
  switch (type) {
    case 'app.created':
    case 'app.destroyed':
    case 'app.changed':
      return [['app-list'], ['app', app, 'detail']]
    case 'deployment.changed':
      return [
        ['app-list'],
        ['app', app, 'detail'],
        ['app', app, 'deployments'],
        ['app', app, 'releases'],
        ['app', app, 'processes'],
      ]
    case 'release.created':
      return [['app', app, 'releases']]
    case 'instances.changed':
      return [['app-list'], ['app', app, 'detail'], ['app', app, 'processes']]
    case 'env.changed':
      return [['app', app, 'env']]
    case 'runs.changed':
      return [['app', app, 'runs']]
    case 'jobs.changed':
      return [['app', app, 'jobs']]
    case 'uploads.changed':
      return [['app', app, 'uploads']]
    case 'domains.changed':
      return [['app-list'], ['app', app, 'detail'], ['app', app, 'domains']]
    default:
      return type satisfies never
  }
}

/** The same keys, each once. */
export const withoutRepeats = (keys: readonly QueryKey[]): QueryKey[] => [
  ...new Map(keys.map((key) => [key.join('\0'), key])).values(),
]
