import type { AuditFilter } from '@vastrox/shared/audit-event.ts'
import { useState } from 'react'
import { filterOf, NO_DRAFT } from '#features/audit/filter-draft.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  onChange: (filter: AuditFilter) => void
}

/** Who, what, to what, with which result, when. */
export function FilterForm({ onChange }: Props) {
  const [draft, setDraft] = useState(NO_DRAFT)
  const text = (name: 'actor' | 'action' | 'target') => ({
    value: draft[name],
    maxLength: 100,
    onChange: ({ target }: { target: HTMLInputElement }) =>
      setDraft((before) => ({ ...before, [name]: target.value })),
  })
  const day = (name: 'since' | 'until') => ({
    type: 'date',
    value: draft[name],
    onChange: ({ target }: { target: HTMLInputElement }) =>
      setDraft((before) => ({ ...before, [name]: target.value })),
  })

  return (
    <form
      aria-label={t('Filter')}
      className="grid grid-cols-2 items-end gap-3 sm:grid-cols-3 lg:grid-cols-7"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(filterOf(draft))
      }}
    >
      <Field label={t('Who')} placeholder={t('anna')} {...text('actor')} />
      <Field label={t('What')} placeholder={t('app, env.reveal')} {...text('action')} />
      <Field label={t('To')} placeholder={t('shop')} {...text('target')} />
      <Select
        label={t('Result')}
        value={draft.result}
        onChange={({ target }) => setDraft((before) => ({ ...before, result: target.value }))}
      >
        <option value="">{t('any')}</option>
        <option value="ok">{t('done')}</option>
        <option value="denied">{t('denied')}</option>
        <option value="failed">{t('failed')}</option>
      </Select>
      <Field label={t('From')} {...day('since')} />
      <Field label={t('To the end of')} {...day('until')} />
      <div className="flex gap-2">
        <Button type="submit">{t('Filter')}</Button>
        <Button
          variant="quiet"
          onClick={() => {
            setDraft(NO_DRAFT)
            onChange({})
          }}
        >
          {t('Clear')}
        </Button>
      </div>
    </form>
  )
}
