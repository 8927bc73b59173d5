import { EnvGenerator, EnvPhase, EnvValue, type SetVariable } from '@vastrox/shared/env.ts'
import { type ReactNode, useState } from 'react'
import type { EnvRow } from '#features/env/env-draft.ts'
import { GENERATED, PHASES } from '#features/env/env-words.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Select } from '#ui/select.tsx'
import { TextArea } from '#ui/text-area.tsx'

interface Props {
  row: EnvRow
  /** undefined: nobody may see it; it stays unless another is typed. */
  value: string | undefined
  onSave: (wish: SetVariable) => void
  onCancel: () => void
}

const MOST_ROWS = 12
const TYPED = 'typed'

/** One value, as it is: quotes, `$` and line ends are kept; nothing is interpreted unless it says so. */
export function EnvValueForm({ row, value, onSave, onCancel }: Props) {
  const [text, setText] = useState(value)
  const [how, setHow] = useState<EnvGenerator | typeof TYPED>(row.generate ?? TYPED)
  const [phase, setPhase] = useState(row.phase)
  const [neverReveal, setNeverReveal] = useState(row.neverReveal)
  const [isReference, setIsReference] = useState(row.isReference)
  const problem =
    text === undefined ? undefined : EnvValue.safeParse(text).error?.issues[0]?.message
  const rows = Math.min(MOST_ROWS, (text ?? '').split('\n').length + 1)

  const save = () => {
    const marks = { phase, neverReveal }
    if (how !== TYPED) return onSave({ ...marks, generate: how, isReference: false })
    const isNew = text !== undefined && (text !== value || row.status !== 'kept')
    onSave({ ...marks, isReference, ...(isNew ? { value: text } : {}) })
  }

  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (problem === undefined) save()
      }}
    >
      {how === TYPED && (
        <TextArea
          label={row.key}
          rows={rows}
          value={text ?? ''}
          placeholder={value === undefined ? t('unchanged') : undefined}
          error={problem}
          hint={
            isReference
              ? t(
                  'Each release fills in ${{ env.NAME }}, ${{ group.GROUP.NAME }} and ${{ platform.PUBLIC_URL }}.',
                )
              : t('Kept exactly as it is here, line ends included.')
          }
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- opened by the button just pressed
          autoFocus
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onCancel()
          }}
        />
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <Select
          label={t('The value is')}
          value={how}
          onChange={(event) => setHow(EnvGenerator.safeParse(event.target.value).data ?? TYPED)}
        >
          <option value={TYPED}>{t('typed in')}</option>
          {EnvGenerator.options.map((each) => (
            <option key={each} value={each}>
              {t('made at random: {each}', { each: GENERATED[each] })}
            </option>
          ))}
        </Select>
        <Select
          label={t('Who gets it')}
          value={phase}
          onChange={(event) => setPhase(EnvPhase.parse(event.target.value))}
        >
          {EnvPhase.options.map((each) => (
            <option key={each} value={each}>
              {PHASES[each]}
            </option>
          ))}
        </Select>
      </div>
      <Check checked={neverReveal} onChange={setNeverReveal}>
        {t('Never show the value again, to anybody')}
      </Check>
      {how === TYPED && (
        <Check checked={isReference} onChange={setIsReference}>
          {t('Put other values in at each release')}
        </Check>
      )}
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onCancel}>
          {t('Cancel')}
        </Button>
        <Button size="sm" type="submit" variant="primary">
          {t('Keep the change')}
        </Button>
      </div>
    </form>
  )
}

interface CheckProps {
  checked: boolean
  onChange: (checked: boolean) => void
  children: ReactNode
}

const Check = ({ checked, onChange, children }: CheckProps) => (
  <label className="flex w-fit items-center gap-2 text-sm">
    <input
      type="checkbox"
      className="accent-accent"
      checked={checked}
      onChange={(event) => onChange(event.target.checked)}
    />
    {children}
  </label>
)
