import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useSignInByLink } from '#features/session/sign-in-queries.ts'
import { SessionFrame } from '#features/session/session-frame.tsx'
import { SecondStepForm, secondStepOf } from '#features/session/second-step.tsx'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

const route = getRouteApi('/sign-in/$token')

/** Asks for a click, so that a program that looks at links in passing does not use it up. */
export function SignInLinkPage() {
  const { token } = route.useParams()
  const navigate = useNavigate()
  const signIn = useSignInByLink()
  const goOn = () => void navigate({ to: '/apps', replace: true })
  const step = secondStepOf(signIn.error)

  if (step)
    return (
      <SessionFrame title={t('One more step')} lead={t('Your account has a second factor.')}>
        <SecondStepForm
          step={step}
          onSignedIn={goOn}
          onBack={() => void navigate({ to: '/sign-in', replace: true })}
        />
      </SessionFrame>
    )

  return (
    <SessionFrame
      title={t('Welcome to Vastrox')}
      lead={t('This link signs you in once, on this browser. After that you can set a password.')}
    >
      <div className="space-y-4">
        {signIn.error && <ErrorNotice error={signIn.error} />}
        <Button
          variant="primary"
          className="w-full"
          busy={signIn.isPending}
          onClick={() => signIn.mutate({ token }, { onSuccess: goOn })}
        >
          {signIn.isPending ? t('Signing in …') : t('Sign in')}
        </Button>
        {signIn.error && (
          <ButtonLink to="/sign-in" className="w-full">
            {t('Sign in with a password')}
          </ButtonLink>
        )}
      </div>
    </SessionFrame>
  )
}
