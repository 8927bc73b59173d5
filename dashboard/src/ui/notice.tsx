import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError, describeError } from '#lib/api-error.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { DocsLink } from '#ui/docs-link.tsx'

interface Props {
  tone: 'info' | 'warn' | 'bad'
  title: string
  children?: ReactNode
  actions?: ReactNode
}

const LOOK = {
  info: 'border-line bg-sunken [&>svg]:text-muted',
  warn: 'border-warn/30 bg-warn-soft [&>svg]:text-warn',
  bad: 'border-bad/30 bg-bad-soft [&>svg]:text-bad',
}
const ICON = { info: Info, warn: TriangleAlert, bad: CircleAlert }

export function Notice({ tone, title, children, actions }: Props) {
  const Icon = ICON[tone]
  return (
    <div
      role={tone === 'bad' ? 'alert' : undefined}
      className={cx('flex gap-3 rounded-md border p-3.5', LOOK[tone])}
    >
      <Icon size={17} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children !== undefined && <div className="mt-0.5 text-muted">{children}</div>}
        {actions !== undefined && <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  )
}

/** An error as people should meet it: what happened, what to do, and a way on. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { message, hint } = describeError(error)
  const code = codeOf(error)
  return (
    <Notice
      tone="bad"
      title={message}
      actions={
        onRetry && (
          <Button size="sm" onClick={onRetry}>
            {t('Try again')}
          </Button>
        )
      }
    >
      {hint}
      {code !== undefined && (
        <>
          {hint === undefined ? '' : ' '}
          <DocsLink to={`errors#${code}`}>{t('About {code}', { code })}</DocsLink>
        </>
      )}
    </Notice>
  )
}

/** Of what the API has refused: its code is in the documentation. No answer has none. */
const codeOf = (error: unknown): string | undefined =>
  error instanceof ApiError && error.status > 0 && error.code !== 'REPLY_UNEXPECTED'
    ? error.code
    : undefined
