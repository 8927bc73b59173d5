import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '#features/session/queries.ts'
import { InvitationsCard } from '#features/team/invitations-card.tsx'
import { InviteDialog } from '#features/team/invite-dialog.tsx'
import { MembersCard } from '#features/team/members-card.tsx'
import { invitationsQuery, usersQuery } from '#features/team/queries.ts'
import { TeamCard } from '#features/team/team-card.tsx'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Page } from '#ui/page.tsx'

export const load: Load = ({ read }) => Promise.all([read(usersQuery), read(invitationsQuery)])

export function TeamPage() {
  const { team } = useMe()
  const [inviting, setInviting] = useState(false)
  return (
    <Page
      title={t('Team')}
      lead={t('The people of {name}, what each of them may do, and whom you invite.', {
        name: team.name,
      })}
      actions={
        <Button
          variant="primary"
          icon={<UserPlus size={16} aria-hidden />}
          onClick={() => setInviting(true)}
        >
          {t('Invite')}
        </Button>
      }
    >
      <div className="space-y-6">
        <MembersCard />
        <InvitationsCard />
        <TeamCard />
      </div>
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
    </Page>
  )
}
