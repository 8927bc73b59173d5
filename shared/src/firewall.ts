import { z } from 'zod'
import { FirewallEffect as NodeEffect, FirewallReading } from './agent-api-firewall.ts'
import { EgressPolicy, FirewallMode, FirewallRule, FirewallState } from './firewall-rule.ts'

/** A rule that has no place in the list yet. */
export const NewFirewallRule = z.object({
  action: FirewallRule.shape.action,
  protocol: FirewallRule.shape.protocol.default('tcp'),
  ports: FirewallRule.shape.ports.default([]),
  sources: FirewallRule.shape.sources.default([]),
  comment: FirewallRule.shape.comment.default(''),
  expiresAt: FirewallRule.shape.expiresAt.default(null),
  ratePerMinute: FirewallRule.shape.ratePerMinute.default(null),
})
export type NewFirewallRule = z.input<typeof NewFirewallRule>

/** The whole list at once: a rule without an id is a new one. */
export const ListedRule = NewFirewallRule.extend({ id: FirewallRule.shape.id.optional() })
export type ListedRule = z.input<typeof ListedRule>

export const ChangeFirewallRule = z.object({
  action: FirewallRule.shape.action.optional(),
  protocol: FirewallRule.shape.protocol.optional(),
  ports: FirewallRule.shape.ports.optional(),
  sources: FirewallRule.shape.sources.optional(),
  comment: FirewallRule.shape.comment.optional(),
  expiresAt: FirewallRule.shape.expiresAt.optional(),
  ratePerMinute: FirewallRule.shape.ratePerMinute.optional(),
  /** Its new place, from 0. */
  at: z.int().min(0).max(2_000).optional(),
})
export type ChangeFirewallRule = z.input<typeof ChangeFirewallRule>

/** A rule with what has met it since it was loaded. */
export const CountedRule = FirewallRule.extend({
  /** null: it is not loaded, or the node does not answer. */
  packets: z.number().nullable(),
  bytes: z.number().nullable(),
})
export type CountedRule = z.infer<typeof CountedRule>

/** What is to be different; what is left out stays as it is. */
export const FirewallWish = z.object({
  mode: FirewallMode.optional(),
  rules: z.array(ListedRule).max(2_000).optional(),
  sets: FirewallState.shape.sets.optional(),
  allowList: FirewallState.shape.allowList.optional(),
  /**
   * Ports of listeners that are not ours and stay open though no rule says so. Left out when a mode
   * is asked for that would close some: all of those that answer now.
   */
  keepOpen: FirewallState.shape.keepOpen.optional(),
  maxConnectionsPerSource: FirewallState.shape.maxConnectionsPerSource.optional(),
})
export type FirewallWish = z.input<typeof FirewallWish>

/** What becomes of one port. */
export const FirewallEffect = NodeEffect.extend({
  /** It stays open although no rule says so. */
  keptOpen: z.boolean(),
})
export type FirewallEffect = z.infer<typeof FirewallEffect>

export const FirewallPreview = z.object({
  mode: FirewallMode,
  /** The effect in words, the worst first; never empty. */
  words: z.array(z.string()),
  effects: z.array(FirewallEffect),
  warnings: z.array(z.string()),
  /** It closes something, so that it goes back by itself unless it is confirmed. */
  needsConfirmation: z.boolean(),
  keepOpen: FirewallState.shape.keepOpen,
})
export type FirewallPreview = z.infer<typeof FirewallPreview>

/** One change of the firewall, from the wish to its end. */
export const FirewallChange = z.object({
  number: z.int(),
  state: z.enum(['applying', 'pending', 'confirmed', 'reverted', 'failed']),
  mode: FirewallMode,
  /** What was changed, in words. */
  summary: z.string(),
  actor: z.string(),
  at: z.iso.datetime(),
  /** Until then somebody must confirm it; null where nobody need to. */
  pendingUntil: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** Why it was taken back or failed. */
  reason: z.string().nullable(),
})
export type FirewallChange = z.infer<typeof FirewallChange>

export const FirewallStatus = z.object({
  /** What the node does now. */
  mode: FirewallMode,
  /** The mode in words. */
  meaning: z.string(),
  /** Waits for its confirmation. */
  pending: FirewallChange.nullable(),
  lastChange: FirewallChange.nullable(),
  ruleCount: z.int(),
  sets: FirewallState.shape.sets,
  allowList: FirewallState.shape.allowList,
  keepOpen: FirewallState.shape.keepOpen,
  maxConnectionsPerSource: FirewallState.shape.maxConnectionsPerSource,
  /** Met the end of the list: dropped in `enforce`, counted in `observe`. */
  wouldDrop: FirewallReading.shape.wouldDrop,
  /** Other firewalls of this machine, in words. */
  others: z.array(z.string()),
  /** Where the proxy answers for web sites. */
  webPorts: z.array(z.int()),
  /** What is wrong; null when all is well. */
  problem: z.string().nullable(),
  /** Where the one who asks comes from; null on the server itself. */
  yourAddress: z.string().nullable(),
  /** True for a request over a connection that is younger than the pending change. */
  isNewConnection: z.boolean(),
})
export type FirewallStatus = z.infer<typeof FirewallStatus>

export const Ban = z.object({
  id: z.string(),
  /** An IPv4 address, or the /64 of an IPv6 address. */
  address: z.string(),
  reason: z.string(),
  /** Who banned it: a person, or `vastrox`. */
  actor: z.string(),
  at: z.iso.datetime(),
  until: z.iso.datetime(),
})
export type Ban = z.infer<typeof Ban>

export const BAN_SECONDS = { least: 60, most: 365 * 86_400 } as const
export const NewBan = z.object({
  address: z.union([z.ipv4(), z.ipv6()], 'Give an IP address such as 203.0.113.7.'),
  seconds: z.int().min(BAN_SECONDS.least).max(BAN_SECONDS.most).default(86_400),
  reason: z.string().trim().max(200).default('by hand'),
})
export type NewBan = z.input<typeof NewBan>

/** Where an app may connect to. */
export const AppEgress = z.object({
  internet: EgressPolicy.shape.internet,
  smtp: EgressPolicy.shape.smtp,
  allow: EgressPolicy.shape.allow,
})
export type AppEgress = z.infer<typeof AppEgress>
export const ChangeAppEgress = AppEgress.partial()
export type ChangeAppEgress = z.infer<typeof ChangeAppEgress>
