import { useNavigate } from '@tanstack/react-router'
import {
  BookOpen,
  Braces,
  ChevronsUpDown,
  ListChecks,
  LogOut,
  Monitor,
  Moon,
  Sun,
  UserRound,
} from 'lucide-react'
import { useMe, useSignOut } from '#features/session/queries.ts'
import { ROLE_NAME } from '#features/session/role-name.ts'
import { useTeamEntries } from '#features/team/team-switcher.tsx'
import { setTheme, useTheme } from '#lib/theme.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Menu, type MenuEntry } from '#ui/menu.tsx'
import { toast } from '#ui/toast.tsx'

const THEMES = [
  { theme: 'system', label: t('As the system'), icon: Monitor },
  { theme: 'dark', label: t('Dark'), icon: Moon },
  { theme: 'light', label: t('Light'), icon: Sun },
] as const

export function UserMenu({ small = false }: { small?: boolean }) {
  const me = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const chosen = useTheme()
  const teamEntries = useTeamEntries()

  const leave = () => signOut.mutate({}, { onError: toast.error })

  const entries: MenuEntry[] = [
    { heading: t('Signed in as {name} ({role})', { name: me.name, role: ROLE_NAME[me.role] }) },
    {
      label: t('Account'),
      icon: <UserRound size={15} aria-hidden />,
      onSelect: () => void navigate({ to: '/account' }),
    },
    ...(me.role === 'guest'
      ? []
      : [
          {
            label: t('First steps'),
            icon: <ListChecks size={15} aria-hidden />,
            onSelect: () => void navigate({ to: '/first-steps' }),
          },
        ]),
    {
      label: t('Documentation'),
      icon: <BookOpen size={15} aria-hidden />,
      onSelect: () => window.location.assign('/docs'),
    },
    {
      label: t('API reference'),
      icon: <Braces size={15} aria-hidden />,
      onSelect: () => window.location.assign('/api/docs'),
    },
    ...(teamEntries.length > 0 ? (['line', ...teamEntries] as const) : []),
    'line',
    ...THEMES.map(({ theme, label, icon: Icon }) => ({
      label,
      icon: <Icon size={15} aria-hidden />,
      note: chosen === theme ? t('chosen') : undefined,
      onSelect: () => setTheme(theme),
    })),
    'line',
    { label: t('Sign out'), icon: <LogOut size={15} aria-hidden />, onSelect: leave },
  ]

  return (
    <Menu
      align={small ? 'end' : 'start'}
      trigger={
        <Button
          variant="quiet"
          aria-label={small ? t('Account and theme') : undefined}
          square={small}
          className={small ? '' : 'w-full justify-start px-2.5'}
          icon={<Initial name={me.name} />}
        >
          {!small && (
            <>
              <span className="truncate text-ink">
                {me.name}
                <span className="sr-only">{t(', account and theme')}</span>
              </span>
              <ChevronsUpDown size={14} aria-hidden className="ml-auto text-faint" />
            </>
          )}
        </Button>
      }
      entries={entries}
    />
  )
}

/** Drawn by the style sheet: it is no text, the name stands beside it. */
const Initial = ({ name }: { name: string }) => (
  <span
    aria-hidden
    data-initial={name.charAt(0)}
    className="flex size-6 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase before:content-[attr(data-initial)]"
  />
)
