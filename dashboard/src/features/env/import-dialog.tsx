import { useState } from 'react'
import { type EnvEntry, parseEnvFile } from '#lib/env-file.ts'
import { t, tn } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Notice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'
import { TextArea } from '#ui/text-area.tsx'

interface Props {
  /** What was pasted already; undefined keeps the dialog closed. */
  text: string | undefined
  savedKeys: ReadonlySet<string>
  onTake: (entries: readonly EnvEntry[]) => void
  onClose: () => void
}

export function ImportDialog({ text, onClose, ...rest }: Props) {
  return (
    <Dialog
      wide
      open={text !== undefined}
      onClose={onClose}
      title={t('Import .env')}
      lead={t(
        'Nothing is saved yet: the variables join your changes, to be looked over and deployed together.',
      )}
    >
      <ImportForm key={text} initial={text ?? ''} onClose={onClose} {...rest} />
    </Dialog>
  )
}

interface FormProps extends Omit<Props, 'text'> {
  initial: string
}

function ImportForm({ initial, savedKeys, onTake, onClose }: FormProps) {
  const [text, setText] = useState(initial)
  const { entries, problems } = parseEnvFile(text)
  const count = tn(entries.length, '1 variable', '{count} variables')

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onTake(entries)
        onClose()
      }}
    >
      <TextArea
        label={t('Text of the file')}
        rows={7}
        placeholder={'DATABASE_URL=postgres://…\nAPI_KEY="…"'}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <label className="mt-2 inline-flex w-fit cursor-pointer text-sm text-muted underline hover:text-ink focus-within:text-ink">
        {t('Choose a file')}
        <input
          type="file"
          className="sr-only"
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file) void file.text().then(setText)
          }}
        />
      </label>

      {problems.length > 0 && (
        <div className="mt-4">
          <Notice tone="warn" title={t('Some lines cannot be read and are left out')}>
            <ul>
              {problems.map(({ line, message }) => (
                <li key={line}>{t('Line {line}: {message}', { line, message })}</li>
              ))}
            </ul>
          </Notice>
        </div>
      )}
      {entries.length > 0 && <Preview entries={entries} savedKeys={savedKeys} />}

      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" disabled={entries.length === 0}>
          {entries.length === 0
            ? t('Add to the changes')
            : t('Add {count} to the changes', { count })}
        </Button>
      </DialogActions>
    </form>
  )
}

/** What was understood, so that a mangled value is seen before it is saved. */
function Preview({
  entries,
  savedKeys,
}: {
  entries: readonly EnvEntry[]
  savedKeys: ReadonlySet<string>
}) {
  return (
    <ul
      aria-label={t('Preview')}
      className="mt-4 max-h-56 overflow-auto rounded-md border border-line bg-console"
    >
      {entries.map(({ key, value }) => (
        <li
          key={key}
          className="flex items-baseline gap-3 border-b border-line px-3 py-1.5 last:border-0"
        >
          <code className="shrink-0 font-medium">{key}</code>
          <code className="min-w-0 flex-1 break-all whitespace-pre-wrap text-muted">{value}</code>
          <Badge tone={savedKeys.has(key) ? 'warn' : 'busy'}>
            {savedKeys.has(key) ? t('replaces') : t('new')}
          </Badge>
        </li>
      ))}
    </ul>
  )
}
