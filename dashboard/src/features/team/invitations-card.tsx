import { useSuspenseQuery } from '@tanstack/react-query'
import type { Invitation } from '@vastrox/shared/team.ts'
import { ROLE_NAME } from '#features/session/role-name.ts'
import { invitationsQuery, useRevokeInvitation } from '#features/team/queries.ts'
import { language } from '#lib/language.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' })

/** Those that nobody has accepted yet; without any there is nothing to see. */
export function InvitationsCard() {
  const { data: invitations } = useSuspenseQuery(invitationsQuery)
  if (invitations.length === 0) return null
  return (
    <Card title={t('Invitations')} lead={t('Links that nobody has used yet.')} flush>
      <ul>
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </Card>
  )
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const revoke = useRevokeInvitation()
  const { note, role, grants, invitedBy, expiresAt } = invitation
  const apps = Object.keys(grants)
  const name = note || t('no note')
  return (
    <li className="flex items-center gap-4 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="truncate font-medium">{name}</span>
          <Badge tone="idle">{ROLE_NAME[role]}</Badge>
        </p>
        <p className="text-sm wrap-anywhere text-muted">
          {apps.length > 0 && t('with {apps} · ', { apps: apps.join(', ') })}
          {t('by {invitedBy}', { invitedBy })} ·{' '}
          {t('until {count}', { count: date.format(new Date(expiresAt)) })}
        </p>
      </div>
      <Button
        size="sm"
        busy={revoke.isPending}
        aria-label={t('Revoke the invitation for {name}', { name })}
        onClick={() => revoke.mutate(invitation.id, { onError: toast.error })}
      >
        {t('Revoke')}
      </Button>
    </li>
  )
}
