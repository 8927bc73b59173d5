import type { ReactNode } from 'react'
import { cx } from '#lib/cx.ts'

interface Props {
  title?: string
  /** Beside the title: a count, a link, a button. */
  aside?: ReactNode
  lead?: ReactNode
  footer?: ReactNode
  /** Without inner margin, for lists that go from edge to edge. */
  flush?: boolean
  tone?: 'plain' | 'danger'
  className?: string
  children?: ReactNode
}

/** `condition && element` with a condition that is not so leaves no empty strip. */
const hasContent = (node: ReactNode): boolean =>
  node !== undefined && node !== null && node !== false

export function Card({
  title,
  aside,
  lead,
  footer,
  flush = false,
  tone = 'plain',
  className,
  children,
}: Props) {
  return (
    <section
      aria-label={title}
      className={cx(
        'min-w-0 rounded-lg border bg-surface',
        tone === 'danger' ? 'border-bad/40' : 'border-line',
        className,
      )}
    >
      {title !== undefined && (
        <header className="flex min-h-13 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-2.5 sm:px-5">
          <div className="min-w-0">
            <h2 className={cx('font-semibold', tone === 'danger' && 'text-bad')}>{title}</h2>
            {lead !== undefined && <p className="text-sm text-muted">{lead}</p>}
          </div>
          {aside}
        </header>
      )}
      {children !== undefined && <div className={flush ? '' : 'p-4 sm:p-5'}>{children}</div>}
      {hasContent(footer) && (
        <footer className="flex flex-wrap items-center justify-between gap-3 rounded-b-lg border-t border-line bg-sunken px-4 py-3 text-sm text-muted sm:px-5">
          {footer}
        </footer>
      )}
    </section>
  )
}
