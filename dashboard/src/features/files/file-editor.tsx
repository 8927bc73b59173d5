import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import type { Uploads } from '@vastrox/shared/upload.ts'
import { GitCompare, Save } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { languageOf } from '#features/files/languages.ts'
import { publishedFileQuery, type TextFile } from '#features/files/text-file.ts'
import { type Conflict, useEditing } from '#features/files/use-editing.ts'
import { useMay } from '#features/session/queries.ts'
import { uploadsQuery } from '#features/uploads/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { toast } from '#ui/toast.tsx'

const CodeEditor = lazy(async () => ({
  default: (await import('#features/files/code-editor.tsx')).CodeEditor,
}))

interface Props {
  app: string
  path: string
  file: TextFile
}

/** A text file with what can be done to it; saving publishes nothing. */
export function FileEditor({ app, path, file }: Props) {
  const mayDeploy = useMay('app.deploy')
  const editing = useEditing(app, path, file)
  const [comparing, setComparing] = useState(false)
  const [begun, setBegun] = useState({ text: file.text, times: 0 })
  const published = useQuery({ ...publishedFileQuery(app, path), enabled: comparing })
  const { data: uploads } = useQuery(uploadsQuery(app))
  const name = path.split('/').at(-1) ?? ''
  const { conflict, isChanged } = editing
  const blocker = useBlocker({
    shouldBlockFn: () => isChanged,
    enableBeforeUnload: () => isChanged,
    withResolver: true,
  })

  function save(): void {
    if (mayDeploy && isChanged && !editing.isSaving && !conflict) editing.save()
  }

  function takeTheirs(): void {
    const text = editing.takeTheirs()
    if (text !== undefined) setBegun(({ times }) => ({ text, times: times + 1 }))
    toast.good(t('This is the file as it is now.'))
  }

  const original = conflict ? (conflict.theirs?.text ?? '') : published.data
  return (
    <Card
      title={path}
      flush
      lead={
        mayDeploy ? (
          <output>{isChanged ? t('Changed, not saved yet.') : sayPublishing(uploads)}</output>
        ) : (
          t('You may look at this file.')
        )
      }
      aside={
        <span className="flex flex-wrap gap-2">
          <Button
            aria-pressed={comparing}
            busy={comparing && published.isPending}
            icon={<GitCompare size={15} aria-hidden />}
            onClick={() => setComparing(!comparing)}
          >
            {comparing ? t('Without the difference') : t('Difference to live')}
          </Button>
          {mayDeploy && (
            <Button
              variant="primary"
              icon={<Save size={15} aria-hidden />}
              busy={editing.isSaving}
              disabled={!isChanged || conflict !== undefined}
              onClick={save}
            >
              {t('Save')}
            </Button>
          )}
        </span>
      }
      footer={
        <>
          <span>
            {languageOf(name).label} · {sayBytes(new Blob([editing.saved.text]).size)}
          </span>
          <span className="hidden sm:inline">
            {t('Ctrl-S saves, Ctrl-F finds; Escape and then Tab leaves the text.')}
          </span>
        </>
      }
    >
      {(editing.error || conflict || published.error) && (
        <div className="space-y-3 border-b border-line p-4 sm:px-5">
          {editing.error && <ErrorNotice error={editing.error} onRetry={save} />}
          {comparing && published.error && (
            <ErrorNotice error={published.error} onRetry={() => void published.refetch()} />
          )}
          {conflict && (
            <ConflictNotice
              conflict={conflict}
              busy={editing.isSaving}
              onMine={editing.saveOver}
              onTheirs={takeTheirs}
            />
          )}
        </div>
      )}
      <Suspense fallback={<Skeleton className="h-[calc(100dvh-20rem)] min-h-80" />}>
        <CodeEditor
          key={begun.times}
          text={begun.text}
          name={name}
          label={t('Text of {name}', { name })}
          readOnly={!mayDeploy}
          original={conflict || comparing ? original : undefined}
          onChange={editing.setText}
          onSave={save}
        />
      </Suspense>
      <Dialog
        open={blocker.status === 'blocked'}
        onClose={() => blocker.reset?.()}
        title={t('Leave without saving?')}
        lead={t('What you changed in {name} is not saved yet.', { name })}
      >
        <DialogActions>
          <Button onClick={() => blocker.proceed?.()}>{t('Leave')}</Button>
          <Button variant="primary" onClick={() => blocker.reset?.()}>
            {t('Stay')}
          </Button>
        </DialogActions>
      </Dialog>
    </Card>
  )
}

/** What becomes of a file that is saved. */
function sayPublishing(uploads: Uploads | undefined): string {
  if (uploads?.changedAt === null) return t('As it is in the live release.')
  return uploads?.publishOnIdle === true
    ? t('Saved; published by itself 10 seconds after the last change.')
    : t('Saved; publish it on the Files page.')
}

interface ConflictProps {
  conflict: Conflict
  busy: boolean
  onMine: () => void
  onTheirs: () => void
}

function ConflictNotice({ conflict: { theirs }, busy, onMine, onTheirs }: ConflictProps) {
  return (
    <Notice
      tone="warn"
      title={
        theirs
          ? t('Somebody else has saved this file since you opened it.')
          : t('Somebody else has removed this file since you opened it.')
      }
      actions={
        <>
          {theirs && (
            <Button size="sm" disabled={busy} onClick={onTheirs}>
              {t('Take theirs')}
            </Button>
          )}
          <Button size="sm" variant="danger" busy={busy} onClick={onMine}>
            {theirs ? t('Save mine over it') : t('Save it anew')}
          </Button>
        </>
      }
    >
      {theirs
        ? t(
            'Below is what yours has that theirs has not. Bring together what you want to keep, then save.',
          )
        : t('Nothing of yours is lost: it is below.')}
    </Notice>
  )
}
