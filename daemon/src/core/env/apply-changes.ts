import type { VariableWish } from '@vastrox/shared/env.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { checkCount, checkTotal, checkVariable } from '#core/env/env-rules.ts'
import { generateValue } from '#core/env/generate-value.ts'
import { isForBuild, isSame, type Variable, type Variables } from '#core/env/variable.ts'

/** What a change does, worked out before anything is written. */
export interface PlannedChange {
  /** By name: as it is to be, null where it goes. Only what differs from before. */
  next: Map<string, Variable | null>
  set: string[]
  unset: string[]
  marked: string[]
  /** A build has or had one of them: what runs is built anew. */
  touchesBuild: boolean
}

export type Wishes = Readonly<Record<string, VariableWish>>

/**
 * Works out what wishes make of variables. Throws ENV_KEY_INVALID, ENV_VALUE_INVALID, ENV_TOO_LARGE,
 * ENV_KEY_NOT_FOUND for a mark of one that is not set, ENV_NEVER_REVEALED for one that is to be shown again.
 */
export function planChange(before: Variables, wishes: Wishes): PlannedChange {
  const wanted = new Map<string, Variable | null>()
  for (const [key, wish] of Object.entries(wishes)) wanted.set(key, wishedFor(key, wish, before))
  return planStates(before, wanted)
}

/** What it takes to bring back earlier variables. What is hidden for good stays hidden. */
export function planRestore(before: Variables, earlier: Variables): PlannedChange {
  const wanted = new Map<string, Variable | null>([...before.keys()].map((key) => [key, null]))
  for (const [key, variable] of earlier) {
    const now = before.get(key)
    const isHidden = now?.neverReveal === true && now.value === variable.value
    wanted.set(key, { ...variable, neverReveal: variable.neverReveal || isHidden })
  }
  return planStates(before, wanted)
}

function planStates(before: Variables, wanted: Map<string, Variable | null>): PlannedChange {
  const plan: PlannedChange = {
    next: new Map(),
    set: [],
    unset: [],
    marked: [],
    touchesBuild: false,
  }
  for (const [key, variable] of wanted) {
    const known = before.get(key)
    if (variable === null ? known === undefined : known !== undefined && isSame(known, variable))
      continue
    plan.next.set(key, variable)
    if (variable === null) plan.unset.push(key)
    else if (known?.value === variable.value && known.isReference === variable.isReference)
      plan.marked.push(key)
    else plan.set.push(key)
    if ([known, variable].some((each) => each && isForBuild(each))) plan.touchesBuild = true
  }
  const added = [...plan.next].filter(([key, variable]) => variable && !before.has(key))
  checkCount(before.size, before.size + added.length - plan.unset.length)
  checkTotal(
    new Map([...before].map(([key, { value }]) => [key, value])),
    [...plan.next].map(([key, variable]) => [key, variable?.value ?? null]),
  )
  return plan
}

function wishedFor(key: string, wish: VariableWish, before: Variables): Variable | null {
  checkVariable(key, typeof wish === 'string' ? wish : null)
  if (wish === null) return null
  const known = before.get(key)
  const { generate, ...said } = typeof wish === 'string' ? { value: wish } : wish
  const given = generate === undefined ? said.value : generateValue(generate)
  const value = given ?? known?.value
  if (value === undefined)
    throw new CodedError('ENV_KEY_NOT_FOUND', {
      key,
      reason: `${key} is not set: give it a value, or have one generated.`,
    })
  checkVariable(key, value)
  if (known?.neverReveal && said.neverReveal === false && given === undefined)
    throw new CodedError('ENV_NEVER_REVEALED', {
      key,
      reason: `${key} is never revealed: give it a new value in the same step.`,
    })
  return {
    value,
    phase: said.phase ?? known?.phase ?? 'runtime',
    neverReveal: said.neverReveal ?? known?.neverReveal ?? false,
    isReference: said.isReference ?? (given === undefined && known?.isReference === true),
  }
}

const MAX_NAMES_IN_DESCRIPTION = 3

/** "env: set API_KEY, unset OLD": names only. */
export function describeChange({ set, unset, marked }: PlannedChange, what = 'env'): string {
  const named = (verb: string, keys: string[]): string[] => {
    if (keys.length === 0) return []
    const shown = keys.slice(0, MAX_NAMES_IN_DESCRIPTION).join(' ')
    const more = keys.length - MAX_NAMES_IN_DESCRIPTION
    return [more > 0 ? `${verb} ${shown} and ${more} more` : `${verb} ${shown}`]
  }
  const parts = [...named('set', set), ...named('unset', unset), ...named('marked', marked)]
  return `${what}: ${parts.join(', ')}`
}
