import type { EnvVariable } from '@vastrox/shared/env.ts'
import type { EnvEntry } from '#lib/env-file.ts'

/** Changes that are not saved yet: a value to set, or null to remove the variable. */
export type EnvDraft = ReadonlyMap<string, string | null>

export interface EnvRow {
  key: string
  status: 'kept' | 'changed' | 'added' | 'removed'
  /** The value it would get; undefined while it stays as it is, unseen. */
  value: string | undefined
  changedAt: string | undefined
}

export const NO_CHANGES: EnvDraft = new Map()

export const setVariable = (draft: EnvDraft, key: string, value: string): EnvDraft =>
  new Map(draft).set(key, value)

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
  new Map([...draft, ...entries.map(({ key, value }) => [key, value] as const)])

/** What the page lists: the saved variables as they would be, and the new ones, by name. */
export function rowsOf(saved: readonly EnvVariable[], draft: EnvDraft): EnvRow[] {
  const savedKeys = new Set(saved.map(({ key }) => key))
  const kept = saved.map(({ key, changedAt }): EnvRow => {
    const wish = draft.get(key)
    if (wish === undefined) return { key, status: 'kept', value: undefined, changedAt }
    if (wish === null) return { key, status: 'removed', value: undefined, changedAt }
    return { key, status: 'changed', value: wish, changedAt }
  })
  const added = [...draft].flatMap(([key, value]): EnvRow[] =>
    savedKeys.has(key) || value === null
      ? []
      : [{ key, status: 'added', value, changedAt: undefined }],
  )
  return [...kept, ...added].toSorted((a, b) => a.key.localeCompare(b.key, 'en'))
}

/** "2 set, 1 removed", for the bar that saves. */
export function sayChanges(draft: EnvDraft): string {
  const removed = [...draft.values()].filter((value) => value === null).length
  const set = draft.size - removed
  return [set > 0 && `${set} set`, removed > 0 && `${removed} removed`].filter(Boolean).join(', ')
}
