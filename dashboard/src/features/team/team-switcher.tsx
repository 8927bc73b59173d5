import { useNavigate } from '@tanstack/react-router'
import { ChevronsUpDown, Users } from 'lucide-react'
import { useMe } from '#features/session/queries.ts'
import { ROLE_NAME } from '#features/session/role-name.ts'
import { useSwitchTeam } from '#features/team/other-world.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Menu, type MenuEntry } from '#ui/menu.tsx'
import { toast } from '#ui/toast.tsx'

/** The teams that one may change to, for a menu; nothing for whoever is in one only. */
export function useTeamEntries(): MenuEntry[] {
  const { team, teams } = useMe()
  const navigate = useNavigate()
  const change = useSwitchTeam()
  if (teams.length < 2) return []
  return [
    { heading: t('Team') },
    ...teams.map(({ id, name, role }) => ({
      label: name,
      note: id === team.id ? t('here') : ROLE_NAME[role],
      onSelect: () => {
        if (id === team.id) return
        change.mutate(id, {
          onSuccess: () => void navigate({ to: '/apps' }),
          onError: toast.error,
        })
      },
    })),
  ]
}

/** Where one works now, and the way to another team; seen by whoever is in several. */
export function TeamSwitcher() {
  const { team } = useMe()
  const entries = useTeamEntries()
  if (entries.length === 0) return null
  return (
    <Menu
      align="start"
      trigger={
        <Button
          variant="quiet"
          className="w-full justify-start px-2.5"
          icon={<Users size={16} aria-hidden />}
        >
          <span className="truncate text-ink">
            {team.name}
            <span className="sr-only">{t(', change the team')}</span>
          </span>
          <ChevronsUpDown size={14} aria-hidden className="ml-auto text-faint" />
        </Button>
      }
      entries={entries}
    />
  )
}
