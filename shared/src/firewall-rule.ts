import { z } from 'zod'

/** One address or a network, IPv4 or IPv6: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`. */
export const Cidr = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  'Write an address such as 203.0.113.7 or a network such as 203.0.113.0/24.',
)
export type Cidr = z.infer<typeof Cidr>

/** A port, or a range of them: `22`, `8000-8100`. */
export const PortRange = z
  .string()
  .regex(/^[1-9]\d{0,4}(-[1-9]\d{0,4})?$/, 'Write a port such as 22 or a range such as 8000-8100.')
  .refine(
    (text) => portsOf(text).last <= 65_535 && portsOf(text).first <= portsOf(text).last,
    'Ports go from 1 to 65535, the smaller one first.',
  )

/** The first and the last port of a range. */
export function portsOf(range: string): { first: number; last: number } {
  const [first = 0, last = first] = range.split('-').map(Number)
  return { first, last }
}

export const FirewallSetName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'Use up to 31 lower-case letters, digits or hyphens.')

/** Addresses under a name that rules refer to as `@name`. */
export const FirewallSet = z.object({
  name: FirewallSetName,
  members: z.array(Cidr).max(10_000),
})
export type FirewallSet = z.infer<typeof FirewallSet>

/** Whom a rule is about: a network, or `@name` for a set. */
export const FirewallSource = z.union(
  [Cidr, z.string().regex(/^@[a-z][a-z0-9-]{0,30}$/)],
  'Write an address, a network, or @ and the name of a set.',
)

const Protocol = z.enum(['tcp', 'udp'])

/**
 * One line of what may pass to this machine's ports, whatever answers there: a process of the host or
 * a published port of a container. The first rule that fits decides; `log` writes a line and goes on.
 */
export const FirewallRule = z
  .object({
    id: z.string().regex(/^[a-z0-9-]{1,40}$/),
    action: z.enum(['allow', 'deny', 'limit', 'log']),
    protocol: z.enum(['tcp', 'udp', 'icmp', 'any']),
    /** Empty: all of them. */
    ports: z.array(PortRange).max(50),
    /** Empty: from anywhere. */
    sources: z.array(FirewallSource).max(500),
    comment: z.string().max(200),
    /** It means nothing from then on, whether or not anybody has removed it. */
    expiresAt: z.iso.datetime().nullable(),
    /** Of `limit`: new connections a minute that each source may make (IPv6: each /64). */
    ratePerMinute: z.int().min(1).max(60_000).nullable(),
  })
  .refine((rule) => (rule.action === 'limit') === (rule.ratePerMinute !== null), {
    path: ['ratePerMinute'],
    message: 'A limit needs a rate, and nothing else has one.',
  })
  .refine((rule) => rule.protocol !== 'icmp' || rule.ports.length === 0, {
    path: ['ports'],
    message: 'ICMP has no ports.',
  })
export type FirewallRule = z.infer<typeof FirewallRule>

/** Where the containers of an app may go besides their own network. Without one, see DEFAULT_EGRESS. */
export const EgressPolicy = z.object({
  appId: z.string().regex(/^[a-z0-9]{8,40}$/),
  /** Everything that is not this machine, a private range or a metadata address. */
  internet: z.boolean(),
  /** Port 25, which only mail servers need. */
  smtp: z.boolean(),
  /** Whatever else, private ranges included. Counts for the app's builds, too. */
  allow: z
    .array(
      z.object({
        cidr: Cidr,
        protocol: z.enum(['tcp', 'udp', 'any']),
        /** Empty: all of them. */
        ports: z.array(PortRange).max(50),
      }),
    )
    .max(100),
})
export type EgressPolicy = z.infer<typeof EgressPolicy>

export const DEFAULT_EGRESS = { internet: true, smtp: false, allow: [] } as const

/**
 * `observe` counts what it would drop and drops nothing. `isolate` fences our own apps and builds in
 * (this machine, metadata addresses, private ranges and other apps are closed to them) and only counts
 * for the machine's ports: nobody can lock themselves out by it. `enforce` does everything.
 */
export const FirewallMode = z.enum(['observe', 'isolate', 'enforce'])
export type FirewallMode = z.infer<typeof FirewallMode>

export const OpenPort = z.object({ protocol: Protocol, port: z.int().min(1).max(65_535) })
export type OpenPort = z.infer<typeof OpenPort>

export const PinnedPort = OpenPort.extend({
  /** null: open to everybody, whatever the rules say. */
  source: Cidr.nullable(),
})
export type PinnedPort = z.infer<typeof PinnedPort>

/** The whole desired state of a node's firewall. The node adds the ports that the product itself needs. */
export const FirewallState = z
  .object({
    mode: FirewallMode,
    /** In order. */
    rules: z.array(FirewallRule).max(2_000),
    sets: z.array(FirewallSet).max(200),
    /** Never banned and not held by the cap of connections. Opens nothing by itself. */
    allowList: z.array(Cidr).max(1_000),
    /** Listeners that are not ours and stay open unless a rule denies them. */
    keepOpen: z.array(OpenPort).max(1_000),
    /** Before every rule: the way by which the operator is here. */
    pinned: z.array(PinnedPort).max(100),
    egress: z.array(EgressPolicy).max(2_000),
    /** Connections at the same time from one address (IPv6: one /64); 0: as many as they like. */
    maxConnectionsPerSource: z.int().min(0).max(65_535),
  })
  .superRefine(({ rules, sets }, context) => {
    const names = new Set(sets.map(({ name }) => name))
    if (names.size < sets.length)
      context.addIssue({ code: 'custom', path: ['sets'], message: 'Two sets have one name.' })
    if (new Set(rules.map(({ id }) => id)).size < rules.length)
      context.addIssue({ code: 'custom', path: ['rules'], message: 'Two rules have one id.' })
    for (const source of rules.flatMap((rule) => rule.sources))
      if (source.startsWith('@') && !names.has(source.slice(1)))
        context.addIssue({ code: 'custom', path: ['rules'], message: `No set is named ${source}.` })
  })
export type FirewallState = z.infer<typeof FirewallState>

/** What a node has before anybody has said anything: it looks, and touches nothing. */
export const FIRST_FIREWALL_STATE: FirewallState = {
  mode: 'observe',
  rules: [],
  sets: [],
  allowList: [],
  keepOpen: [],
  pinned: [],
  egress: [],
  maxConnectionsPerSource: 0,
}
