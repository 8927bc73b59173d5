import { zodResolver } from '@hookform/resolvers/zod'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { AcceptInvitation, type ShownInvitation } from '@vastrox/shared/team.ts'
import { useEffect } from 'react'
import { useForm } from 'react-hook-form'
import { ProviderButtons } from '#features/session/provider-buttons.tsx'
import { ROLE_NAME } from '#features/session/role-name.ts'
import { SessionFrame } from '#features/session/session-frame.tsx'
import { useAcceptInvitation, useLookAtInvitation } from '#features/team/queries.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'

const route = getRouteApi('/invitation/$token')
const Newcomer = AcceptInvitation.pick({ name: true, password: true })

/** What an invitation is to, and the way in for somebody new. */
export function InvitationPage() {
  const { token } = route.useParams()
  const { data: shown, error, mutate: look } = useLookAtInvitation()
  useEffect(() => look(token), [look, token])

  if (error)
    return (
      <SessionFrame
        title={t('This invitation is over')}
        lead={t('Ask whoever invited you for a new one.')}
      >
        <div className="space-y-4">
          <ErrorNotice error={error} />
          <ButtonLink to="/sign-in" className="w-full">
            {t('Sign in')}
          </ButtonLink>
        </div>
      </SessionFrame>
    )
  if (!shown)
    return (
      <SessionFrame title={t('An invitation')} lead={t('Looking at it …')}>
        {null}
      </SessionFrame>
    )
  return (
    <SessionFrame title={t('Join {team}', { team: shown.team })} lead={saysWhat(shown)}>
      <Newcomers token={token} />
      <ProviderButtons to="/apps" invitation={token} />
    </SessionFrame>
  )
}

export const saysWhat = ({ invitedBy, role, apps }: ShownInvitation): string =>
  apps.length === 0
    ? t('{invitedBy} invites you as {role}.', { invitedBy, role: ROLE_NAME[role] })
    : t('{invitedBy} invites you as {role}, to {apps}.', {
        invitedBy,
        role: ROLE_NAME[role],
        apps: apps.join(', '),
      })

function Newcomers({ token }: { token: string }) {
  const navigate = useNavigate()
  const accept = useAcceptInvitation()
  const form = useForm({
    resolver: zodResolver(Newcomer),
    defaultValues: { name: '', password: '' },
  })
  const { errors } = form.formState
  const submit = form.handleSubmit((input) =>
    accept.mutate(
      { token, ...input },
      { onSuccess: () => void navigate({ to: '/apps', replace: true }) },
    ),
  )
  return (
    <form onSubmit={submit} className="space-y-4">
      {accept.error && <ErrorNotice error={accept.error} />}
      <Field
        label={t('Your name here')}
        autoComplete="username"
        autoCapitalize="none"
        hint={t('Lower-case letters, digits, dot, _ or -: you sign in with it.')}
        error={errors.name?.message}
        {...form.register('name')}
      />
      <Field
        label={t('Password')}
        type="password"
        autoComplete="new-password"
        hint={t('At least 12 characters.')}
        error={errors.password?.message}
        {...form.register('password')}
      />
      <Button type="submit" variant="primary" className="w-full" busy={accept.isPending}>
        {accept.isPending ? t('Joining …') : t('Join')}
      </Button>
      <ButtonLink to="/invitation/$token/join" params={{ token }} className="w-full">
        {t('I have an account here')}
      </ButtonLink>
    </form>
  )
}
