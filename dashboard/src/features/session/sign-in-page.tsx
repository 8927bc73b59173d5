import { zodResolver } from '@hookform/resolvers/zod'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { SignIn } from '@vastrox/shared/user.ts'
import { useForm } from 'react-hook-form'
import { SessionFrame } from '#features/session/session-frame.tsx'
import { PasskeyButton } from '#features/session/passkey-button.tsx'
import { ProviderButtons } from '#features/session/provider-buttons.tsx'
import { useSignIn } from '#features/session/sign-in-queries.ts'
import { SecondStepForm, secondStepOf } from '#features/session/second-step.tsx'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  const { to } = route.useSearch()
  const navigate = useNavigate()
  const signIn = useSignIn()
  const form = useForm({
    resolver: zodResolver(SignIn),
    defaultValues: { name: '', password: '' },
  })

  const goOn = () => void navigate({ to: to ?? '/', replace: true })
  const submit = form.handleSubmit((input) => signIn.mutate(input, { onSuccess: goOn }))
  const step = secondStepOf(signIn.error)

  if (step)
    return (
      <SessionFrame title={t('One more step')} lead={t('Your account has a second factor.')}>
        <SecondStepForm step={step} onSignedIn={goOn} onBack={() => signIn.reset()} />
      </SessionFrame>
    )

  return (
    <SessionFrame
      title={t('Sign in')}
      lead={
        <>
          {rich(t('No password yet? Run {code} on the server for a link that signs you in once.'), {
            code: <code className="text-ink">vastrox sign-in-link</code>,
          })}
        </>
      }
    >
      <form onSubmit={submit} className="space-y-4">
        {signIn.error && <ErrorNotice error={signIn.error} />}
        <Field
          label={t('Name')}
          autoComplete="username"
          autoCapitalize="none"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page is this form
          autoFocus
          required
          {...form.register('name')}
        />
        <Field
          label={t('Password')}
          type="password"
          autoComplete="current-password"
          required
          {...form.register('password')}
        />
        <Button type="submit" variant="primary" busy={signIn.isPending} className="w-full">
          {signIn.isPending ? t('Signing in …') : t('Sign in')}
        </Button>
      </form>
      <PasskeyButton onSignedIn={goOn} />
      <ProviderButtons to={to ?? '/'} />
    </SessionFrame>
  )
}
