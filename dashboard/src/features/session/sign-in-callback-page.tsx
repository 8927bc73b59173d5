import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { finishTrip, takeReturn } from '#features/session/provider-trip.ts'
import { SecondStepForm, secondStepOf } from '#features/session/second-step.tsx'
import { SessionFrame } from '#features/session/session-frame.tsx'
import { t } from '#lib/words.ts'
import { ButtonLink } from '#ui/button.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

const route = getRouteApi('/sign-in/callback/$provider')

/** Where a provider sends the browser back to: what came with it is handed in once. */
export function SignInCallbackPage() {
  const { provider } = route.useParams()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const to = useRef<string>(undefined)
  const goOn = () => void navigate({ to: (to.current ??= takeReturn()), replace: true })
  const finish = useMutation({
    mutationFn: (query: string) => finishTrip(provider, query),
    onSuccess({ outcome }) {
      queryClient.clear()
      if (outcome === 'linked') toast.good(t('From now on that account signs you in.'))
      goOn()
    },
  })

  const isSent = useRef(false)
  const { mutate } = finish
  useEffect(() => {
    if (isSent.current) return
    isSent.current = true
    const { search, pathname } = window.location
    // The code is good for nothing once it was sent: it need not stay in the address either.
    window.history.replaceState(window.history.state, '', pathname)
    mutate(search)
  }, [mutate])

  const step = secondStepOf(finish.error)
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
      title={finish.error ? t('That did not work') : t('One moment')}
      lead={finish.error ? t('Nothing has changed.') : t('You are being signed in …')}
    >
      {finish.error && (
        <div className="space-y-4">
          <ErrorNotice error={finish.error} />
          <ButtonLink to="/sign-in" className="w-full">
            {t('Back to the sign-in page')}
          </ButtonLink>
        </div>
      )}
    </SessionFrame>
  )
}
