import type { Permission } from '@vastrox/shared/permissions.ts'
import {
  Bell,
  Boxes,
  Database,
  DatabaseBackup,
  HardDrive,
  HeartPulse,
  KeyRound,
  Layers,
  Lock,
  type LucideIcon,
  ScrollText,
  Server,
  ShieldCheck,
  Trash2,
  Users,
  Webhook,
} from 'lucide-react'

interface NavItem {
  to:
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
    | '/tokens'
    | '/webhooks'
    | '/team'
    | '/audit'
  label: string
  /** At the foot of a phone, where there is little room. */
  short?: string
  icon: LucideIcon
  permission: Permission
}

/** The pages of the side bar, and of the bar at the foot on a phone. */
export const NAV: readonly NavItem[] = [
  { to: '/apps', label: 'Apps', icon: Boxes, permission: 'app.read' },
  { to: '/addons', label: 'Add-ons', icon: Database, permission: 'addon.read' },
  { to: '/backups', label: 'Backups', icon: DatabaseBackup, permission: 'backup.read' },
  { to: '/alerts', label: 'Alerts', icon: Bell, permission: 'alert.read' },
  { to: '/uptime', label: 'Uptime', icon: HeartPulse, permission: 'uptime.read' },
  { to: '/env-groups', label: 'Groups', icon: Layers, permission: 'env-group.read' },
  { to: '/node', label: 'Node', icon: Server, permission: 'node.read' },
  { to: '/disk', label: 'Disk', icon: HardDrive, permission: 'node.read' },
  { to: '/firewall', label: 'Firewall', icon: ShieldCheck, permission: 'firewall.read' },
  {
    to: '/certificates',
    label: 'Certificates',
    short: 'HTTPS',
    icon: Lock,
    permission: 'node.read',
  },
  { to: '/tokens', label: 'Tokens', icon: KeyRound, permission: 'token.manage' },
  { to: '/webhooks', label: 'Webhooks', icon: Webhook, permission: 'webhook.manage' },
  { to: '/team', label: 'Team', icon: Users, permission: 'user.manage' },
  { to: '/trash', label: 'Trash', icon: Trash2, permission: 'app.destroy' },
  { to: '/audit', label: 'Audit', icon: ScrollText, permission: 'audit.read' },
]
