import { zodResolver } from '@hookform/resolvers/zod'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { AcceptInvitation, type ShownInvitation } from '@vastrox/shared/team.ts'
import { useEffect } from 'react'
import { useForm } from 'react-hook-form'
import { ProviderButtons } from '#features/session/provider-buttons.tsx'
import { ROLE_NAME } from '#features/session/role-name.ts'
import { SessionFrame } from '#features/session/session-frame.tsx'
import { useAcceptInvitation, useLookAtInvitation } from '#features/team/queries.ts'
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
      <SessionFrame title="This invitation is over" lead="Ask whoever invited you for a new one.">
        <div className="space-y-4">
          <ErrorNotice error={error} />
          <ButtonLink to="/sign-in" className="w-full">
            Sign in
          </ButtonLink>
        </div>
      </SessionFrame>
    )
  if (!shown)
    return (
      <SessionFrame title="An invitation" lead="Looking at it …">
        {null}
      </SessionFrame>
    )
  return (
    <SessionFrame title={`Join ${shown.team}`} lead={saysWhat(shown)}>
      <Newcomers token={token} />
      <ProviderButtons to="/apps" invitation={token} />
    </SessionFrame>
  )
}

export const saysWhat = ({ invitedBy, role, apps }: ShownInvitation): string =>
  apps.length === 0
    ? `${invitedBy} invites you as ${ROLE_NAME[role]}.`
    : `${invitedBy} invites you as ${ROLE_NAME[role]}, to ${apps.join(', ')}.`

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
        label="Your name here"
        autoComplete="username"
        autoCapitalize="none"
        hint="Lower-case letters, digits, dot, _ or -: you sign in with it."
        error={errors.name?.message}
        {...form.register('name')}
      />
      <Field
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="At least 12 characters."
        error={errors.password?.message}
        {...form.register('password')}
      />
      <Button type="submit" variant="primary" className="w-full" busy={accept.isPending}>
        {accept.isPending ? 'Joining …' : 'Join'}
      </Button>
      <ButtonLink to="/invitation/$token/join" params={{ token }} className="w-full">
        I have an account here
      </ButtonLink>
    </form>
  )
}
