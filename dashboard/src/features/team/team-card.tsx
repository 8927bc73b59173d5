import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useMay, useMe } from '#features/session/queries.ts'
import { TeamNameDialog } from '#features/team/team-name-dialog.tsx'
import { useCreateTeam, useRemoveTeam, useRenameTeam } from '#features/team/queries.ts'
import { t } from '#lib/words.ts'
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
      title={t('The team')}
      lead={t(
        '{name} owns its apps, tokens, registries and groups; other teams see nothing of them.',
        { name: team.name },
      )}
    >
      <div className="flex flex-wrap gap-2">
        {mayManage && <Button onClick={() => setAsked('rename')}>{t('Rename')}</Button>}
        {mayCreate && <Button onClick={() => setAsked('create')}>{t('New team')}</Button>}
        {mayManage && teams.length > 1 && (
          <Button variant="danger" onClick={() => setAsked('remove')}>
            {t('Remove')}
          </Button>
        )}
      </div>
      <TeamNameDialog
        open={asked === 'rename'}
        title={t('Rename the team')}
        act={t('Rename')}
        initial={team.name}
        error={rename.error}
        busy={rename.isPending}
        onClose={close}
        onName={(name) => rename.mutate({ id: team.id, name }, { onSuccess: close })}
      />
      <TeamNameDialog
        open={asked === 'create'}
        title={t('New team')}
        lead={t(
          'You are its owner, and work in it at once. Change back at the top of the side bar, or in your menu.',
        )}
        act={t('Create')}
        initial=""
        error={create.error}
        busy={create.isPending}
        onClose={close}
        onName={(name) => create.mutate(name, { onSuccess: goOn })}
      />
      <ConfirmDialog
        name={team.name}
        title={t('Remove the team {name}?', { name: team.name })}
        lead={t(
          'Only an empty team can be removed: without apps, those in the trash too, and without other people.',
        )}
        act={t('Remove the team')}
        open={asked === 'remove'}
        error={remove.error}
        busy={remove.isPending}
        onClose={close}
        onConfirm={() => remove.mutate(team.id, { onSuccess: goOn })}
      />
    </Card>
  )
}
