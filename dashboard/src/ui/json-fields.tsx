import type { JsonField } from '#lib/json-form.ts'
import { t } from '#lib/words.ts'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  fields: readonly JsonField[]
  values: Readonly<Record<string, string>>
  /** What is wrong with a field, by its name. */
  errors?: Readonly<Record<string, string>>
  onChange: (values: Record<string, string>) => void
}

/** The fields of a catalog entry: how they look is decided here, which there are by the entry. */
export function JsonFields({ fields, values, errors = {}, onChange }: Props) {
  return fields.map((field) => {
    const value = values[field.name] ?? field.default
    const set = (next: string): void => onChange({ ...values, [field.name]: next })
    if (field.options)
      return (
        <Select
          key={field.name}
          label={field.label}
          hint={field.hint}
          value={value}
          onChange={({ target }) => set(target.value)}
        >
          {!field.isRequired && field.default === '' && <option value="">—</option>}
          {field.options.map((option, index) => (
            <option key={option} value={option}>
              {field.optionLabels?.[index] ?? option}
            </option>
          ))}
        </Select>
      )
    return (
      <Field
        key={field.name}
        label={field.label}
        mono
        type={field.isSecret ? 'password' : field.kind === 'url' ? 'url' : 'text'}
        inputMode={field.kind === 'number' ? 'decimal' : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        error={errors[field.name]}
        hint={hintOf(field)}
        onChange={({ target }) => set(target.value)}
      />
    )
  })
}

function hintOf({ hint, isSecret, isRequired }: JsonField): string | undefined {
  if (hint !== undefined) return hint
  if (isSecret) return t('Kept encrypted, and never shown again.')
  return isRequired ? undefined : t('May be left empty.')
}
