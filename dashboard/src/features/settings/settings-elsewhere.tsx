import { Link, type LinkProps } from '@tanstack/react-router'
import type { Permission } from '@vastrox/shared/permissions.ts'
import { ChevronRight } from 'lucide-react'
import { useMe } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'

interface Place {
  to: NonNullable<LinkProps['to']>
  title: string
  what: string
  permission: Permission
}

const PLACES: readonly Place[] = [
  {
    to: '/settings/domain',
    title: t('Domain'),
    what: t('Where dashboard, API, Git and apps are, and a domain of your own'),
    permission: 'node.read',
  },
  {
    to: '/alerts/rules',
    title: t('Alert rules'),
    what: t('What is watched, from which value on, and for how long'),
    permission: 'alert.read',
  },
  {
    to: '/alerts/channels',
    title: t('Channels'),
    what: t('Who is told: e-mail, Slack, Discord, Telegram, ntfy, a webhook'),
    permission: 'channel.manage',
  },
  {
    to: '/alerts/drains',
    title: t('Log drains'),
    what: t('Where logs are sent on to: syslog over TLS, or HTTP'),
    permission: 'channel.manage',
  },
  {
    to: '/backups/destinations',
    title: t('Backup destinations'),
    what: t('Where backups are kept, their keys and their checks'),
    permission: 'backup.read',
  },
  {
    to: '/backups/schedules',
    title: t('Backup schedules'),
    what: t('What is backed up when, and how long it is kept'),
    permission: 'backup.read',
  },
  {
    to: '/certificates',
    title: t('Certificate authorities and DNS providers'),
    what: t('Who signs certificates, and how names are proven'),
    permission: 'node.read',
  },
  {
    to: '/firewall',
    title: t('Firewall'),
    what: t('What may come in, and from where'),
    permission: 'firewall.read',
  },
  {
    to: '/team',
    title: t('Team'),
    what: t('People, roles, and the rules of signing in'),
    permission: 'user.manage',
  },
]

/** Settings that stand beside what they are about. */
export function SettingsElsewhere() {
  const { permissions } = useMe()
  const places = PLACES.filter(({ permission }) => permissions.includes(permission))
  if (places.length === 0) return null
  return (
    <Card title={t('Beside what they are about')} flush>
      <ul className="sm:grid sm:grid-cols-2">
        {places.map(({ to, title, what }) => (
          <li key={to} className="border-b border-line sm:odd:border-r">
            <Link
              to={to}
              className="flex h-full items-center gap-3 px-4 py-3 hover:bg-hover sm:px-5"
            >
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{title}</span>
                <span className="block text-sm text-muted">{what}</span>
              </span>
              <ChevronRight size={16} aria-hidden className="shrink-0 text-faint" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
