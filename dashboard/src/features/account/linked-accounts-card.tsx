import { useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { LinkedIdentity } from '@vastrox/shared/sign-in.ts'
import { LogIn } from 'lucide-react'
import { signInWaysQuery, useUnlink } from '#features/account/sign-in-ways-queries.ts'
import { goToProvider } from '#features/session/provider-trip.ts'
import { signInOffersQuery } from '#features/session/offers-query.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { toast } from '#ui/toast.tsx'

/** Accounts elsewhere that sign one in here. */
export function LinkedAccountsCard() {
  const { data: ways } = useSuspenseQuery(signInWaysQuery)
  const { data: offers } = useQuery(signInOffersQuery)
  const providers = offers?.providers ?? []
  const link = useMutation({
    mutationFn: (provider: string) =>
      goToProvider('/sign-in-ways/identities', provider, '/account'),
  })
  if (providers.length === 0 && ways.identities.length === 0) return null

  return (
    <Card
      title={t('Linked accounts')}
      lead={t('Each of them signs you in; nobody else can link them.')}
      flush
      footer={
        providers.length > 0 && (
          <span className="flex flex-wrap gap-2">
            {providers.map(({ name, title }) => (
              <Button
                key={name}
                size="sm"
                busy={link.isPending}
                onClick={() => link.mutate(name, { onError: toast.error })}
              >
                {t('Link {title}', { title })}
              </Button>
            ))}
          </span>
        )
      }
    >
      {ways.identities.length === 0 ? (
        <p className="px-4 py-4 text-muted sm:px-5">{t('None yet.')}</p>
      ) : (
        <ul>
          {ways.identities.map((identity) => (
            <IdentityRow key={identity.id} identity={identity} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function IdentityRow({ identity }: { identity: LinkedIdentity }) {
  const unlink = useUnlink()
  return (
    <li className="flex items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <LogIn size={18} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{identity.label}</p>
        <p className="text-sm text-muted">
          {new URL(identity.issuer).host} ·{' '}
          {identity.lastUsedAt === null ? (
            t('never used')
          ) : (
            <>{rich(t('used {lastUsedAt}'), { lastUsedAt: <Ago at={identity.lastUsedAt} /> })}</>
          )}
        </p>
      </div>
      <Button
        size="sm"
        aria-label={t('Unlink {label}', { label: identity.label })}
        busy={unlink.isPending}
        onClick={() => unlink.mutate(identity.id, { onError: toast.error })}
      >
        {t('Unlink')}
      </Button>
    </li>
  )
}
