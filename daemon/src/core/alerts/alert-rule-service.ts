import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import {
  AddAlertRule,
  AlertCondition,
  type AlertRule,
  type ChangeAlertRule,
} from '@vastrox/shared/alert.ts'
import { type BuiltInRule, CONDITION_METRICS } from '@vastrox/shared/alert-rule.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { sayRule } from '#core/alerts/alert-words.ts'
import type { Rule, RuleBook } from '#core/alerts/rule-book.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NewId } from '#ports/ids.ts'
import type { AlertRuleRecord, AlertRuleStore } from '#store/alert-rule-store.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'

export interface AlertRuleDeps {
  store: AlertRuleStore
  rules: RuleBook
  apps: Pick<AppStore, 'findByIdForPlatform'>
  finder: AppFinder
  /** They alone have rules about what is of the machine. */
  operators: () => string
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  newId: NewId
  transact: Transact
}

const MAX_RULES = 200
const OF_MACHINE: ReadonlySet<string> = new Set(['node', 'disk', 'platform'])
const OF_APP: ReadonlySet<string> = new Set(['app', 'instance', 'edge'])
/** Of built-in rules: what happens to the machine, and is for its operators alone. */
const EVENTS_OF_MACHINE: ReadonlySet<string> = new Set<BuiltInRule>([
  'node-silent',
  'node-care',
  'daemon-restarted',
  'proxy-workers',
  'database-damaged',
])

/** Rules of alerts: the built-in ones as a team has them, and its own over any metric. */
export function createAlertRuleService(deps: AlertRuleDeps) {
  const { store, rules, audit, transact } = deps

  const describe = (rule: Rule): AlertRule => ({
    id: rule.id,
    name: rule.name,
    isBuiltIn: rule.isBuiltIn,
    words: sayRule(rule).slice(0, 500),
    severity: rule.severity,
    isOn: rule.isOn,
    condition: rule.condition,
    app: rule.appId === null ? null : (deps.apps.findByIdForPlatform(rule.appId)?.name ?? null),
  })

  const isOfMachine = ({ id, condition }: Rule): boolean =>
    condition === null ? EVENTS_OF_MACHINE.has(id) : OF_MACHINE.has(condition.of)

  /** What is of the machine is nothing for other teams. */
  const isShown = (actor: Actor, rule: Rule): boolean =>
    !isOfMachine(rule) || actor.teamId === deps.operators()

  function find(actor: Actor, id: string): Rule {
    const found = rules.of(actor.teamId).find((rule) => rule.id === id)
    if (!found || !isShown(actor, found)) throw new CodedError('ALERT_RULE_NOT_FOUND')
    return found
  }

  function mustMakeSense(
    actor: Actor,
    { of, metric, is, limit, clearLimit, minRequests }: AlertCondition,
    app: string | null,
  ): void {
    const refuse = (reason: string) => new CodedError('ALERT_CONDITION_INVALID', { reason })
    const known = CONDITION_METRICS[of] ?? {}
    if (!Object.hasOwn(known, metric))
      throw refuse(`There is no ${metric} of ${of}. There are: ${Object.keys(known).join(', ')}.`)
    if (OF_MACHINE.has(of) && (actor.teamId !== deps.operators() || !mayDo(actor, 'node.read')))
      throw refuse(`What is of the ${of} is watched by the operators of the server alone.`)
    if (app !== null && !OF_APP.has(of))
      throw refuse(`A rule of one app is over app, instance or edge, not over ${of}.`)
    const isUseless =
      clearLimit !== undefined && (is === 'above' ? clearLimit > limit : clearLimit < limit)
    if (isUseless)
      throw refuse(`It could never be well again: clearLimit lies ${is} the limit itself.`)
    if (minRequests !== undefined && of !== 'edge')
      throw refuse('minRequests is for rules over visitors (edge).')
  }

  function save(actor: Actor, action: string, record: AlertRuleRecord, name: string): AlertRule {
    transact(() => {
      store.saveForPlatform(record)
      const { id, severity, isOn, condition } = record
      audit.append({ actor, action, target: name, details: { id, severity, isOn, condition } })
    })
    changed(actor)
    return describe(find(actor, record.id))
  }

  function changed({ teamId }: Actor): void {
    rules.forget(teamId)
    deps.events.emit({ teamId, type: 'alerts.changed', app: null, subject: null })
  }

  return {
    /** Built-in ones first; at most 200 besides them. */
    list(actor: Actor): AlertRule[] {
      mustBeAble(actor, 'alert.read')
      return rules
        .of(actor.teamId)
        .filter((rule) => isShown(actor, rule))
        .map(describe)
    },

    add(actor: Actor, wish: AddAlertRule): AlertRule {
      mustBeAble(actor, 'alert.manage')
      const { name, severity, condition, app: appName } = AddAlertRule.parse(wish)
      const app = appName === null ? undefined : deps.finder.find(actor, appName)
      mustMakeSense(actor, condition, appName)
      if (store.listOfTeamForPlatform(actor.teamId).length >= MAX_RULES)
        throw new CodedError('ALERT_RULES_FULL', { most: MAX_RULES })
      const record: AlertRuleRecord = {
        teamId: actor.teamId,
        id: deps.newId(),
        appId: app?.id ?? null,
        name,
        severity,
        isOn: true,
        condition,
        createdAt: deps.clock.now().toISOString(),
      }
      return save(actor, 'alert-rule.add', record, name)
    },

    /** Of a built-in rule only its limits, for-duration, severity and whether it is on. */
    change(actor: Actor, id: string, wish: ChangeAlertRule): AlertRule {
      mustBeAble(actor, 'alert.manage')
      const rule = find(actor, id)
      const before = store.find(actor, id)
      if (wish.condition !== undefined && rule.condition === null)
        throw new CodedError('ALERT_CONDITION_INVALID', {
          reason: 'This rule is about events: it has no condition.',
        })
      const condition = conditionOf(rule, wish)
      if (condition !== null && wish.condition !== undefined)
        mustMakeSense(actor, condition, describe(rule).app)
      if (rule.isBuiltIn && wish.name !== undefined)
        throw new CodedError('ALERT_RULE_BUILT_IN', { reason: 'Its name stays.' })
      const record: AlertRuleRecord = {
        teamId: actor.teamId,
        id,
        appId: rule.appId,
        name: rule.isBuiltIn ? null : (wish.name ?? rule.name),
        severity: wish.severity ?? before?.severity ?? null,
        isOn: wish.isOn ?? before?.isOn ?? null,
        condition: wish.condition === undefined ? (before?.condition ?? null) : condition,
        createdAt: before?.createdAt ?? deps.clock.now().toISOString(),
      }
      return save(actor, 'alert-rule.change', record, rule.name)
    },

    /** One's own goes; a built-in one is as it was from the first day. */
    remove(actor: Actor, id: string): void {
      mustBeAble(actor, 'alert.manage')
      const rule = find(actor, id)
      transact(() => {
        store.remove(actor, id)
        audit.append({ actor, action: 'alert-rule.remove', target: rule.name, details: { id } })
      })
      changed(actor)
    },
  }

  function conditionOf(rule: Rule, wish: ChangeAlertRule): AlertCondition | null {
    if (rule.condition === null) return null
    const { of, metric, aggregate, ...limits } = wish.condition ?? {}
    const isOther = [
      [of, rule.condition.of],
      [metric, rule.condition.metric],
      [aggregate, rule.condition.aggregate],
    ].some(([wanted, now]) => wanted !== undefined && wanted !== now)
    if (rule.isBuiltIn && isOther)
      throw new CodedError('ALERT_RULE_BUILT_IN', { reason: 'What it is over stays.' })
    const { clearLimit, minRequests, ...condition } = AlertCondition.parse({
      ...rule.condition,
      ...(of === undefined ? {} : { of }),
      ...(metric === undefined ? {} : { metric }),
      ...(aggregate === undefined ? {} : { aggregate }),
      ...limits,
    })
    // What was meant for visitors alone goes with them, unless it was asked for.
    const isForVisitors = condition.of === 'edge' || (limits.minRequests ?? 0) > 0
    // The limit itself, and none at all, are as good as left out: the next change is free of them.
    return {
      ...condition,
      ...(clearLimit === undefined || clearLimit === condition.limit ? {} : { clearLimit }),
      ...(minRequests === undefined || minRequests === 0 || !isForVisitors ? {} : { minRequests }),
    }
  }
}
export type AlertRuleService = ReturnType<typeof createAlertRuleService>
