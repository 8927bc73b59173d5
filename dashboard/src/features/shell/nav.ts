import type { Permission } from '@vastrox/shared/permissions.ts'
import {
  Bell,
  Boxes,
  Database,
  DatabaseBackup,
  Globe,
  HardDrive,
  HeartPulse,
  House,
  KeyRound,
  Layers,
  Lock,
  type LucideIcon,
  ScrollText,
  Server,
  Settings2,
  ShieldCheck,
  SquareTerminal,
  Trash2,
  Users,
  Webhook,
} from 'lucide-react'
import { t } from '#lib/words.ts'

export interface NavItem {
  to:
    | '/'
    | '/apps'
    | '/addons'
    | '/backups'
    | '/alerts'
    | '/uptime'
    | '/env-groups'
    | '/node'
    | '/disk'
    | '/trash'
    | '/firewall'
    | '/certificates'
    | '/settings/domain'
    | '/tokens'
    | '/webhooks'
    | '/team'
    | '/audit'
    | '/settings'
    | '/platform-log'
  label: string
  /** Not lit by the pages beneath it. */
  exact?: boolean
  icon: LucideIcon
  permission: Permission
}

interface NavGroup {
  /** The first group needs no name. */
  label: string | undefined
  items: readonly NavItem[]
}

/** The pages of the side bar by what they are about; on a phone behind "More". */
export const NAV: readonly NavGroup[] = [
  {
    label: undefined,
    items: [
      { to: '/', label: t('Overview'), icon: House, permission: 'app.read', exact: true },
      { to: '/apps', label: t('Apps'), icon: Boxes, permission: 'app.read' },
      { to: '/addons', label: t('Add-ons'), icon: Database, permission: 'addon.read' },
      { to: '/backups', label: t('Backups'), icon: DatabaseBackup, permission: 'backup.read' },
      { to: '/env-groups', label: t('Groups'), icon: Layers, permission: 'env-group.read' },
    ],
  },
  {
    label: t('Watch'),
    items: [
      { to: '/alerts', label: t('Alerts'), icon: Bell, permission: 'alert.read' },
      { to: '/uptime', label: t('Uptime'), icon: HeartPulse, permission: 'uptime.read' },
      {
        to: '/platform-log',
        label: t('Platform log'),
        icon: SquareTerminal,
        permission: 'node.read',
      },
    ],
  },
  {
    label: t('Server'),
    items: [
      { to: '/node', label: t('Node'), icon: Server, permission: 'node.read' },
      { to: '/disk', label: t('Disk'), icon: HardDrive, permission: 'node.read' },
      { to: '/firewall', label: t('Firewall'), icon: ShieldCheck, permission: 'firewall.read' },
      { to: '/certificates', label: t('Certificates'), icon: Lock, permission: 'node.read' },
      { to: '/settings/domain', label: t('Domain'), icon: Globe, permission: 'node.read' },
      {
        to: '/settings',
        label: t('Settings'),
        icon: Settings2,
        permission: 'node.read',
        exact: true,
      },
    ],
  },
  {
    label: t('Team'),
    items: [
      { to: '/team', label: t('Team'), icon: Users, permission: 'user.manage' },
      { to: '/tokens', label: t('Tokens'), icon: KeyRound, permission: 'token.manage' },
      { to: '/webhooks', label: t('Webhooks'), icon: Webhook, permission: 'webhook.manage' },
      { to: '/audit', label: t('Audit'), icon: ScrollText, permission: 'audit.read' },
      { to: '/trash', label: t('Trash'), icon: Trash2, permission: 'app.destroy' },
    ],
  },
]

/** What a thumb reaches at the foot of a phone; the rest is behind "More". */
export const AT_THE_FOOT: readonly NavItem['to'][] = ['/', '/apps', '/alerts', '/backups']
