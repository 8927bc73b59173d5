import { createLink, type LinkComponent } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { cx } from '#lib/cx.ts'

type Variant = 'primary' | 'secondary' | 'quiet' | 'danger'
type Size = 'sm' | 'md'

interface Look {
  variant?: Variant
  size?: Size
  /** For a button that shows only an icon; its name then comes from aria-label. */
  square?: boolean
}

const VARIANT: Record<Variant, string> = {
  primary: 'bg-accent-solid text-on-accent hover:bg-accent-solid-hover shadow-low',
  secondary: 'bg-raised text-ink border border-line hover:bg-hover hover:border-line-strong',
  quiet: 'text-muted hover:bg-hover hover:text-ink',
  danger: 'bg-bad-solid text-white hover:brightness-110 shadow-low',
}

const SIZE: Record<Size, string> = { sm: 'h-8 text-sm', md: 'h-9 text-base' }
const PADDING: Record<Size, string> = { sm: 'px-2.5', md: 'px-3.5' }
const SQUARE: Record<Size, string> = { sm: 'w-8', md: 'w-9' }

const look = ({ variant = 'secondary', size = 'md', square = false }: Look): string =>
  cx(
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap select-none',
    'transition-colors duration-100 disabled:opacity-50 disabled:pointer-events-none',
    VARIANT[variant],
    SIZE[size],
    square ? SQUARE[size] : PADDING[size],
  )

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, Look {
  /** Under way: it cannot be pressed again and says so to screen readers. */
  busy?: boolean
  icon?: ReactNode
  ref?: Ref<HTMLButtonElement>
}

export function Button({
  variant = 'secondary',
  size = 'md',
  square = false,
  busy = false,
  icon,
  children,
  disabled,
  className,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      // Given by the caller, `button` otherwise.
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy}
      className={cx(look({ variant, size, square }), className)}
    >
      {icon}
      {children}
    </button>
  )
}

interface AnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement>, Look {
  icon?: ReactNode
  ref?: Ref<HTMLAnchorElement>
}

function Anchor({ variant, size, square, icon, children, className, ...rest }: AnchorProps) {
  return (
    <a
      {...rest}
      className={cx(
        look({
          ...(variant && { variant }),
          ...(size && { size }),
          ...(square !== undefined && { square }),
        }),
        className,
      )}
    >
      {icon}
      {children}
    </a>
  )
}

/** A link of the dashboard that looks like a button. */
export const ButtonLink: LinkComponent<typeof Anchor> = createLink(Anchor)
/** The same for an address outside of it. */
export const ExternalButton = Anchor
