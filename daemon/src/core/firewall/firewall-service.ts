import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import {
  type ChangeFirewallRule,
  type CountedRule,
  type FirewallChange,
  type FirewallPreview,
  type FirewallStatus,
  FirewallWish,
  NewFirewallRule,
} from '@vastrox/shared/firewall.ts'
import type { FirewallRule } from '@vastrox/shared/firewall-rule.ts'
import type { FirewallChanges } from '#core/firewall/firewall-changes.ts'
import { whyNotNew } from '#core/firewall/new-connection.ts'
import { type FirewallPlan, withoutEnded } from '#core/firewall/plan.ts'
import {
  listOf,
  mustFitTogether,
  mustNotBeTooMany,
  sayRule,
  withChangedRule,
  withoutRule,
  withRule,
} from '#core/firewall/rule-list.ts'
import { MEANING, sayEffects } from '#core/firewall/say-effects.ts'
import { sayOthers } from '#core/firewall/say-others.ts'
import { isLoopback } from '#lib/address-list.ts'
import { createOneAtATime } from '#lib/one-at-a-time.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { NodeFirewall } from '#ports/node-firewall.ts'
import type { FirewallChangeRecord, FirewallStore } from '#store/firewall-store.ts'

interface Deps {
  changes: FirewallChanges
  store: Pick<FirewallStore, 'listForPlatform'>
  firewall: Pick<NodeFirewall, 'preview' | 'read'>
  clock: Clock
  newId: NewId
  node: string
  /** Of the dashboard: whoever works over it is not cut off. */
  dashboardPort: number
  webPorts: readonly number[]
}

/** What is wanted, from what there is. */
type WishFrom = (before: FirewallPlan) => { wish: FirewallWish; summary?: string }

const MAX_CHANGES = 50
const MAX_SUMMARY = 500

/** The firewall of the node: one ordered list, a mode, and the way to change them without a lock-out. */
export function createFirewallService(deps: Deps) {
  const { changes, firewall, clock, newId } = deps
  const inTurn = createOneAtATime()
  /** Questions wait here and not at the node, where a confirmation would wait behind them. */
  const askInTurn = createOneAtATime()
  let nextReading: ReturnType<typeof firewall.read> | undefined

  /** One answer for all who ask before it is their turn; none is older than its question. */
  function read(): ReturnType<typeof firewall.read> {
    nextReading ??= askInTurn(() => {
      nextReading = undefined
      return firewall.read()
    })
    return nextReading
  }

  const current = (): FirewallPlan => withoutEnded(changes.currentPlan(), clock.now())

  /** What the operator works over right now, so that no rule takes it away unseen. */
  const pinnedFor = ({ address }: Actor): FirewallPlan['pinned'] =>
    address === null || isLoopback(address)
      ? []
      : [{ protocol: 'tcp', port: deps.dashboardPort, source: address }]

  /** Listeners that are not ours stay open until somebody says that they should not (decision 13). */
  async function foreignListeners(plan: FirewallPlan): Promise<FirewallPlan['keepOpen']> {
    const { effects } = await firewall.preview(changes.stateOf({ ...plan, keepOpen: [] }))
    return effects
      .filter(({ ours, before, after }) => !ours && before !== 'closed' && after === 'closed')
      .map(({ protocol, port }) => ({ protocol, port }))
  }

  async function planned(actor: Actor, input: FirewallWish): Promise<FirewallPlan> {
    mustNotBeTooMany(input.rules)
    const { data: wish, error } = FirewallWish.safeParse(input)
    if (!wish) throw new CodedError('FIREWALL_RULE_INVALID', { reason: sayIssue(error.issues[0]) })
    const before = current()
    const plan: FirewallPlan = {
      ...before,
      mode: wish.mode ?? before.mode,
      rules: wish.rules ? listOf(wish.rules, newId) : before.rules,
      sets: wish.sets ?? before.sets,
      allowList: wish.allowList ?? before.allowList,
      keepOpen: wish.keepOpen ?? before.keepOpen,
      maxConnectionsPerSource: wish.maxConnectionsPerSource ?? before.maxConnectionsPerSource,
      pinned: pinnedFor(actor),
    }
    mustFitTogether(plan.rules, plan.sets)
    if (!beginsToEnforce(before, plan) || wish.keepOpen) return plan
    return { ...plan, keepOpen: await foreignListeners(plan) }
  }

  /** One after the other: what a change begins from is what the one before has left. */
  const change = (actor: Actor, wishFrom: WishFrom): Promise<FirewallChange> =>
    inTurn(() => apply(actor, wishFrom))

  async function apply(actor: Actor, wishFrom: WishFrom): Promise<FirewallChange> {
    mustBeAble(actor, 'firewall.change')
    await changes.settleWhenDue()
    const open = changes.open()
    if (open) throw new CodedError('FIREWALL_CHANGE_PENDING', { number: open.number })
    const before = current()
    const { wish, summary } = wishFrom(before)
    const plan = await planned(actor, wish)
    const { closes } = await firewall.preview(changes.stateOf(plan))
    const said = summary ?? sayWish(before, plan)
    const isGuarded = closes || beginsToEnforce(before, plan)
    return show(
      await changes.apply(actor, { plan, summary: said.slice(0, MAX_SUMMARY), isGuarded }),
    )
  }

  return {
    async status(actor: Actor, origin: CommandOrigin): Promise<FirewallStatus> {
      mustBeAble(actor, 'firewall.read')
      await changes.settleWhenDue()
      const plan = current()
      const open = changes.open()
      const [last] = deps.store.listForPlatform(deps.node, 1)
      const seen = await read().catch((error: unknown) => sayError(error))
      const isAway = typeof seen === 'string'
      return {
        mode: isAway ? plan.mode : seen.mode,
        meaning: MEANING[isAway ? plan.mode : seen.mode],
        pending: open?.state === 'pending' ? show(open) : null,
        lastChange: last ? show(last) : null,
        ruleCount: plan.rules.length,
        sets: plan.sets,
        allowList: plan.allowList,
        keepOpen: plan.keepOpen,
        maxConnectionsPerSource: plan.maxConnectionsPerSource,
        wouldDrop: isAway ? [] : seen.wouldDrop,
        others: isAway ? [] : sayOthers(seen.others, seen.mode),
        webPorts: [...deps.webPorts],
        problem: isAway ? seen : (seen.problem ?? changes.problem()),
        yourAddress: actor.address,
        isNewConnection: open !== undefined && whyNotNew(origin, open) === undefined,
      }
    },

    /** The list that holds now, in order, with what has met each rule. */
    async listRules(actor: Actor): Promise<CountedRule[]> {
      mustBeAble(actor, 'firewall.read')
      const counters = await read().then(
        (seen) => new Map(seen.counters.map((counter) => [counter.ruleId, counter])),
        () => undefined,
      )
      return current().rules.map((rule) => {
        const counter = counters?.get(rule.id)
        return { ...rule, packets: counter?.packets ?? null, bytes: counter?.bytes ?? null }
      })
    },

    listChanges(actor: Actor): FirewallChange[] {
      mustBeAble(actor, 'firewall.read')
      return deps.store.listForPlatform(deps.node, MAX_CHANGES).map(show)
    },

    /**
     * What would become of every port, in words. Changes nothing. Whoever may only read asks about
     * modes: lists of their own would be work for the node that nobody needs.
     */
    async preview(actor: Actor, wish: FirewallWish): Promise<FirewallPreview> {
      mustBeAble(actor, hasLists(wish) ? 'firewall.change' : 'firewall.read')
      const before = current()
      const { plan, preview } = await askInTurn(async () => {
        const wished = await planned(actor, wish)
        return { plan: wished, preview: await firewall.preview(changes.stateOf(wished)) }
      })
      const { effects, warnings, closes } = preview
      const marked = effects.map((effect) => ({ ...effect, keptOpen: isKept(plan, effect) }))
      return {
        mode: plan.mode,
        words: sayEffects(marked),
        effects: marked,
        warnings,
        needsConfirmation: closes || beginsToEnforce(before, plan),
        keepOpen: plan.keepOpen,
      }
    },

    apply: (actor: Actor, wish: FirewallWish): Promise<FirewallChange> =>
      change(actor, () => ({ wish })),

    addRule(actor: Actor, wish: NewFirewallRule, at?: number): Promise<FirewallChange> {
      const rule = { ...NewFirewallRule.parse(wish), id: newId() }
      return change(actor, ({ rules }) => ({
        wish: { rules: withRule(rules, rule, at) },
        summary: sayRule(rule),
      }))
    },

    changeRule(actor: Actor, id: string, wish: ChangeFirewallRule): Promise<FirewallChange> {
      return change(actor, ({ rules }) => ({
        wish: { rules: withChangedRule(rules, id, wish) },
        summary: `rule ${id} changed`,
      }))
    },

    /** By its id, or by its number in the list from 1. Throws FIREWALL_RULE_NOT_FOUND. */
    removeRule(actor: Actor, idOrNumber: string): Promise<FirewallChange> {
      return change(actor, ({ rules }) => {
        const rule = findRule(rules, idOrNumber)
        return {
          wish: { rules: withoutRule(rules, rule.id) },
          summary: `removed: ${sayRule(rule)}`,
        }
      })
    },

    /** Made where it is not there yet. */
    saveSet(actor: Actor, name: string, members: string[]): Promise<FirewallChange> {
      return change(actor, ({ sets }) => {
        const next = [...sets.filter((set) => set.name !== name), { name, members }]
        return {
          wish: { sets: next.toSorted((a, b) => (a.name < b.name ? -1 : 1)) },
          summary: `set ${name}: ${members.length} members`,
        }
      })
    },

    /** Throws FIREWALL_SET_NOT_FOUND, and FIREWALL_RULE_INVALID while a rule names it. */
    removeSet(actor: Actor, name: string): Promise<FirewallChange> {
      return change(actor, ({ sets }) => {
        if (!sets.some((set) => set.name === name))
          throw new CodedError('FIREWALL_SET_NOT_FOUND', { name })
        return {
          wish: { sets: sets.filter((set) => set.name !== name) },
          summary: `set ${name} removed`,
        }
      })
    },

    /**
     * Keeps the pending change. Counts only over a connection that was made after it: throws
     * FIREWALL_CONNECTION_OLD otherwise, and FIREWALL_NOT_PENDING.
     */
    async confirm(actor: Actor, origin: CommandOrigin): Promise<FirewallChange> {
      mustBeAble(actor, 'firewall.change')
      return show(await changes.confirm(actor, origin))
    },

    /** Takes the pending change back at once. Throws FIREWALL_NOT_PENDING. */
    async revert(actor: Actor): Promise<FirewallChange> {
      mustBeAble(actor, 'firewall.change')
      return show(await changes.revert(actor))
    },

    /** True while a change waits: whoever asks now should come over a new connection next time. */
    isPending: (): boolean => changes.open() !== undefined,
  }
}
export type FirewallService = ReturnType<typeof createFirewallService>

const show = (row: FirewallChangeRecord): FirewallChange => ({
  number: row.number,
  state: row.state,
  mode: row.mode,
  summary: row.summary,
  actor: row.actor,
  at: row.createdAt,
  pendingUntil: row.state === 'pending' ? row.pendingUntil : null,
  endedAt: row.endedAt,
  reason: row.reason,
})

const hasLists = (wish: FirewallWish): boolean =>
  Object.entries(wish).some(([name, value]) => name !== 'mode' && value !== undefined)

const isKept = (
  { keepOpen }: FirewallPlan,
  { protocol, port, after }: { protocol: string; port: number; after: string },
): boolean =>
  after !== 'closed' && keepOpen.some((kept) => kept.port === port && kept.protocol === protocol)

/** Guarded whatever is known to answer: nobody sees everything that it touches. */
const beginsToEnforce = (before: FirewallPlan, after: FirewallPlan): boolean =>
  after.mode === 'enforce' && before.mode !== 'enforce'

const sayIssue = (issue: { path: PropertyKey[]; message: string } | undefined): string =>
  issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'That cannot be read.'

function findRule(rules: readonly FirewallRule[], idOrNumber: string): FirewallRule {
  const rule =
    rules.find(({ id }) => id === idOrNumber) ??
    (/^[0-9]{1,4}$/.test(idOrNumber) ? rules[Number(idOrNumber) - 1] : undefined)
  if (!rule) throw new CodedError('FIREWALL_RULE_NOT_FOUND', { id: idOrNumber })
  return rule
}

function sayWish(before: FirewallPlan, after: FirewallPlan): string {
  const differs = (name: keyof FirewallPlan): boolean =>
    JSON.stringify(before[name]) !== JSON.stringify(after[name])
  const said = [
    differs('mode') && `from ${before.mode} to ${after.mode}`,
    differs('rules') &&
      `the list of rules (${after.rules.length} in place of ${before.rules.length})`,
    differs('sets') && `sets: ${after.sets.map(({ name }) => name).join(', ') || 'none'}`,
    differs('allowList') && `allow-list: ${after.allowList.join(', ') || 'empty'}`,
    differs('keepOpen') && `kept open: ${after.keepOpen.map(sayPort).join(', ') || 'nothing'}`,
    differs('maxConnectionsPerSource') &&
      `at most ${after.maxConnectionsPerSource} connections of one source`,
  ].filter((part) => part !== false)
  return said.join('; ') || 'loaded again'
}

const sayPort = ({ port, protocol }: FirewallPlan['keepOpen'][number]): string =>
  `${port}/${protocol}`
