import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '#features/session/queries.ts'
import { rich, t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'

/** Until there is a password, only the server's command line can let its owner in again. */
export function PasswordPrompt() {
  const me = useMe()
  const [later, setLater] = useState(false)
  if (later || me.hasPassword || me.kind !== 'user') return null

  return (
    <section
      aria-label={t('Set a password')}
      className="mb-6 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-line bg-sunken px-4 py-3"
    >
      <KeyRound size={17} aria-hidden className="hidden text-accent sm:block" />
      <p className="min-w-60 flex-1 text-muted">
        {rich(
          t(
            '<strong>Set a password</strong> to come back without a sign-in link. You sign in as {name}.',
          ),
          {
            strong: <strong className="font-medium text-ink" />,
            name: <strong className="font-medium text-ink">{me.name}</strong>,
          },
        )}
      </p>
      <div className="flex gap-2">
        <Button size="sm" variant="quiet" onClick={() => setLater(true)}>
          {t('Later')}
        </Button>
        <ButtonLink to="/account" size="sm" variant="primary">
          {t('Set a password')}
        </ButtonLink>
      </div>
    </section>
  )
}
