import { AddonName } from '@vastrox/shared/addon.ts'
import type { Backup, CreateRestore } from '@vastrox/shared/backup.ts'
import { VolumeName } from '@vastrox/shared/volume.ts'
import { type FormEvent, useState } from 'react'
import { FileBrowser } from '#features/backups/file-browser.tsx'
import { nameOf } from '#features/backups/backup-files.ts'
import { type How, nameFor, sayAct, waysFor } from '#features/backups/restore-words.ts'
import { sayName } from '#features/backups/subject-words.ts'
import { sayBytes } from '#lib/bytes.ts'
import { exactTime } from '#lib/time.ts'
import { rich, t, tn } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  backup: Backup
  how: How
  error: Error | null
  busy: boolean
  onBack: () => void
  onRestore: (wish: CreateRestore) => void
}

const MOST_PATHS = 1_000

/** The last word: what will happen, once more, and what has to be typed or ticked for it. */
export function RestoreConfirm({ backup, how, error, busy, onBack, onRestore }: Props) {
  const { subject } = backup
  const way = waysFor(subject).find((each) => each.how === how)
  const needsConfirm = how === 'switch' || how === 'in-place'
  const [name, setName] = useState(() => nameFor(backup))
  const [typed, setTyped] = useState('')
  const [paths, setPaths] = useState<readonly string[]>([])
  const Name = subject.type === 'volume' ? VolumeName : AddonName
  const wrongName = how === 'new' ? Name.safeParse(name).error?.issues[0]?.message : undefined
  const isReady =
    (how !== 'new' || wrongName === undefined) &&
    (!needsConfirm || typed === subject.name) &&
    (how !== 'files' || paths.length > 0)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReady || busy) return
    onRestore({
      how,
      ...(how === 'new' && { name }),
      ...(needsConfirm && { confirm: typed }),
      ...(how === 'files' && { paths: [...paths] }),
    })
  }
  const toggle = (path: string) =>
    setPaths(
      paths.includes(path)
        ? paths.filter((each) => each !== path)
        : [...paths, path].slice(0, MOST_PATHS),
    )

  return (
    <form onSubmit={submit}>
      <Card
        title={way?.title ?? t('Restore')}
        lead={way?.lead}
        footer={
          <span className="ml-auto flex flex-wrap justify-end gap-2">
            <Button onClick={onBack}>{t('Back')}</Button>
            <Button
              type="submit"
              variant={way?.isDangerous === true ? 'danger' : 'primary'}
              disabled={!isReady}
              busy={busy}
            >
              {sayAct(how, subject.name)}
            </Button>
          </span>
        }
      >
        <div className="space-y-4">
          {error && <ErrorNotice error={error} />}
          <p>
            {rich(t('From the backup of {subject} of {startedAt}'), {
              subject: <strong>{sayName(subject)}</strong>,
              startedAt: <strong className="tabular">{exactTime(backup.startedAt)}</strong>,
            })}
            {backup.sizeBytes !== null && `, ${sayBytes(backup.sizeBytes)}`}.
          </p>
          {how === 'new' && (
            <Field
              label={t('Name of the new one')}
              mono
              autoComplete="off"
              spellCheck={false}
              value={name}
              error={wrongName}
              onChange={({ target }) => setName(target.value)}
            />
          )}
          {needsConfirm && (
            <Field
              label={t('Type {name} to confirm', { name: subject.name })}
              mono
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
          {how === 'files' && (
            <div>
              <p className="mb-2 text-sm font-medium" aria-live="polite">
                {paths.length === 0
                  ? t('Tick the files and folders that should come back.')
                  : tn(paths.length, '1 is ticked: {names}', '{count} are ticked: {names}', {
                      names: `${paths.slice(0, 3).map(nameOf).join(', ')}${paths.length > 3 ? ' …' : ''}`,
                    })}
              </p>
              <div className="max-h-96 overflow-y-auto rounded-md border border-line">
                <FileBrowser
                  backupId={backup.id}
                  root={sayName(subject)}
                  renderBefore={({ path }) => (
                    <input
                      type="checkbox"
                      className="accent-accent"
                      aria-label={t('Restore {path}', { path: nameOf(path) })}
                      checked={paths.includes(path)}
                      onChange={() => toggle(path)}
                    />
                  )}
                />
              </div>
            </div>
          )}
        </div>
      </Card>
    </form>
  )
}
