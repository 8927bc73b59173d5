import { useQuery } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import { signInOffersQuery } from '#features/session/offers-query.ts'
import { useSignInByPasskey } from '#features/session/sign-in-queries.ts'
import { canUsePasskeys } from '#lib/passkeys.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

/** Offered where the server and this browser can both do it. */
export function PasskeyButton({ onSignedIn }: { onSignedIn: () => void }) {
  const { data: offers } = useQuery(signInOffersQuery)
  const signIn = useSignInByPasskey()
  if (!offers?.passkeys || !canUsePasskeys()) return null

  return (
    <div className="mt-4 space-y-4">
      {signIn.error && <ErrorNotice error={signIn.error} />}
      <Button
        className="w-full"
        icon={<Fingerprint size={16} aria-hidden />}
        busy={signIn.isPending}
        onClick={() => signIn.mutate(undefined, { onSuccess: onSignedIn })}
      >
        {t('Sign in with a passkey')}
      </Button>
    </div>
  )
}
