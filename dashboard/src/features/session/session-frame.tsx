import type { ReactNode } from 'react'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Logo } from '#ui/logo.tsx'

interface Props {
  title: string
  lead: ReactNode
  children: ReactNode
}

/** The pages that are seen before signing in. They stand from above, so that what comes later moves nothing. */
export function SessionFrame({ title, lead, children }: Props) {
  useTitle(title)
  return (
    <main className="flex min-h-dvh items-start justify-center px-4 pt-[max(3rem,16dvh)] pb-12">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-2.5">
          <Logo size={30} />
          <span className="text-lg font-semibold tracking-tight">{t('Vastrox')}</span>
        </div>
        <div className="rounded-lg border border-line bg-surface p-6 shadow-float">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          <div className="mt-1 mb-5 text-muted">{lead}</div>
          {children}
        </div>
      </div>
    </main>
  )
}
