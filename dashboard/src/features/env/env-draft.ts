import type { EnvGenerator, EnvPhase, EnvVariable, SetVariable } from '@vastrox/shared/env.ts'
import type { EnvEntry } from '#lib/env-file.ts'
import { language } from '#lib/language.ts'

/** Changes that are not saved yet: what is to be said of a variable, or null to remove it. */
export type EnvDraft = ReadonlyMap<string, SetVariable | null>

export interface EnvRow {
  key: string
  status: 'kept' | 'changed' | 'added' | 'removed'
  /** The value it would get; undefined while it stays as it is, unseen. */
  value: string | undefined
  /** How its value is to be made; undefined where it is given. */
  generate: EnvGenerator | undefined
  phase: EnvPhase
  neverReveal: boolean
  isReference: boolean
  changedAt: string | undefined
}

export const NO_CHANGES: EnvDraft = new Map()

/** What is said goes over what the draft said before: a mark does not undo a value. */
export function setVariable(draft: EnvDraft, key: string, wish: SetVariable): EnvDraft {
  const before = { ...draft.get(key) }
  if (wish.value !== undefined) delete before.generate
  if (wish.generate !== undefined) delete before.value
  return new Map(draft).set(key, { ...before, ...wish })
}

/** A variable that was only ever in the draft is gone at once; a saved one is marked. */
export function removeVariable(draft: EnvDraft, key: string, isSaved: boolean): EnvDraft {
  const next = new Map(draft)
  if (isSaved) next.set(key, null)
  else next.delete(key)
  return next
}

export function undoVariable(draft: EnvDraft, key: string): EnvDraft {
  const next = new Map(draft)
  next.delete(key)
  return next
}

export const addEntries = (draft: EnvDraft, entries: readonly EnvEntry[]): EnvDraft =>
  entries.reduce((next, { key, value }) => setVariable(next, key, { value }), draft)

type Saved = Pick<EnvVariable, 'key' | 'changedAt' | 'phase' | 'neverReveal' | 'isReference'>

/** What the page lists: the saved variables as they would be, and the new ones, by name. */
export function rowsOf(saved: readonly Saved[], draft: EnvDraft): EnvRow[] {
  const savedKeys = new Set(saved.map(({ key }) => key))
  const kept = saved.map((variable): EnvRow => {
    const wish = draft.get(variable.key)
    const status = wish === undefined ? 'kept' : wish === null ? 'removed' : 'changed'
    return rowOf(variable, status, wish ?? {})
  })
  const added = [...draft].flatMap(([key, wish]) =>
    savedKeys.has(key) || wish === null ? [] : [rowOf({ key, ...PLAIN }, 'added', wish)],
  )
  return [...kept, ...added].toSorted((a, b) => a.key.localeCompare(b.key, language))
}

const PLAIN = {
  changedAt: undefined,
  phase: 'runtime',
  neverReveal: false,
  isReference: false,
} as const

function rowOf(
  known: Omit<Saved, 'changedAt'> & { changedAt: string | undefined },
  status: EnvRow['status'],
  wish: SetVariable,
): EnvRow {
  const isNewValue = wish.value !== undefined || wish.generate !== undefined
  return {
    key: known.key,
    status,
    value: wish.value,
    generate: wish.generate,
    phase: wish.phase ?? known.phase,
    neverReveal: wish.neverReveal ?? known.neverReveal,
    isReference: wish.isReference ?? (isNewValue ? false : known.isReference),
    changedAt: known.changedAt,
  }
}

/** "2 set, 1 removed", for the bar that saves. */
export function sayChanges(draft: EnvDraft): string {
  const removed = [...draft.values()].filter((wish) => wish === null).length
  const set = draft.size - removed
  return [set > 0 && `${set} set`, removed > 0 && `${removed} removed`].filter(Boolean).join(', ')
}
