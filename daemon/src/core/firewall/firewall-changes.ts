import type { Actor } from '@vastrox/shared/actor.ts'
import type { FirewallReading } from '@vastrox/shared/agent-api-firewall.ts'
import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import type { EgressPolicy, FirewallState } from '@vastrox/shared/firewall-rule.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { FIRST_PLAN, FirewallPlan, withoutEnded } from '#core/firewall/plan.ts'
import { sayRule } from '#core/firewall/rule-list.ts'
import { whyNotNew } from '#core/firewall/new-connection.ts'
import { createOneAtATime } from '#lib/one-at-a-time.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeFirewall } from '#ports/node-firewall.ts'
import type { Transact } from '#store/database.ts'
import type { FirewallChangeRecord, FirewallStore } from '#store/firewall-store.ts'

interface Deps {
  store: FirewallStore
  firewall: NodeFirewall
  /** Of the apps that have one of their own. */
  egress: () => EgressPolicy[]
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
  /** Acts for the platform where nobody asks. */
  system: () => Actor
  onProblem: (what: string, error: unknown) => void
  node: string
}

export interface NewFirewallChange {
  plan: FirewallPlan
  summary: string
  /** It closes something: it goes back by itself unless it is confirmed. */
  isGuarded: boolean
}

/** Promise 7: nobody locks themselves out. */
export const CONFIRM_WITHIN_MS = 60_000
/** Whole plans: the audit log remembers the rest. */
const KEPT_CHANGES = 50
const MAX_SUMMARY = 500
const LOOK_EVERY_MS = 60_000

/**
 * How the firewall of the node is changed: row first, effect second, result row third. A change that
 * closes something is the agent's to take back, whatever becomes of us; `settle` reads what came of
 * it. One at a time.
 */
export function createFirewallChanges(deps: Deps) {
  const { store, firewall, clock, node, transact } = deps
  const inTurn = createOneAtATime()
  /** What the node was given last by this daemon; undefined: it has to be told. */
  let given: string | undefined
  let problem: string | null = null
  let lookedAt = Number.NEGATIVE_INFINITY

  /** The plan read last: thousands of rules are not parsed anew for every question. */
  let read: { number: number; plan: FirewallPlan } | undefined

  function planOf({ number, planJson }: FirewallChangeRecord): FirewallPlan {
    if (read?.number !== number) read = { number, plan: FirewallPlan.parse(JSON.parse(planJson)) }
    return read.plan
  }

  const nowText = (): string => clock.now().toISOString()

  function confirmedPlan(): FirewallPlan {
    const row = store.findConfirmedForPlatform(node)
    return row ? planOf(row) : FIRST_PLAN
  }

  const stateOf = (plan: FirewallPlan): FirewallState => ({
    ...withoutEnded(plan, clock.now()),
    egress: deps.egress(),
  })

  function changed(row: FirewallChangeRecord): FirewallChangeRecord {
    store.saveForPlatform(row)
    deps.events.emit({ teamId: row.teamId, type: 'firewall.changed', app: null, subject: null })
    return row
  }

  function end(
    row: FirewallChangeRecord,
    state: 'confirmed' | 'reverted' | 'failed',
    { actor, reason = null }: { actor: Actor; reason?: string | null },
  ): FirewallChangeRecord {
    return transact(() => {
      deps.audit.append({
        actor,
        action: `firewall.${state === 'confirmed' ? 'confirm' : state === 'failed' ? 'fail' : 'revert'}`,
        target: `change ${row.number}`,
        result: state === 'failed' ? 'failed' : 'ok',
        details: { summary: row.summary, ...(reason === null ? {} : { reason }) },
      })
      const ended = changed({ ...row, state, endedAt: nowText(), reason })
      store.pruneForPlatform(node, KEPT_CHANGES)
      return ended
    })
  }

  function begin(actor: Actor, { plan, summary, isGuarded }: NewFirewallChange) {
    return transact(() => {
      const open = store.findOpenForPlatform(node)
      if (open) throw new CodedError('FIREWALL_CHANGE_PENDING', { number: open.number })
      const row = store.insertForPlatform({
        node,
        teamId: actor.teamId,
        state: 'applying',
        mode: plan.mode,
        summary,
        planJson: JSON.stringify(plan),
        guardMs: isGuarded ? CONFIRM_WITHIN_MS : 0,
        actor: actor.name,
        actorAddress: actor.address,
        createdAt: nowText(),
      })
      const details = { summary, mode: plan.mode, rules: plan.rules.length }
      const target = `change ${row.number}`
      deps.audit.append({ actor, action: 'firewall.apply', target, details })
      return row
    })
  }

  /** The effect of a row that was written, and the row of what came of it. */
  async function carryOut(actor: Actor, row: FirewallChangeRecord): Promise<FirewallChangeRecord> {
    const state = stateOf(planOf(row))
    try {
      const reply = await firewall.apply(state, row.guardMs)
      given = textOf(state)
      const applied = { ...row, appliedAt: nowText(), generation: reply.generation }
      const { pendingUntil } = reply
      if (pendingUntil === null) return end(applied, 'confirmed', { actor })
      return changed({ ...applied, state: 'pending', pendingUntil })
    } catch (error) {
      // Without a reply nobody knows: the row stays open, and `settle` reads what the node does.
      if (!(error instanceof CodedError) || error.code === 'AGENT_UNREACHABLE') throw error
      end(row, 'failed', { actor, reason: sayError(error) })
      throw error
    }
  }

  /** Reads what became of a change that is open, by what the node does now. */
  async function settleInTurn(): Promise<void> {
    const row = store.findOpenForPlatform(node)
    if (!row) return
    const actor = deps.system()
    const seen = await firewall.read()
    if (row.state === 'applying') return settleUnanswered(actor, row, seen.pending !== null)
    if (seen.pending?.generation === row.generation) return
    given = undefined
    if (seen.confirmedGeneration === row.generation) end(row, 'confirmed', { actor })
    else end(row, 'reverted', { actor, reason: reasonOf(seen.reverted, row.generation) })
  }

  /** Left by a daemon that ended in the middle, or by a reply that got lost. */
  async function settleUnanswered(
    actor: Actor,
    row: FirewallChangeRecord,
    isPending: boolean,
  ): Promise<void> {
    given = undefined
    if (row.guardMs === 0) {
      // It closes nothing, and doing it twice is doing it once.
      await carryOut(actor, row)
      return
    }
    if (isPending) await firewall.revert()
    end(row, 'reverted', { actor, reason: INTERRUPTED })
  }

  /** Rules whose time is over leave the list; `syncInTurn` brings it to the node. */
  function forgetEnded(): void {
    const plan = confirmedPlan()
    const left = withoutEnded(plan, clock.now())
    if (left === plan || store.findOpenForPlatform(node)) return
    const ended = plan.rules.filter((rule) => !left.rules.includes(rule))
    const summary = `ended: ${ended.map(sayRule).join('; ')}`.slice(0, MAX_SUMMARY)
    const actor = deps.system()
    const at = nowText()
    transact(() => {
      const row = store.insertForPlatform({
        node,
        teamId: actor.teamId,
        state: 'confirmed',
        mode: left.mode,
        summary,
        planJson: JSON.stringify(left),
        guardMs: 0,
        actor: actor.name,
        actorAddress: null,
        createdAt: at,
      })
      const target = `change ${row.number}`
      deps.audit.append({ actor, action: 'firewall.rule-ended', target, details: { summary } })
      changed({ ...row, appliedAt: at, endedAt: at })
    })
  }

  /**
   * Brings the node to what the rows say: at the start, when a rule has ended, and after changes of
   * apps. It was all confirmed before, so nobody is asked; but nobody's own connection is cut.
   */
  async function syncInTurn(): Promise<void> {
    if (store.findOpenForPlatform(node)) return
    const state = stateOf(confirmedPlan())
    if (textOf(state) === given) return
    // A machine that was restored onto, or has lost its files: what answers there may be different.
    if (state.mode === 'enforce' && (await firewall.read()).confirmedGeneration === 0)
      throw new CodedError('FIREWALL_CUTS_OPERATOR', { reason: NEVER_ENFORCED })
    const { effects, closes } = await firewall.preview(state)
    const cut = effects.find(
      ({ operatorUses, before, after }) =>
        operatorUses && before !== 'closed' && after === 'closed',
    )
    if (cut)
      throw new CodedError('FIREWALL_CUTS_OPERATOR', {
        reason: `Port ${cut.port}/${cut.protocol} would be closed while somebody is connected over it.`,
      })
    if (closes) {
      // The agent closes nothing without its guard; what is closed here was confirmed long ago.
      const { generation } = await firewall.apply(state, CONFIRM_WITHIN_MS)
      await firewall.confirm(generation)
    } else await firewall.apply(state, 0)
    given = textOf(state)
  }

  /** Now and then what is loaded is looked at: a node may have lost what it was given. */
  async function lookAtNode(): Promise<void> {
    const at = clock.now().getTime()
    if (given === undefined || at - lookedAt < LOOK_EVERY_MS) return
    lookedAt = at
    const seen = await firewall.read()
    if (seen.problem !== null || seen.mode !== confirmedPlan().mode) given = undefined
  }

  /** Says what is wrong once, not every time that it is met. */
  async function noting(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      problem = null
    } catch (error) {
      const said = sayError(error)
      if (said !== problem) deps.onProblem('the firewall is not as it should be', error)
      problem = said
    }
  }

  return {
    /** The newest plan that was confirmed, also while another one waits. */
    confirmedPlan,
    /** The plan that the node has now. */
    currentPlan(): FirewallPlan {
      const open = store.findOpenForPlatform(node)
      return open?.state === 'pending' ? planOf(open) : confirmedPlan()
    },
    open: (): FirewallChangeRecord | undefined => store.findOpenForPlatform(node),
    stateOf,
    /** What kept the node from being as the rows say; null when all is well. */
    problem: (): string | null => problem,

    /** Throws FIREWALL_CHANGE_PENDING, and what the node says against it. */
    apply: (actor: Actor, change: NewFirewallChange): Promise<FirewallChangeRecord> =>
      inTurn(() => carryOut(actor, begin(actor, change))),

    /** Throws FIREWALL_NOT_PENDING and FIREWALL_CONNECTION_OLD. */
    confirm: (actor: Actor, origin: CommandOrigin): Promise<FirewallChangeRecord> =>
      inTurn(async () => {
        await settleInTurn()
        const row = store.findOpenForPlatform(node)
        if (row?.state !== 'pending' || row.generation === null)
          throw new CodedError('FIREWALL_NOT_PENDING')
        const reason = whyNotNew(origin, row)
        if (reason !== undefined) throw new CodedError('FIREWALL_CONNECTION_OLD', { reason })
        await firewall.confirm(row.generation)
        return end(row, 'confirmed', { actor })
      }),

    /** Throws FIREWALL_NOT_PENDING. */
    revert: (actor: Actor): Promise<FirewallChangeRecord> =>
      inTurn(async () => {
        const row = store.findOpenForPlatform(node)
        if (row?.state !== 'pending') throw new CodedError('FIREWALL_NOT_PENDING')
        await firewall.revert()
        given = undefined
        return end(row, 'reverted', { actor, reason: `Taken back by ${actor.name}.` })
      }),

    /** Reads what became of an open change once its time is over. */
    async settleWhenDue(): Promise<void> {
      const row = store.findOpenForPlatform(node)
      if (row?.pendingUntil == null || Date.parse(row.pendingUntil) > clock.now().getTime()) return
      await inTurn(() => noting(settleInTurn))
    },

    /** Everything that time and other changes ask for; never throws. */
    round: (): Promise<void> =>
      inTurn(async () => {
        await noting(async () => {
          await settleInTurn()
          forgetEnded()
          await lookAtNode()
          await syncInTurn()
        })
      }),
  }
}
export type FirewallChanges = ReturnType<typeof createFirewallChanges>

const NOBODY = 'Nobody confirmed it over a new connection in time.'
const NEVER_ENFORCED =
  'This machine has never enforced, or has forgotten it: look at the preview and enforce once more.'
const REBOOT = 'The machine was restarted before it was confirmed; the rules before hold.'
const INTERRUPTED = 'Vastrox was restarted while it was applied; the rules before hold.'

const reasonOf = (reverted: FirewallReading['reverted'], generation: number | null): string =>
  reverted?.generation === generation && reverted.because === 'reboot' ? REBOOT : NOBODY

const textOf = (state: FirewallState): string => JSON.stringify(state)
