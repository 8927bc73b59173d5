import type { ReactNode } from 'react'
import { useTitle } from '#lib/use-title.ts'

interface Props {
  title: string
  /** What is here and why, in one sentence. */
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** The frame of every page: one heading, what it is for, what can be done, the rest. */
export function Page({ title, lead, actions, children }: Props) {
  useTitle(title)
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-6 lg:px-8 lg:py-8">
      <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          {lead !== undefined && <p className="mt-1 max-w-2xl text-muted">{lead}</p>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}
