import type { AlertCondition, Severity } from '@vastrox/shared/alert.ts'
import { BuiltInRule } from '@vastrox/shared/alert-rule.ts'
import { type AlsoCondition, BUILT_IN_RULES, builtInOf } from '#core/alerts/built-in-rules.ts'
import type { AlertRuleRecord, AlertRuleStore } from '#store/alert-rule-store.ts'

/** A rule as it holds for a team. */
export interface Rule {
  id: string
  isBuiltIn: boolean
  name: string
  words: string
  severity: Severity
  isOn: boolean
  condition: AlertCondition | null
  also: AlsoCondition | undefined
  /** null: all that the team has. */
  appId: string | null
  holdMs: number
}

const HOLD_MS = 60_000

/** The rules of each team: the built-in ones as it has changed them, and its own. */
export function createRuleBook(rules: Pick<AlertRuleStore, 'listOfTeamForPlatform'>) {
  const known = new Map<string, readonly Rule[]>()
  let revision = 0

  function load(teamId: string): readonly Rule[] {
    const records = rules.listOfTeamForPlatform(teamId)
    const changes = new Map(records.map((record) => [record.id, record]))
    return [
      ...BuiltInRule.options.map((id) => builtIn(id, changes.get(id))),
      ...records.flatMap((record) => ownRule(record) ?? []),
    ]
  }

  return {
    /** Built-in ones first, in their order. */
    of(teamId: string): readonly Rule[] {
      const found = known.get(teamId) ?? load(teamId)
      known.set(teamId, found)
      return found
    },
    find(teamId: string, id: string): Rule | undefined {
      return this.of(teamId).find((rule) => rule.id === id)
    },
    /** Rises with each change. */
    revision: (): number => revision,
    /** Rows of the team have changed: they are read again. */
    forget(teamId: string): void {
      known.delete(teamId)
      revision += 1
    },
  }
}
export type RuleBook = ReturnType<typeof createRuleBook>

export function builtIn(id: BuiltInRule, change: AlertRuleRecord | undefined): Rule {
  const { name, words, severity, condition, also, holdMs = HOLD_MS } = BUILT_IN_RULES[id]
  return {
    id,
    isBuiltIn: true,
    name,
    words,
    severity: change?.severity ?? severity,
    isOn: change?.isOn ?? true,
    condition: condition === null ? null : (change?.condition ?? condition),
    also,
    appId: null,
    holdMs,
  }
}

export function ownRule({
  id,
  name,
  severity,
  isOn,
  condition,
  appId,
}: AlertRuleRecord): Rule | undefined {
  if (builtInOf(id) !== undefined || condition === null) return undefined
  return {
    id,
    isBuiltIn: false,
    name: name ?? id,
    words: '',
    severity: severity ?? 'warning',
    isOn: isOn ?? true,
    condition,
    also: undefined,
    appId,
    holdMs: HOLD_MS,
  }
}
