import { Minus, Plus } from 'lucide-react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'

interface Props {
  label: string
  value: number
  min: number
  max: number
  disabled?: boolean
  onChange: (value: number) => void
}

/** A small number with a button on either side. */
export function Stepper({ label, value, min, max, disabled = false, onChange }: Props) {
  const set = (next: number) => onChange(Math.min(max, Math.max(min, next)))
  return (
    <fieldset className="flex items-center rounded-md border border-line" disabled={disabled}>
      <legend className="sr-only">{label}</legend>
      <Button
        variant="quiet"
        size="sm"
        square
        aria-label={t('One fewer: {label}', { label })}
        disabled={value <= min}
        onClick={() => set(value - 1)}
        icon={<Minus size={14} aria-hidden />}
      />
      <input
        aria-label={label}
        inputMode="numeric"
        value={value}
        onChange={(event) => {
          const next = Number(event.target.value)
          if (Number.isInteger(next)) set(next)
        }}
        className="tabular h-8 w-10 bg-transparent text-center font-medium"
      />
      <Button
        variant="quiet"
        size="sm"
        square
        aria-label={t('One more: {label}', { label })}
        disabled={value >= max}
        onClick={() => set(value + 1)}
        icon={<Plus size={14} aria-hidden />}
      />
    </fieldset>
  )
}
