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
      { to: '/', label: 'Overview', icon: House, permission: 'app.read', exact: true },
      { to: '/apps', label: 'Apps', icon: Boxes, permission: 'app.read' },
      { to: '/addons', label: 'Add-ons', icon: Database, permission: 'addon.read' },
      { to: '/backups', label: 'Backups', icon: DatabaseBackup, permission: 'backup.read' },
      { to: '/env-groups', label: 'Groups', icon: Layers, permission: 'env-group.read' },
    ],
  },
  {
    label: 'Watch',
    items: [
      { to: '/alerts', label: 'Alerts', icon: Bell, permission: 'alert.read' },
      { to: '/uptime', label: 'Uptime', icon: HeartPulse, permission: 'uptime.read' },
      {
        to: '/platform-log',
        label: 'Platform log',
        icon: SquareTerminal,
        permission: 'node.read',
      },
    ],
  },
  {
    label: 'Server',
    items: [
      { to: '/node', label: 'Node', icon: Server, permission: 'node.read' },
      { to: '/disk', label: 'Disk', icon: HardDrive, permission: 'node.read' },
      { to: '/firewall', label: 'Firewall', icon: ShieldCheck, permission: 'firewall.read' },
      { to: '/certificates', label: 'Certificates', icon: Lock, permission: 'node.read' },
      { to: '/settings/domain', label: 'Domain', icon: Globe, permission: 'node.read' },
      {
        to: '/settings',
        label: 'Settings',
        icon: Settings2,
        permission: 'node.read',
        exact: true,
      },
    ],
  },
  {
    label: 'Team',
    items: [
      { to: '/team', label: 'Team', icon: Users, permission: 'user.manage' },
      { to: '/tokens', label: 'Tokens', icon: KeyRound, permission: 'token.manage' },
      { to: '/webhooks', label: 'Webhooks', icon: Webhook, permission: 'webhook.manage' },
      { to: '/audit', label: 'Audit', icon: ScrollText, permission: 'audit.read' },
      { to: '/trash', label: 'Trash', icon: Trash2, permission: 'app.destroy' },
    ],
  },
]

/** What a thumb reaches at the foot of a phone; the rest is behind "More". */
export const AT_THE_FOOT: readonly NavItem['to'][] = ['/', '/apps', '/alerts', '/backups']
