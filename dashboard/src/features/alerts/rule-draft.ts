import {
  AddAlertRule,
  AlertCondition,
  type AlertRule,
  type ChangeAlertRule,
  type Severity,
} from '@vastrox/shared/alert.ts'
import { metricsFor, typedUnit, unitOf } from '#features/alerts/alert-words.ts'

/** A rule as it stands in the fields. */
export interface RuleDraft {
  name: string
  severity: Severity
  of: AlertCondition['of']
  metric: string
  aggregate: AlertCondition['aggregate']
  is: AlertCondition['is']
  limit: string
  clearLimit: string
  forMinutes: string
  minRequests: string
  app: string
}

export const NEW_RULE: RuleDraft = {
  name: '',
  severity: 'warning',
  of: 'instance',
  metric: 'memoryPercent',
  aggregate: 'each',
  is: 'above',
  limit: '90',
  clearLimit: '',
  forMinutes: '5',
  minRequests: '',
  app: '',
}

const inUnit = (condition: AlertCondition, value: number): string =>
  String(Math.round((value / typedUnit(unitOf(condition)).factor) * 1_000) / 1_000)

export function draftOf({ name, severity, condition, app }: AlertRule): RuleDraft {
  if (!condition) return { ...NEW_RULE, name, severity, app: app ?? '' }
  const { of, metric, aggregate, is, limit, clearLimit, forMs, minRequests } = condition
  return {
    name,
    severity,
    of,
    metric,
    aggregate,
    is,
    limit: inUnit(condition, limit),
    clearLimit: clearLimit === undefined ? '' : inUnit(condition, clearLimit),
    forMinutes: String(forMs / 60_000),
    minRequests: minRequests === undefined ? '' : String(minRequests),
    app: app ?? '',
  }
}

/** Of another kind of subject other things are measured. */
export function withSubject(draft: RuleDraft, of: AlertCondition['of']): RuleDraft {
  const metrics = metricsFor(of)
  const metric = metrics.some(([name]) => name === draft.metric)
    ? draft.metric
    : (metrics[0]?.[0] ?? draft.metric)
  return { ...draft, of, metric }
}

const number = (text: string, factor = 1): number | undefined =>
  text.trim() === '' ? undefined : Number(text.replace(',', '.')) * factor

/** The condition; undefined while something of it is missing or no number. */
export function conditionOf(draft: RuleDraft): AlertCondition | undefined {
  const { of, metric, aggregate, is } = draft
  const { factor } = typedUnit(unitOf(draft))
  const clearLimit = number(draft.clearLimit, factor)
  const minRequests = of === 'edge' ? number(draft.minRequests) : undefined
  return AlertCondition.safeParse({
    of,
    metric,
    aggregate,
    is,
    limit: number(draft.limit, factor),
    ...(clearLimit !== undefined && { clearLimit }),
    forMs: Math.round((number(draft.forMinutes) ?? Number.NaN) * 60_000),
    ...(minRequests !== undefined && { minRequests }),
  }).data
}

export function newRuleOf(draft: RuleDraft): AddAlertRule | undefined {
  const condition = conditionOf(draft)
  return AddAlertRule.safeParse({
    name: draft.name,
    severity: draft.severity,
    condition,
    app: draft.app === '' ? null : draft.app,
  }).data
}

/** What may be changed of a rule: of a built-in one its numbers alone. */
export function changeOf(rule: AlertRule, draft: RuleDraft): ChangeAlertRule | undefined {
  const { severity, name } = draft
  if (!rule.condition) return { severity }
  const condition = conditionOf(draft)
  if (!condition || (!rule.isBuiltIn && name.trim() === '')) return undefined
  const { limit, forMs } = condition
  // What is left out would stay as it was: what was emptied is said.
  const clearLimit =
    condition.clearLimit ?? (rule.condition.clearLimit === undefined ? undefined : limit)
  const clear = clearLimit === undefined ? {} : { clearLimit }
  if (rule.isBuiltIn) return { severity, condition: { limit, forMs, ...clear } }
  const isForAny = condition.minRequests === undefined && rule.condition.minRequests !== undefined
  return {
    name: name.trim(),
    severity,
    condition: { ...condition, ...clear, ...(isForAny && { minRequests: 0 }) },
  }
}
