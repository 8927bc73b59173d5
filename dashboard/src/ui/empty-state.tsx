import type { ReactNode } from 'react'
import { t } from '#lib/words.ts'
import { DocsLink } from '#ui/docs-link.tsx'

interface Props {
  icon: ReactNode
  title: string
  /** Teaches: what will be here, and how it gets here. */
  children: ReactNode
  actions?: ReactNode
  /** The page of the documentation that tells how: `domains`, `backups#destinations`. */
  docs?: string
}

export function EmptyState({ icon, title, children, actions, docs }: Props) {
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      <div className="mb-4 flex size-11 items-center justify-center rounded-lg border border-line bg-sunken text-muted">
        {icon}
      </div>
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-1 max-w-md text-muted">{children}</div>
      {actions !== undefined && (
        <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>
      )}
      {docs !== undefined && (
        <p className="mt-4 text-sm">
          <DocsLink to={docs}>{t('Read how')}</DocsLink>
        </p>
      )}
    </div>
  )
}
