import type { App } from '@vastrox/shared/app.ts'
import type { LinkProps } from '@tanstack/react-router'
import { t } from '#lib/words.ts'

/** Something to go to; verbs lead to the page where they are done. */
export interface Command {
  id: string
  title: string
  group: 'Apps' | 'Pages' | 'Do'
  to: NonNullable<LinkProps['to']>
  params?: { name: string }
}

const PAGES: readonly Command[] = [
  { id: 'overview', title: t('Overview: is all well'), group: 'Pages', to: '/' },
  { id: 'apps', title: t('Apps'), group: 'Pages', to: '/apps' },
  { id: 'addons', title: t('Add-ons: databases'), group: 'Pages', to: '/addons' },
  { id: 'new-addon', title: t('New database'), group: 'Pages', to: '/addons/new' },
  { id: 'backups', title: t('Backups and what is proven'), group: 'Pages', to: '/backups' },
  { id: 'backup-history', title: t('Calendar of backups'), group: 'Pages', to: '/backups/history' },
  {
    id: 'destinations',
    title: t('Backup destinations'),
    group: 'Pages',
    to: '/backups/destinations',
  },
  {
    id: 'backup-schedules',
    title: t('Backup schedules'),
    group: 'Pages',
    to: '/backups/schedules',
  },
  { id: 'restores', title: t('Restores'), group: 'Pages', to: '/backups/restores' },
  { id: 'alerts', title: t('Alerts: what is wrong'), group: 'Pages', to: '/alerts' },
  { id: 'alert-history', title: t('Alerts of before'), group: 'Pages', to: '/alerts/history' },
  { id: 'alert-rules', title: t('Rules of alerts'), group: 'Pages', to: '/alerts/rules' },
  { id: 'silences', title: t('Silence alerts'), group: 'Pages', to: '/alerts/silences' },
  { id: 'channels', title: t('Channels: who is told'), group: 'Pages', to: '/alerts/channels' },
  { id: 'drains', title: t('Log drains'), group: 'Pages', to: '/alerts/drains' },
  { id: 'uptime', title: t('Uptime checks'), group: 'Pages', to: '/uptime' },
  { id: 'env-groups', title: t('Env groups'), group: 'Pages', to: '/env-groups' },
  { id: 'node', title: t('Node and health'), group: 'Pages', to: '/node' },
  { id: 'node-metrics', title: t('Metrics of the node'), group: 'Pages', to: '/node/metrics' },
  { id: 'platform-log', title: t('Log of Vastrox itself'), group: 'Pages', to: '/platform-log' },
  { id: 'settings', title: t('Settings of the platform'), group: 'Pages', to: '/settings' },
  { id: 'domain', title: t('Domain of the platform'), group: 'Pages', to: '/settings/domain' },
  { id: 'disk', title: t('Disk: what takes it'), group: 'Pages', to: '/disk' },
  { id: 'trash', title: t('Trash'), group: 'Pages', to: '/trash' },
  { id: 'firewall', title: t('Firewall'), group: 'Pages', to: '/firewall' },
  {
    id: 'certificates',
    title: t('Certificates, CAs and DNS providers'),
    group: 'Pages',
    to: '/certificates',
  },
  { id: 'tokens', title: t('Tokens'), group: 'Pages', to: '/tokens' },
  { id: 'webhooks', title: t('Webhooks to other programs'), group: 'Pages', to: '/webhooks' },
  { id: 'team', title: t('Team and invitations'), group: 'Pages', to: '/team' },
  { id: 'audit', title: t('Audit'), group: 'Pages', to: '/audit' },
  { id: 'first-steps', title: t('First steps'), group: 'Pages', to: '/first-steps' },
  { id: 'account', title: t('Account and password'), group: 'Pages', to: '/account' },
]

const VERBS = [
  ['push', t('Push to'), '/apps/$name/push'],
  ['logs', t('Read the log of'), '/apps/$name/logs'],
  ['metrics', t('Metrics of'), '/apps/$name/metrics'],
  ['traffic', t('Traffic of'), '/apps/$name/traffic'],
  ['crashes', t('Crashes of'), '/apps/$name/crashes'],
  ['requests', t('Requests to'), '/apps/$name/access-log'],
  ['databases', t('Databases of'), '/apps/$name/databases'],
  ['backups', t('Back up or restore'), '/apps/$name/backups'],
  ['env', t('Change the env of'), '/apps/$name/env'],
  ['scale', t('Scale or restart'), '/apps/$name/processes'],
  ['roll-back', t('Roll back'), '/apps/$name/releases'],
  ['deployments', t('Deployments of'), '/apps/$name/deployments'],
  ['source', t('Connect the source of'), '/apps/$name/source'],
  ['files', t('Files of'), '/apps/$name/files'],
  ['domains', t('Domains of'), '/apps/$name/domains'],
  ['routing', t('Routing of'), '/apps/$name/routing'],
  ['volumes', t('Volumes of'), '/apps/$name/volumes'],
  ['jobs', t('Scheduled jobs of'), '/apps/$name/jobs'],
  ['terminal', t('Terminal of'), '/apps/$name/terminal'],
  ['settings', t('Settings of'), '/apps/$name/settings'],
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
