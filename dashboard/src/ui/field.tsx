import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react'
import { cx } from '#lib/cx.ts'

interface FrameProps {
  label: string
  /** Shown under the field until there is an error to show. */
  hint?: ReactNode
  error?: string | undefined
  hideLabel?: boolean
  className?: string | undefined
}

export const INPUT =
  'w-full rounded-md border bg-canvas px-3 text-base transition-colors placeholder:text-faint hover:border-line-strong disabled:opacity-60'

export const borderOf = (error: string | undefined): string =>
  error === undefined ? 'border-line' : 'border-bad'

interface Props extends InputHTMLAttributes<HTMLInputElement>, FrameProps {
  ref?: Ref<HTMLInputElement>
  /** At the right edge, inside: a unit. */
  unit?: string
  mono?: boolean
}

/** A label, an input, and one line beneath it: the hint, or what is wrong. */
export function Field({
  label,
  hint,
  error,
  hideLabel = false,
  unit,
  mono = false,
  className,
  ...input
}: Props) {
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
      <div className="relative">
        <input
          {...input}
          id={id}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-note`}
          className={cx(
            INPUT,
            'h-9',
            borderOf(error),
            mono && 'font-mono text-sm',
            unit !== undefined && 'pr-12',
          )}
        />
        {unit !== undefined && (
          <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-sm text-faint">
            {unit}
          </span>
        )}
      </div>
    </FieldFrame>
  )
}

export function FieldFrame({
  id,
  label,
  hint,
  error,
  hideLabel = false,
  className,
  children,
}: FrameProps & { id: string; children: ReactNode }) {
  return (
    <div className={className}>
      <label
        htmlFor={id}
        className={cx('mb-1.5 block text-sm font-medium', hideLabel && 'sr-only')}
      >
        {label}
      </label>
      {children}
      <p
        id={`${id}-note`}
        aria-live="polite"
        className={cx(
          'text-sm empty:hidden',
          'mt-1.5',
          error === undefined ? 'text-muted' : 'text-bad',
        )}
      >
        {error ?? hint}
      </p>
    </div>
  )
}
