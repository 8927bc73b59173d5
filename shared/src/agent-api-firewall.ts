import { z } from 'zod'
import { Cidr, FirewallMode, FirewallState } from './firewall-rule.ts'

const Protocol = z.enum(['tcp', 'udp'])
const Reach = z.enum(['open', 'limited', 'closed'])

/** What happens to one port where something answers. */
export const FirewallEffect = z.object({
  protocol: Protocol,
  port: z.int(),
  /** The process or the container that answers there. */
  what: z.string(),
  /** `limited`: open to some sources, or up to a rate. */
  before: Reach,
  after: Reach,
  /** Somebody is signed in on this machine by way of it right now, or it is pinned. */
  operatorUses: z.boolean(),
  /** One of the product's own. */
  ours: z.boolean(),
})
export type FirewallEffect = z.infer<typeof FirewallEffect>

export const FirewallPreview = z.object({
  /** The text that nft would be given. */
  text: z.string(),
  effects: z.array(FirewallEffect),
  /** Whether anything is closed that is open now: then it has to be confirmed. */
  closes: z.boolean(),
  /** Sentences for people. */
  warnings: z.array(z.string()),
})
export type FirewallPreview = z.infer<typeof FirewallPreview>

export const AppliedFirewall = z.object({
  generation: z.int(),
  /** Without a confirmation the rules before come back then; null: it counts already. */
  pendingUntil: z.iso.datetime().nullable(),
})
export type AppliedFirewall = z.infer<typeof AppliedFirewall>

export const Ban = z.object({
  /** IPv6: its /64. */
  address: z.string(),
  until: z.iso.datetime(),
  reason: z.string(),
})
export type Ban = z.infer<typeof Ban>

const Presence = z.enum(['active', 'inactive', 'absent'])

export const FirewallReading = z.object({
  /** Why nothing is loaded, in words; null where all is well. */
  problem: z.string().nullable(),
  /** Of what is loaded now. */
  mode: FirewallMode,
  /** 0 until something has been confirmed. */
  confirmedGeneration: z.int(),
  pending: z.object({ generation: z.int(), until: z.iso.datetime() }).nullable(),
  /** The change that was taken back last, and why. */
  reverted: z
    .object({
      generation: z.int(),
      at: z.iso.datetime(),
      because: z.enum(['not-confirmed', 'asked-for', 'reboot']),
    })
    .nullable(),
  /** Of each rule that has been loaded, since this agent came up. */
  counters: z.array(z.object({ ruleId: z.string(), packets: z.int(), bytes: z.int() })),
  /** Of the last day, most packets first: dropped in `enforce`, only counted otherwise. */
  wouldDrop: z.array(
    z.object({
      protocol: Protocol,
      port: z.int(),
      packets: z.int(),
      /** Of the last hour, at most five. */
      lastSources: z.array(z.string()),
    }),
  ),
  bans: z.array(Ban),
  /** Who else says what may pass: what any of us closes is closed. */
  others: z.object({ ufw: Presence, firewalld: Presence }),
  /** Tables of others, as `ip nat`. */
  tables: z.array(z.string()),
})
export type FirewallReading = z.infer<typeof FirewallReading>

/** JSON verbs of the node's firewall; the wire is that of agent-api.ts. */
export const FIREWALL_VERBS = {
  /** Changes nothing. */
  'preview-firewall': { input: z.object({ state: FirewallState }), output: FirewallPreview },
  /**
   * Loads the state in one transaction. With `confirmWithinMs` the state that was confirmed last comes
   * back by itself unless confirm-firewall is called in time, whoever of ours is dead by then. 0 is
   * refused with FIREWALL_CONFIRM_NEEDED where something would be closed that is open. Throws
   * FIREWALL_UNAVAILABLE where the machine has no nftables, FIREWALL_REFUSED where it refuses the text.
   */
  'apply-firewall': {
    input: z.object({
      state: FirewallState,
      confirmWithinMs: z.int().min(0).max(600_000),
    }),
    output: AppliedFirewall,
  },
  /** Throws FIREWALL_NOT_PENDING for a generation that is not waiting (any more). Repeating it is no error. */
  'confirm-firewall': { input: z.object({ generation: z.int().positive() }), output: z.object({}) },
  /** What waits is taken back at once; nothing waiting is no error. */
  'revert-firewall': { input: z.object({}), output: z.object({ generation: z.int() }) },
  'read-firewall': { input: z.object({}), output: FirewallReading },
  /** Timed, IPv6 by /64, kept over restarts and reboots. Whoever may not be banned is said, not banned. */
  'change-bans': {
    input: z.object({
      add: z
        .array(
          z.object({
            address: z.union([z.ipv4(), z.ipv6()]),
            seconds: z.int().min(1).max(31_536_000),
            reason: z.string().max(200),
          }),
        )
        .max(1_000),
      remove: z.array(Cidr).max(1_000),
    }),
    output: z.object({
      refused: z.array(z.object({ address: z.string(), reason: z.string() })),
    }),
  },
} as const
export type FirewallVerb = keyof typeof FIREWALL_VERBS
export type FirewallInput<Verb extends FirewallVerb> = z.input<
  (typeof FIREWALL_VERBS)[Verb]['input']
>
export type FirewallOutput<Verb extends FirewallVerb> = z.output<
  (typeof FIREWALL_VERBS)[Verb]['output']
>
