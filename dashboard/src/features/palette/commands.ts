import type { App } from '@vastrox/shared/app.ts'
import type { LinkProps } from '@tanstack/react-router'

/** Something to go to; verbs lead to the page where they are done. */
export interface Command {
  id: string
  title: string
  group: 'Apps' | 'Pages' | 'Do'
  to: NonNullable<LinkProps['to']>
  params?: { name: string }
}

const PAGES: readonly Command[] = [
  { id: 'overview', title: 'Overview: is all well', group: 'Pages', to: '/' },
  { id: 'apps', title: 'Apps', group: 'Pages', to: '/apps' },
  { id: 'addons', title: 'Add-ons: databases', group: 'Pages', to: '/addons' },
  { id: 'new-addon', title: 'New database', group: 'Pages', to: '/addons/new' },
  { id: 'backups', title: 'Backups and what is proven', group: 'Pages', to: '/backups' },
  { id: 'backup-history', title: 'Calendar of backups', group: 'Pages', to: '/backups/history' },
  { id: 'destinations', title: 'Backup destinations', group: 'Pages', to: '/backups/destinations' },
  { id: 'backup-schedules', title: 'Backup schedules', group: 'Pages', to: '/backups/schedules' },
  { id: 'restores', title: 'Restores', group: 'Pages', to: '/backups/restores' },
  { id: 'alerts', title: 'Alerts: what is wrong', group: 'Pages', to: '/alerts' },
  { id: 'alert-history', title: 'Alerts of before', group: 'Pages', to: '/alerts/history' },
  { id: 'alert-rules', title: 'Rules of alerts', group: 'Pages', to: '/alerts/rules' },
  { id: 'silences', title: 'Silence alerts', group: 'Pages', to: '/alerts/silences' },
  { id: 'channels', title: 'Channels: who is told', group: 'Pages', to: '/alerts/channels' },
  { id: 'drains', title: 'Log drains', group: 'Pages', to: '/alerts/drains' },
  { id: 'uptime', title: 'Uptime checks', group: 'Pages', to: '/uptime' },
  { id: 'env-groups', title: 'Env groups', group: 'Pages', to: '/env-groups' },
  { id: 'node', title: 'Node and health', group: 'Pages', to: '/node' },
  { id: 'node-metrics', title: 'Metrics of the node', group: 'Pages', to: '/node/metrics' },
  { id: 'platform-log', title: 'Log of Vastrox itself', group: 'Pages', to: '/platform-log' },
  { id: 'settings', title: 'Settings of the platform', group: 'Pages', to: '/settings' },
  { id: 'domain', title: 'Domain of the platform', group: 'Pages', to: '/settings/domain' },
  { id: 'disk', title: 'Disk: what takes it', group: 'Pages', to: '/disk' },
  { id: 'trash', title: 'Trash', group: 'Pages', to: '/trash' },
  { id: 'firewall', title: 'Firewall', group: 'Pages', to: '/firewall' },
  {
    id: 'certificates',
    title: 'Certificates, CAs and DNS providers',
    group: 'Pages',
    to: '/certificates',
  },
  { id: 'tokens', title: 'Tokens', group: 'Pages', to: '/tokens' },
  { id: 'webhooks', title: 'Webhooks to other programs', group: 'Pages', to: '/webhooks' },
  { id: 'team', title: 'Team and invitations', group: 'Pages', to: '/team' },
  { id: 'audit', title: 'Audit', group: 'Pages', to: '/audit' },
  { id: 'first-steps', title: 'First steps', group: 'Pages', to: '/first-steps' },
  { id: 'account', title: 'Account and password', group: 'Pages', to: '/account' },
]

const VERBS = [
  ['push', 'Push to', '/apps/$name/push'],
  ['logs', 'Read the log of', '/apps/$name/logs'],
  ['metrics', 'Metrics of', '/apps/$name/metrics'],
  ['traffic', 'Traffic of', '/apps/$name/traffic'],
  ['crashes', 'Crashes of', '/apps/$name/crashes'],
  ['requests', 'Requests to', '/apps/$name/access-log'],
  ['databases', 'Databases of', '/apps/$name/databases'],
  ['backups', 'Back up or restore', '/apps/$name/backups'],
  ['env', 'Change the env of', '/apps/$name/env'],
  ['scale', 'Scale or restart', '/apps/$name/processes'],
  ['roll-back', 'Roll back', '/apps/$name/releases'],
  ['deployments', 'Deployments of', '/apps/$name/deployments'],
  ['source', 'Connect the source of', '/apps/$name/source'],
  ['files', 'Files of', '/apps/$name/files'],
  ['domains', 'Domains of', '/apps/$name/domains'],
  ['routing', 'Routing of', '/apps/$name/routing'],
  ['volumes', 'Volumes of', '/apps/$name/volumes'],
  ['jobs', 'Scheduled jobs of', '/apps/$name/jobs'],
  ['terminal', 'Terminal of', '/apps/$name/terminal'],
  ['settings', 'Settings of', '/apps/$name/settings'],
] as const

export const commandsFor = (apps: readonly App[]): Command[] => [
  ...apps.map(
    ({ name }): Command => ({
      id: `app ${name}`,
      title: name,
      group: 'Apps',
      to: '/apps/$name',
      params: { name },
    }),
  ),
  ...PAGES,
  ...apps.flatMap(({ name }) =>
    VERBS.map(
      ([id, title, to]): Command => ({
        id: `${id} ${name}`,
        title: `${title} ${name}`,
        group: 'Do',
        to,
        params: { name },
      }),
    ),
  ),
]

const MOST = 40

/**
 * The commands that hold every word that was typed, in any order; those where the words begin words
 * come first. With nothing typed the verbs stay away: there would be too many.
 */
export function findCommands(commands: readonly Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return commands.filter(({ group }) => group !== 'Do').slice(0, MOST)
  return commands
    .map((command) => ({ command, text: ` ${command.title} ${command.id}`.toLowerCase() }))
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .map(({ command, text }) => ({
      command,
      inside: words.filter((word) => !text.includes(` ${word}`)).length,
    }))
    .toSorted((a, b) => a.inside - b.inside)
    .map(({ command }) => command)
    .slice(0, MOST)
}
