import { useSuspenseQuery } from '@tanstack/react-query'
import { EnvGroupName, type EnvGroup } from '@vastrox/shared/env.ts'
import { Layers, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { addEntries, NO_CHANGES } from '#features/env/env-draft.ts'
import { EnvEditor } from '#features/env/env-editor.tsx'
import { HistoryCard } from '#features/env/history-card.tsx'
import { ImportDialog } from '#features/env/import-dialog.tsx'
import {
  envGroupsQuery,
  groupChangesQuery,
  useCreateGroup,
  useGroupMutations,
} from '#features/env/queries.ts'
import { SaveBar } from '#features/env/save-bar.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { t, tn } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Field } from '#ui/field.tsx'
import { Page } from '#ui/page.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) => read(envGroupsQuery)

export function EnvGroupsPage() {
  const { data: groups } = useSuspenseQuery(envGroupsQuery)
  const mayChange = useMay('env-group.change')
  const [creating, setCreating] = useState(false)

  return (
    <Page
      title={t('Env groups')}
      lead={t('Variables that several apps share. A change deploys every app that has the group.')}
      actions={
        mayChange && (
          <Button
            variant="primary"
            icon={<Plus size={16} aria-hidden />}
            onClick={() => setCreating(true)}
          >
            {t('New group')}
          </Button>
        )
      }
    >
      {groups.length === 0 ? (
        <Card flush>
          <EmptyState icon={<Layers size={20} aria-hidden />} title={t('No groups yet')}>
            {t(
              'What several apps must know, such as how mail is sent, is set once in a group and attached to each of them on its page Env.',
            )}
          </EmptyState>
        </Card>
      ) : (
        <div className="space-y-8">
          {groups.map((group) => (
            <GroupSection key={group.name} group={group} mayChange={mayChange} />
          ))}
        </div>
      )}
      <NewGroupDialog open={creating} onClose={() => setCreating(false)} />
    </Page>
  )
}

interface SectionProps {
  group: EnvGroup
  mayChange: boolean
}

function GroupSection({ group, mayChange }: SectionProps) {
  const { name, variables, apps } = group
  const mayReveal = useMay('env-group.reveal')
  const { save, restore, destroy } = useGroupMutations(name)
  const [draft, setDraft] = useState(NO_CHANGES)
  const [importing, setImporting] = useState<string>()
  const [destroying, setDestroying] = useState(false)
  const tell = ({ deployments }: { deployments: readonly unknown[] }) =>
    toast.good(
      deployments.length === 0
        ? t('Saved.')
        : tn(
            deployments.length,
            'Saved. One app is being deployed.',
            'Saved. {count} apps are being deployed.',
          ),
    )

  return (
    <div id={name} className="scroll-mt-20 space-y-3">
      <Card
        title={name}
        lead={
          apps.length === 0
            ? t('Attached to no app.')
            : t('Attached to {apps}.', { apps: apps.join(', ') })
        }
        flush
        aside={
          mayChange && (
            <Button
              size="sm"
              variant="quiet"
              disabled={apps.length > 0}
              title={apps.length > 0 ? t('Detach it from its apps first.') : undefined}
              aria-label={t('Destroy the group {name}', { name })}
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => setDestroying(true)}
            />
          )
        }
      >
        <EnvEditor
          saved={variables}
          draft={draft}
          onDraft={setDraft}
          path={`/env-groups/${name}/variables`}
          mayReveal={mayReveal}
          mayChange={mayChange}
          onPasteFile={setImporting}
          empty={<p className="px-4 py-3 text-sm text-muted sm:px-5">{t('No variables yet.')}</p>}
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
      <HistoryCard
        query={groupChangesQuery(name)}
        busy={restore.isPending}
        onRestore={
          mayChange
            ? (number) => restore.mutate(number, { onSuccess: tell, onError: toast.error })
            : undefined
        }
      />
      <ImportDialog
        text={importing}
        savedKeys={new Set(variables.map(({ key }) => key))}
        onClose={() => setImporting(undefined)}
        onTake={(entries) => setDraft(addEntries(draft, entries))}
      />
      <ConfirmDialog
        name={name}
        title={t('Destroy the group {name}?', { name })}
        lead={t('Its variables and their history are gone for good.')}
        act={t('Destroy the group')}
        open={destroying}
        error={destroy.error}
        busy={destroy.isPending}
        onClose={() => setDestroying(false)}
        onConfirm={() => destroy.mutate(undefined, { onSuccess: () => setDestroying(false) })}
      />
    </div>
  )
}

function NewGroupDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const create = useCreateGroup()
  const [name, setName] = useState('')
  const problem = name === '' ? undefined : EnvGroupName.safeParse(name).error?.issues[0]?.message

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('New env group')}
      lead={t('Name it by what it is for: mail, storage, analytics.')}
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (name === '' || problem !== undefined) return
          create.mutate(name, {
            onSuccess: () => {
              setName('')
              onClose()
            },
          })
        }}
      >
        <Field
          label={t('Name')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          mono
          value={name}
          error={problem ?? create.error?.message}
          onChange={(event) => setName(event.target.value.trim())}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" variant="primary" disabled={name === ''} busy={create.isPending}>
            {t('Make the group')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
