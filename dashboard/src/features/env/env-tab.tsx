import { useSuspenseQuery } from '@tanstack/react-query'
import { FileUp, Variable } from 'lucide-react'
import { useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { addEntries, NO_CHANGES } from '#features/env/env-draft.ts'
import { EnvEditor } from '#features/env/env-editor.tsx'
import { GroupsCard } from '#features/env/groups-card.tsx'
import { HistoryCard } from '#features/env/history-card.tsx'
import { ImportDialog } from '#features/env/import-dialog.tsx'
import {
  appGroupsQuery,
  envChangesQuery,
  envGroupsQuery,
  envQuery,
  useRestoreEnv,
  useSaveEnv,
} from '#features/env/queries.ts'
import { SaveBar } from '#features/env/save-bar.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read, may, params: { name } }) =>
  Promise.all([
    may('env.read') && read(envQuery(name)),
    may('env.read') && read(appGroupsQuery(name)),
    may('env-group.read') && read(envGroupsQuery),
  ])

export function EnvTab() {
  const name = useAppName()
  const { data: variables } = useSuspenseQuery(envQuery(name))
  const mayChange = useMay('env.change')
  const mayReveal = useMay('env.reveal')
  const save = useSaveEnv(name)
  const restore = useRestoreEnv(name)
  const [draft, setDraft] = useState(NO_CHANGES)
  const [importing, setImporting] = useState<string>()
  useTitle(t('Env · {name}', { name }))
  const saved = variables.filter(({ group }) => group === null)
  const tell = ({ deployment }: { deployment: { number: number } | null }) =>
    toast.good(
      deployment
        ? t('Saved. Deployment #{number} brings it live.', { number: deployment.number })
        : t('Saved.'),
    )

  return (
    <div className="space-y-6">
      <div>
        <Card
          title={t('Env variables')}
          lead={t(
            'Encrypted at rest, never in a log. Values are shown one by one, and each look is audited.',
          )}
          flush
          aside={
            mayChange && (
              <Button
                size="sm"
                icon={<FileUp size={14} aria-hidden />}
                onClick={() => setImporting('')}
              >
                {t('Import .env')}
              </Button>
            )
          }
        >
          <EnvEditor
            saved={saved}
            draft={draft}
            onDraft={setDraft}
            path={`/apps/${name}/env`}
            mayReveal={mayReveal}
            mayChange={mayChange}
            onPasteFile={setImporting}
            empty={
              <EmptyState
                icon={<Variable size={20} aria-hidden />}
                title={t('No variables yet')}
                docs="secrets#env-variables"
              >
                {rich(
                  t(
                    'What an app must know but its code must not hold: addresses, keys, secrets. Add one below, or paste a whole {code} file. Saving makes a new release.',
                  ),
                  { code: <code>.env</code> },
                )}
              </EmptyState>
            }
          />
        </Card>
        <SaveBar
          draft={draft}
          busy={save.isPending}
          onDiscard={() => setDraft(NO_CHANGES)}
          onSave={() =>
            save.mutate(draft, {
              onSuccess: (changed) => {
                setDraft(NO_CHANGES)
                tell(changed)
              },
              onError: toast.error,
            })
          }
        />
      </div>

      <GroupsCard app={name} variables={variables} />
      <HistoryCard
        query={envChangesQuery(name)}
        busy={restore.isPending}
        onRestore={
          mayChange
            ? (number) => restore.mutate(number, { onSuccess: tell, onError: toast.error })
            : undefined
        }
      />
      <ImportDialog
        text={importing}
        savedKeys={new Set(saved.map(({ key }) => key))}
        onClose={() => setImporting(undefined)}
        onTake={(entries) => setDraft(addEntries(draft, entries))}
      />
    </div>
  )
}
