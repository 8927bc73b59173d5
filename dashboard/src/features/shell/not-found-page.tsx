import { Compass } from 'lucide-react'
import { useTitle } from '#lib/use-title.ts'
import { ButtonLink } from '#ui/button.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

export function NotFoundPage({ message }: { message?: string }) {
  useTitle('Not found')
  return (
    <div className="flex min-h-[60dvh] items-center justify-center">
      <EmptyState
        icon={<Compass size={20} aria-hidden />}
        title="Nothing is here"
        actions={
          <ButtonLink to="/apps" variant="primary">
            To your apps
          </ButtonLink>
        }
      >
        {message ?? 'The address may be mistyped, or what was here has been destroyed.'}
      </EmptyState>
    </div>
  )
}
