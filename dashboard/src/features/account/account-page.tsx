import { useSuspenseQuery } from '@tanstack/react-query'
import type { Session } from '@vastrox/shared/user.ts'
import { Laptop, Smartphone } from 'lucide-react'
import { PasswordCard } from '#features/account/password-card.tsx'
import { sessionsQuery, useRevokeSession } from '#features/account/queries.ts'
import { LanguageCard } from '#features/account/language-card.tsx'
import { LinkedAccountsCard } from '#features/account/linked-accounts-card.tsx'
import { PasskeysCard } from '#features/account/passkeys-card.tsx'
import { SecondFactorCard } from '#features/account/second-factor-card.tsx'
import { signInWaysQuery } from '#features/account/sign-in-ways-queries.ts'
import { SshKeysCard } from '#features/account/ssh-keys-card.tsx'
import { sayBrowser } from '#features/account/user-agent.ts'
import { signInOffersQuery } from '#features/session/offers-query.ts'
import { useMe } from '#features/session/queries.ts'
import { ROLE_NAME } from '#features/session/role-name.ts'
import type { Load } from '#lib/load.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) =>
  Promise.all([read(sessionsQuery), read(signInWaysQuery), read(signInOffersQuery)])

export function AccountPage() {
  const me = useMe()
  return (
    <Page
      title={t('Account')}
      lead={t('You are {name}, {role} of this platform.', {
        name: me.name,
        role: ROLE_NAME[me.role],
      })}
    >
      <div className="max-w-3xl space-y-5">
        {me.needsSecondFactor && (
          <Notice tone="warn" title={t('Your team asks for a second factor')}>
            {t('Set one up below; then you can go on.')}
          </Notice>
        )}
        <PasswordCard me={me} />
        <SecondFactorCard />
        <PasskeysCard />
        <LinkedAccountsCard />
        {me.permissions.includes('key.manage') && <SshKeysCard />}
        <LanguageCard />
        <SessionsCard />
      </div>
    </Page>
  )
}

function SessionsCard() {
  const { data: sessions } = useSuspenseQuery(sessionsQuery)
  return (
    <Card
      title={t('Where you are signed in')}
      lead={t('Revoke what you do not know; it is out within the moment.')}
      flush
    >
      <ul>
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
    </Card>
  )
}

function SessionRow({ session }: { session: Session }) {
  const revoke = useRevokeSession()
  const browser = sayBrowser(session.userAgent)
  const Icon = /phone|android/i.test(browser) ? Smartphone : Laptop
  return (
    <li className="flex items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <Icon size={18} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5">
          <span className="font-medium" title={session.userAgent}>
            {browser}
          </span>
          {session.current && <Badge tone="good">{t('This browser')}</Badge>}
        </p>
        <p className="text-sm text-muted">
          {session.address} ·{' '}
          {rich(t('used {lastUsedAt}'), { lastUsedAt: <Ago at={session.lastUsedAt} /> })} ·{' '}
          {rich(t('since {createdAt}'), { createdAt: <Ago at={session.createdAt} /> })}
        </p>
      </div>
      {!session.current && (
        <Button
          size="sm"
          aria-label={t('Revoke {browser} at {address}', { browser, address: session.address })}
          busy={revoke.isPending}
          onClick={() => revoke.mutate(session.id, { onError: toast.error })}
        >
          {t('Revoke')}
        </Button>
      )}
    </li>
  )
}
