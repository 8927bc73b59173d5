import { useSuspenseQuery } from '@tanstack/react-query'
import { FileUp, Variable } from 'lucide-react'
import { useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { AddVariable } from '#features/env/add-variable.tsx'
import {
  addEntries,
  NO_CHANGES,
  removeVariable,
  rowsOf,
  setVariable,
  undoVariable,
} from '#features/env/env-draft.ts'
import { EnvRowView } from '#features/env/env-row.tsx'
import { ImportDialog } from '#features/env/import-dialog.tsx'
import { envQuery } from '#features/env/queries.ts'
import { SaveBar } from '#features/env/save-bar.tsx'
import { useMay } from '#features/session/queries.ts'
import { useTitle } from '#lib/use-title.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

export function EnvTab() {
  const name = useAppName()
  const { data: saved } = useSuspenseQuery(envQuery(name))
  const mayChange = useMay('env.change')
  const [draft, setDraft] = useState(NO_CHANGES)
  const [importing, setImporting] = useState<string>()
  useTitle(`Env · ${name}`)
  const rows = rowsOf(saved, draft)
  const savedKeys = new Set(saved.map(({ key }) => key))

  return (
    <>
      <Card
        title="Env variables"
        lead="Encrypted at rest, never in a log. Values are shown one by one, and each look is audited."
        flush
        aside={
          mayChange && (
            <Button
              size="sm"
              icon={<FileUp size={14} aria-hidden />}
              onClick={() => setImporting('')}
            >
              Import .env
            </Button>
          )
        }
      >
        {rows.length === 0 ? (
          <EmptyState icon={<Variable size={20} aria-hidden />} title="No variables yet">
            What an app must know but its code must not hold: addresses, keys, secrets. Add one
            below, or paste a whole <code>.env</code> file. Saving makes a new release.
          </EmptyState>
        ) : (
          <ul>
            {rows.map((row) => (
              <EnvRowView
                key={row.key}
                app={name}
                row={row}
                onSet={
                  mayChange ? (value) => setDraft(setVariable(draft, row.key, value)) : undefined
                }
                onRemove={() => setDraft(removeVariable(draft, row.key, savedKeys.has(row.key)))}
                onUndo={() => setDraft(undoVariable(draft, row.key))}
              />
            ))}
          </ul>
        )}
        {mayChange && (
          <AddVariable
            onAdd={(key, value) => setDraft(setVariable(draft, key, value))}
            onPasteFile={setImporting}
          />
        )}
      </Card>

      <SaveBar app={name} draft={draft} onDone={() => setDraft(NO_CHANGES)} />
      <ImportDialog
        text={importing}
        savedKeys={savedKeys}
        onClose={() => setImporting(undefined)}
        onTake={(entries) => setDraft(addEntries(draft, entries))}
      />
    </>
  )
}
