import { t } from '#lib/words.ts'
import { Field } from '#ui/field.tsx'

interface Props {
  value: string
  onChange: (code: string) => void
  error?: string | undefined
}

/** Six digits of an authenticator app; phones and password managers offer them here. */
export function CodeField({ value, onChange, error }: Props) {
  return (
    <Field
      label={t('Code of your authenticator app')}
      inputMode="numeric"
      autoComplete="one-time-code"
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- what is asked for is this field
      autoFocus
      mono
      maxLength={9}
      placeholder="123 456"
      error={error}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
