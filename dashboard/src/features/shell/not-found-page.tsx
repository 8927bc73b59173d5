import { Compass } from 'lucide-react'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { ButtonLink } from '#ui/button.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

export function NotFoundPage({ message }: { message?: string }) {
  useTitle(t('Not found'))
  return (
    <div className="flex min-h-[60dvh] items-center justify-center">
      <EmptyState
        icon={<Compass size={20} aria-hidden />}
        title={t('Nothing is here')}
        actions={
          <ButtonLink to="/apps" variant="primary">
            {t('To your apps')}
          </ButtonLink>
        }
      >
        {message ?? t('The address may be mistyped, or what was here has been destroyed.')}
      </EmptyState>
    </div>
  )
}
