import { type ReactNode, type SelectHTMLAttributes, useId } from 'react'
import { cx } from '#lib/cx.ts'
import { borderOf, FieldFrame, INPUT } from '#ui/field.tsx'

interface Props extends SelectHTMLAttributes<HTMLSelectElement> {
  label: string
  hint?: ReactNode
  hideLabel?: boolean
}

/** The browser's own: right on a phone, by keyboard and for a screen reader without our help. */
export function Select({ label, hint, hideLabel = false, className, children, ...select }: Props) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} hint={hint} hideLabel={hideLabel} className={className}>
      <select {...select} id={id} className={cx(INPUT, 'h-9', borderOf(undefined))}>
        {children}
      </select>
    </FieldFrame>
  )
}
