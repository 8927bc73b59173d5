import { type ReactNode, type Ref, type TextareaHTMLAttributes, useId } from 'react'
import { cx } from '#lib/cx.ts'
import { borderOf, FieldFrame, INPUT } from '#ui/field.tsx'

interface Props extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  label: string
  hint?: ReactNode
  error?: string | undefined
  hideLabel?: boolean
  ref?: Ref<HTMLTextAreaElement>
}

export function TextArea({ label, hint, error, hideLabel = false, className, ...area }: Props) {
  const id = useId()
  return (
    <FieldFrame
      id={id}
      label={label}
      hint={hint}
      error={error}
      hideLabel={hideLabel}
      className={className}
    >
      <textarea
        {...area}
        id={id}
        spellCheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-note`}
        className={cx(INPUT, 'py-2 font-mono text-sm', borderOf(error))}
      />
    </FieldFrame>
  )
}
