import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useMe } from '#features/session/queries.ts'
import { saysWhat } from '#features/team/invitation-page.tsx'
import { useJoinTeam, useLookAtInvitation } from '#features/team/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'

const route = getRouteApi('/shell/invitation/$token/join')

/** For whoever has an account here: the team of the invitation is theirs besides. */
export function JoinPage() {
  const { token } = route.useParams()
  const me = useMe()
  const navigate = useNavigate()
  const join = useJoinTeam()
  const { data: shown, error, mutate: look } = useLookAtInvitation()
  useEffect(() => look(token), [look, token])
  const problem = error ?? join.error

  return (
    <Page title={t('An invitation')} lead={shown && saysWhat(shown)}>
      {problem && <ErrorNotice error={problem} />}
      {shown && (
        <Card
          title={t('Join {team}', { team: shown.team })}
          lead={t('You work in it at once, and can change back.')}
        >
          <Button
            variant="primary"
            busy={join.isPending}
            onClick={() =>
              join.mutate(token, { onSuccess: () => void navigate({ to: '/apps', replace: true }) })
            }
          >
            {t('Join as {name}', { name: me.name })}
          </Button>
        </Card>
      )}
    </Page>
  )
}
