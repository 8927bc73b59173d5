import { z } from 'zod'
import type { NewFirewallRule } from './firewall.ts'
import { Cidr, PortRange } from './firewall-rule.ts'

export type TemplateField = 'port' | 'address' | 'network' | 'hours'

/** Rules that people want often, with what has to be filled in. */
export interface FirewallTemplate {
  id: 'web-only' | 'database-for-one' | 'game-server' | 'block-network'
  title: string
  lead: string
  fields: readonly { name: TemplateField; label: string; hint: string; default: string }[]
  /** In the order in which they go to the top of the list. Given only values that were checked. */
  rules(values: TemplateValues, given: Given): NewFirewallRule[]
}
export type TemplateValues = Readonly<Record<TemplateField, string>>
interface Given {
  now: Date
  /** Where the proxy answers. */
  webPorts: readonly number[]
}

const HOUR_MS = 3_600_000
const MAX_HOURS = 24 * 365

const CHECKS: Record<TemplateField, z.ZodType> = {
  port: PortRange,
  address: z.union([z.ipv4(), z.ipv6()], 'Write an address such as 203.0.113.7.'),
  network: Cidr,
  hours: z.coerce
    .number({ error: 'Write a number of hours.' })
    .min(0.1, 'A few minutes at least.')
    .max(MAX_HOURS, 'A year at most.'),
}

/** What is wrong with a value, in words; undefined where it may be used. */
export const wrongWith = (field: TemplateField, value: string): string | undefined =>
  CHECKS[field].safeParse(value.trim()).error?.issues[0]?.message

export const FIREWALL_TEMPLATES: readonly FirewallTemplate[] = [
  {
    id: 'web-only',
    title: 'Web only',
    lead: 'The world reaches the web sites and nothing else; you reach everything.',
    fields: [
      {
        name: 'network',
        label: 'You are at',
        hint: 'An address or a network, such as 203.0.113.7 or 203.0.113.0/24.',
        default: '',
      },
    ],
    rules: ({ network }, { webPorts }) => [
      rule({ ports: webPorts.map(String), comment: 'Web' }),
      rule({ protocol: 'any', sources: [network], comment: 'Administration' }),
      rule({ action: 'deny', protocol: 'any', comment: 'Everything else' }),
    ],
  },
  {
    id: 'database-for-one',
    title: 'A database for one address, for a while',
    lead: 'Opens a port for one address and closes it again by itself.',
    fields: [
      { name: 'port', label: 'Port', hint: '5432 PostgreSQL, 3306 MySQL', default: '5432' },
      { name: 'address', label: 'From', hint: 'The address of whoever needs it.', default: '' },
      { name: 'hours', label: 'Hours', hint: 'Closed again after that.', default: '2' },
    ],
    rules: ({ port, address, hours }, { now }) => [
      rule({
        ports: [port],
        sources: [address],
        comment: `Database for ${address}`,
        expiresAt: new Date(now.getTime() + Number(hours) * HOUR_MS).toISOString(),
      }),
    ],
  },
  {
    id: 'game-server',
    title: 'Game server',
    lead: 'Opens a port over TCP and UDP for everybody.',
    fields: [
      { name: 'port', label: 'Port', hint: 'One port or a range: 27015-27030', default: '25565' },
    ],
    rules: ({ port }) => [
      rule({ protocol: 'udp', ports: [port], comment: 'Game server' }),
      rule({ protocol: 'tcp', ports: [port], comment: 'Game server' }),
    ],
  },
  {
    id: 'block-network',
    title: 'Block a network',
    lead: 'Nothing from there is let in, whatever the rules below say.',
    fields: [
      {
        name: 'network',
        label: 'Network',
        hint: 'Such as 198.51.100.0/24 or 2001:db8::/32.',
        default: '',
      },
    ],
    rules: ({ network }) => [
      rule({ action: 'deny', protocol: 'any', sources: [network], comment: 'Blocked' }),
    ],
  },
]

const rule = (given: Partial<NewFirewallRule>): NewFirewallRule => ({
  action: 'allow',
  protocol: 'tcp',
  ports: [],
  sources: [],
  comment: '',
  expiresAt: null,
  ratePerMinute: null,
  ...given,
})
