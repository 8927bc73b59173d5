import type { EnvVariable } from '@vastrox/shared/env.ts'
import type { ReactNode } from 'react'
import { AddVariable } from '#features/env/add-variable.tsx'
import {
  type EnvDraft,
  removeVariable,
  rowsOf,
  setVariable,
  undoVariable,
} from '#features/env/env-draft.ts'
import { EnvRowView } from '#features/env/env-row.tsx'

interface Props {
  saved: readonly EnvVariable[]
  draft: EnvDraft
  onDraft: (draft: EnvDraft) => void
  /** Where values are asked for. */
  path: string
  mayReveal: boolean
  mayChange: boolean
  onPasteFile: (text: string) => void
  /** Shown where there are none. */
  empty: ReactNode
}

/** The variables of an app or of a group as they would be, each with what can be done with it. */
export function EnvEditor({ saved, draft, onDraft, mayChange, onPasteFile, empty, ...of }: Props) {
  const savedKeys = new Set(saved.map(({ key }) => key))
  const rows = rowsOf(saved, draft)
  return (
    <>
      {rows.length === 0 ? (
        empty
      ) : (
        <ul>
          {rows.map((row) => (
            <EnvRowView
              key={row.key}
              row={row}
              {...of}
              onSet={mayChange ? (wish) => onDraft(setVariable(draft, row.key, wish)) : undefined}
              onRemove={() => onDraft(removeVariable(draft, row.key, savedKeys.has(row.key)))}
              onUndo={() => onDraft(undoVariable(draft, row.key))}
            />
          ))}
        </ul>
      )}
      {mayChange && (
        <AddVariable
          onAdd={(key, wish) => onDraft(setVariable(draft, key, wish))}
          onPasteFile={onPasteFile}
        />
      )}
    </>
  )
}
