import { useMutation, useQuery } from '@tanstack/react-query'
import type { OfferedProvider } from '@vastrox/shared/sign-in.ts'
import { LogIn } from 'lucide-react'
import { signInOffersQuery } from '#features/session/offers-query.ts'
import { goToProvider } from '#features/session/provider-trip.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

interface Props {
  /** Where to go once signed in. */
  to: string
  /** That is accepted by it, for somebody new. */
  invitation?: string
}

/** One for each provider that the operator has set up. */
export function ProviderButtons({ to, invitation }: Props) {
  const { data: offers } = useQuery(signInOffersQuery)
  const go = useMutation({
    mutationFn: (provider: OfferedProvider) =>
      goToProvider('/sign-in/provider', provider.name, to, invitation),
  })
  if (!offers || offers.providers.length === 0) return null

  return (
    <div className="mt-4 space-y-3 border-t border-line pt-4">
      {go.error && <ErrorNotice error={go.error} />}
      {offers.providers.map((provider) => (
        <Button
          key={provider.name}
          className="w-full"
          icon={<LogIn size={16} aria-hidden />}
          busy={go.isPending}
          onClick={() => go.mutate(provider)}
        >
          {invitation === undefined
            ? t('Sign in with {title}', { title: provider.title })
            : t('Join with {title}', { title: provider.title })}
        </Button>
      ))}
    </div>
  )
}
