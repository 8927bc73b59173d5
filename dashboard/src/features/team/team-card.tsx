import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useMay, useMe } from '#features/session/queries.ts'
import { TeamNameDialog } from '#features/team/team-name-dialog.tsx'
import { useCreateTeam, useRemoveTeam, useRenameTeam } from '#features/team/queries.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'

/** The team itself: what it is called, another one beside it, and its end. */
export function TeamCard() {
  const { team, teams } = useMe()
  const mayManage = useMay('team.manage')
  const mayCreate = useMay('team.create')
  const navigate = useNavigate()
  const [asked, setAsked] = useState<'rename' | 'create' | 'remove'>()
  const rename = useRenameTeam()
  const create = useCreateTeam()
  const remove = useRemoveTeam()
  const close = () => {
    setAsked(undefined)
    for (const each of [rename, create, remove]) each.reset()
  }
  const goOn = () => {
    close()
    void navigate({ to: '/apps' })
  }
  if (!mayManage && !mayCreate) return null

  return (
    <Card
      title="The team"
      lead={`${team.name} owns its apps, tokens, registries and groups; other teams see nothing of them.`}
    >
      <div className="flex flex-wrap gap-2">
        {mayManage && <Button onClick={() => setAsked('rename')}>Rename</Button>}
        {mayCreate && <Button onClick={() => setAsked('create')}>New team</Button>}
        {mayManage && teams.length > 1 && (
          <Button variant="danger" onClick={() => setAsked('remove')}>
            Remove
          </Button>
        )}
      </div>
      <TeamNameDialog
        open={asked === 'rename'}
        title="Rename the team"
        act="Rename"
        initial={team.name}
        error={rename.error}
        busy={rename.isPending}
        onClose={close}
        onName={(name) => rename.mutate({ id: team.id, name }, { onSuccess: close })}
      />
      <TeamNameDialog
        open={asked === 'create'}
        title="New team"
        lead="You are its owner, and work in it at once. Change back at the top of the side bar, or in your menu."
        act="Create"
        initial=""
        error={create.error}
        busy={create.isPending}
        onClose={close}
        onName={(name) => create.mutate(name, { onSuccess: goOn })}
      />
      <ConfirmDialog
        name={team.name}
        title={`Remove the team ${team.name}?`}
        lead="Only an empty team can be removed: without apps, those in the trash too, and without other people."
        act="Remove the team"
        open={asked === 'remove'}
        error={remove.error}
        busy={remove.isPending}
        onClose={close}
        onConfirm={() => remove.mutate(team.id, { onSuccess: goOn })}
      />
    </Card>
  )
}
