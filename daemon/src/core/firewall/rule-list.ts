import { CodedError } from '@vastrox/shared/errors.ts'
import {
  type ChangeFirewallRule,
  type ListedRule,
  NewFirewallRule,
} from '@vastrox/shared/firewall.ts'
import { FirewallRule, type FirewallSet } from '@vastrox/shared/firewall-rule.ts'

type NewId = () => string

/** Of FirewallState. */
const MAX_RULES = 2_000

/** The list that was sent, whole: known ids keep their rule, the others are new. */
export const listOf = (rules: readonly ListedRule[], newId: NewId): FirewallRule[] =>
  rules.map(({ id, ...rule }) => ({ ...NewFirewallRule.parse(rule), id: id ?? newId() }))

/**
 * A new rule goes to the top unless it is given a place: the first match wins, and so the newest
 * word does.
 */
export function withRule(
  rules: readonly FirewallRule[],
  rule: FirewallRule,
  at = 0,
): FirewallRule[] {
  return rules.toSpliced(Math.min(at, rules.length), 0, rule)
}

/** Throws FIREWALL_RULE_NOT_FOUND. */
export function withoutRule(rules: readonly FirewallRule[], id: string): FirewallRule[] {
  return rules.toSpliced(placeOf(rules, id), 1)
}

/** Changed, moved or both. Throws FIREWALL_RULE_NOT_FOUND. */
export function withChangedRule(
  rules: readonly FirewallRule[],
  id: string,
  { at, ...changes }: ChangeFirewallRule,
): FirewallRule[] {
  const place = placeOf(rules, id)
  const before = rules[place]
  if (!before) return [...rules]
  const given = Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  )
  const rule = { ...NewFirewallRule.parse({ ...before, ...given }), id }
  return withRule(rules.toSpliced(place, 1), rule, at ?? place)
}

function placeOf(rules: readonly FirewallRule[], id: string): number {
  const place = rules.findIndex((rule) => rule.id === id)
  if (place === -1) throw new CodedError('FIREWALL_RULE_NOT_FOUND', { id })
  return place
}

/** Throws FIREWALL_RULE_INVALID. */
export function mustNotBeTooMany(rules: readonly unknown[] = []): void {
  if (rules.length > MAX_RULES)
    throw invalid(`The list would have ${rules.length} rules; ${MAX_RULES} are the most.`)
}

/** What a schema of one rule cannot see. Throws FIREWALL_RULE_INVALID. */
export function mustFitTogether(
  rules: readonly FirewallRule[],
  sets: readonly FirewallSet[],
): void {
  const ids = new Set(rules.map(({ id }) => id))
  if (ids.size < rules.length) throw invalid('Two rules have the same id.')
  const names = new Set(sets.map(({ name }) => name))
  if (names.size < sets.length) throw invalid('Two sets have the same name.')
  for (const [index, rule] of rules.entries()) mustMakeSense(rule, index + 1, names)
}

function mustMakeSense(rule: FirewallRule, number: number, sets: ReadonlySet<string>): void {
  const { data, error } = FirewallRule.safeParse(rule)
  if (!data) throw invalid(`Rule ${number}: ${error.issues[0]?.message ?? 'That is no rule.'}`)
  const missing = rule.sources.find((one) => one.startsWith('@') && !sets.has(one.slice(1)))
  if (missing !== undefined) throw invalid(`Rule ${number}: there is no set ${missing}.`)
}

const invalid = (reason: string): CodedError => new CodedError('FIREWALL_RULE_INVALID', { reason })

/** One rule as people say it: "allow tcp 5432 from 203.0.113.7 until …". */
export function sayRule(rule: Omit<FirewallRule, 'id'>): string {
  const { action, protocol, ports, sources, ratePerMinute, expiresAt, comment } = rule
  return [
    action === 'limit' ? `limit to ${ratePerMinute ?? 0} a minute` : action,
    ports.length === 0 ? (protocol === 'any' ? 'everything' : protocol) : portsOf(protocol, ports),
    sources.length === 0 ? '' : `from ${sources.join(', ')}`,
    expiresAt === null ? '' : `until ${expiresAt}`,
    comment === '' ? '' : `(${comment})`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

const portsOf = (protocol: string, ports: readonly string[]): string =>
  protocol === 'any' ? `ports ${ports.join(', ')}` : `${ports.join(', ')}/${protocol}`
