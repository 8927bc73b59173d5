import { useQuery } from '@tanstack/react-query'
import {
  CreateDestination,
  type DestinationKey,
  type DestinationKindInfo,
} from '@vastrox/shared/backup.ts'
import { type FormEvent, useMemo, useState } from 'react'
import { ROOT_FIELD, withRoots } from '#features/destinations/root-field.ts'
import { rootsQuery, useAddDestination } from '#features/destinations/queries.ts'
import { fieldsOf, missingIn, settingsOf } from '#lib/json-form.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { JsonFields } from '#ui/json-fields.tsx'
import { ErrorNotice, Notice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  open: boolean
  kinds: readonly DestinationKindInfo[]
  /** The first one is the default by itself. */
  isFirst: boolean
  /** There is a key to show, once. */
  onKey: (key: DestinationKey & { name: string }) => void
  onClose: () => void
}

export function AddDestinationDialog({ open, ...form }: Props) {
  return (
    <Dialog
      open={open}
      onClose={form.onClose}
      title={t('New destination')}
      lead={t('It is written to and read from before it is kept.')}
    >
      <AddForm {...form} />
    </Dialog>
  )
}

function AddForm({ kinds, isFirst, onKey, onClose }: Omit<Props, 'open'>) {
  const add = useAddDestination()
  const [name, setName] = useState('')
  const [kindName, setKindName] = useState<string>()
  const [values, setValues] = useState<Record<string, string>>({})
  const [isDefault, setIsDefault] = useState(isFirst)
  const [asked, setAsked] = useState(false)
  const kind = kinds.find((each) => each.kind === kindName) ?? kinds[0]
  const { data: roots = [] } = useQuery(rootsQuery)
  const fields = useMemo(
    () => (kind ? withRoots(fieldsOf(kind.settings, kind.neverShown), roots) : []),
    [kind, roots],
  )
  const needsRoot = roots.length === 0 && fields.some(({ name: field }) => field === ROOT_FIELD)
  const wish = CreateDestination.safeParse({
    name: name.trim(),
    kind: kind?.kind,
    settings: settingsOf(fields, values),
    isDefault,
  })
  const missing = asked ? missingIn(fields, values) : undefined

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!wish.success || missingIn(fields, values)) return
    add.mutate(wish.data, {
      onSuccess: ({ destination, ...key }) => {
        toast.good(t('Backups can go to {name}.', { name: destination.name }))
        onKey({ ...key, name: destination.name })
        onClose()
      },
    })
  }

  return (
    <form className="space-y-4" onSubmit={submit}>
      {add.error && <ErrorNotice error={add.error} />}
      <Select
        label={t('What it is')}
        value={kind?.kind ?? ''}
        onChange={({ target }) => {
          setKindName(target.value)
          setValues({})
          setAsked(false)
        }}
      >
        {kinds.map((each) => (
          <option key={each.kind} value={each.kind}>
            {each.title}
          </option>
        ))}
      </Select>
      <Field
        label={t('Name')}
        mono
        placeholder={t('offsite')}
        autoComplete="off"
        spellCheck={false}
        value={name}
        error={
          asked ? wish.error?.issues.find(({ path }) => path[0] === 'name')?.message : undefined
        }
        onChange={({ target }) => setName(target.value)}
      />
      {needsRoot && (
        <Notice tone="info" title={t('No place of this server is registered yet')}>
          {t('Only root says which ones there are, on the server itself:')}
          <CopyBlock
            label={t('command')}
            text="sudo vastrox destinations allow /mnt/backup"
            className="mt-2"
          />
        </Notice>
      )}
      <JsonFields
        fields={fields}
        values={values}
        errors={missing ? { [missing.name]: t('This has to be filled in.') } : {}}
        onChange={setValues}
      />
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          className="mt-1 accent-accent"
          checked={isDefault}
          onChange={({ target }) => setIsDefault(target.checked)}
        />
        <span>
          {t('New backups go here')}
          <span className="block text-sm text-muted">
            {t('Unless a schedule or somebody says otherwise.')}
          </span>
        </span>
      </label>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending}>
          {add.isPending ? t('Trying it out …') : t('Try it out and keep it')}
        </Button>
      </DialogActions>
    </form>
  )
}
