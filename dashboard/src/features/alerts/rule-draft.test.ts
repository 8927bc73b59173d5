import type { AlertRule } from '@vastrox/shared/alert.ts'
import { describe, expect, it } from 'vitest'
import { changeOf, conditionOf, draftOf, NEW_RULE, newRuleOf, withSubject } from './rule-draft.ts'

const rule: AlertRule = {
  id: 'r1',
  name: 'Much memory',
  isBuiltIn: false,
  words: '',
  severity: 'warning',
  isOn: true,
  condition: {
    of: 'instance',
    metric: 'memory',
    aggregate: 'max',
    is: 'above',
    limit: 200 * 2 ** 20,
    forMs: 600_000,
  },
  app: 'shop',
}

describe('a rule that is written', () => {
  it('is shown in megabytes and minutes, and sent as it came', () => {
    const draft = draftOf(rule)
    expect(draft).toMatchObject({ limit: '200', forMinutes: '10', clearLimit: '', app: 'shop' })
    expect(conditionOf(draft)).toEqual(rule.condition)
  })

  it('waits for what is missing', () => {
    expect(conditionOf({ ...NEW_RULE, limit: '' })).toBeUndefined()
    expect(conditionOf({ ...NEW_RULE, forMinutes: 'soon' })).toBeUndefined()
    expect(newRuleOf(NEW_RULE)).toBeUndefined()
    expect(newRuleOf({ ...NEW_RULE, name: 'Memory' })).toMatchObject({ app: null, name: 'Memory' })
  })

  it('takes a metric that there is of its subject', () => {
    expect(withSubject(NEW_RULE, 'addon').metric).toBe('memoryPercent')
    expect(withSubject(NEW_RULE, 'edge').metric).toBe('requests')
  })

  it('asks for requests only where there are visitors', () => {
    expect(conditionOf({ ...NEW_RULE, minRequests: '2' })?.minRequests).toBeUndefined()
    const draft = { ...withSubject(NEW_RULE, 'edge'), minRequests: '2' }
    expect(conditionOf(draft)?.minRequests).toBe(2)
  })

  it('changes of a built-in one the numbers alone', () => {
    const draft = { ...draftOf(rule), limit: '300', name: 'Other' }
    expect(changeOf({ ...rule, isBuiltIn: true }, draft)).toEqual({
      severity: 'warning',
      condition: { limit: 300 * 2 ** 20, forMs: 600_000 },
    })
    expect(changeOf({ ...rule, condition: null }, draft)).toEqual({ severity: 'warning' })
    expect(changeOf(rule, { ...draft, name: ' ' })).toBeUndefined()
  })

  it('says what was emptied, since what is left out stays', () => {
    const before: AlertRule = {
      ...rule,
      condition: {
        of: 'edge',
        metric: 'p95',
        aggregate: 'each',
        is: 'above',
        limit: 800,
        clearLimit: 600,
        forMs: 300_000,
        minRequests: 2,
      },
    }
    const draft = { ...draftOf(before), limit: '500', clearLimit: '', minRequests: '' }
    expect(changeOf(before, draft)?.condition).toMatchObject({
      limit: 500,
      clearLimit: 500,
      minRequests: 0,
    })
    expect(changeOf({ ...before, isBuiltIn: true }, draft)?.condition).toEqual({
      limit: 500,
      clearLimit: 500,
      forMs: 300_000,
    })
    const moved = { ...withSubject(draft, 'instance'), metric: 'memoryPercent', limit: '90' }
    expect(changeOf(before, moved)?.condition).toMatchObject({ of: 'instance', minRequests: 0 })
  })
})
