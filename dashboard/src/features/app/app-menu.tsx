import type { App } from '@vastrox/shared/app.ts'
import {
  CirclePlay,
  CircleStop,
  DatabaseBackup,
  EllipsisVertical,
  RefreshCw,
  RotateCw,
} from 'lucide-react'
import { useState } from 'react'
import { useBackUp } from '#features/backups/queries.ts'
import { useAppVerb } from '#features/app/queries.ts'
import { StopDialog } from '#features/app/stop-dialog.tsx'
import { useMay } from '#features/session/queries.ts'
import { t, tn } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Menu, type MenuEntry } from '#ui/menu.tsx'
import { toast } from '#ui/toast.tsx'

/** What can be done to the app as a whole. */
export function AppMenu({ app }: { app: App }) {
  const mayChange = useMay('app.change')
  const mayBackUp = useMay('backup.create')
  const verb = useAppVerb(app.name)
  const backUp = useBackUp({ type: 'app', name: app.name })
  const [stopping, setStopping] = useState(false)
  if (!mayChange || app.liveRelease === null) return null

  const entries: MenuEntry[] = [
    {
      label: t('Restart'),
      icon: <RotateCw size={15} aria-hidden />,
      disabled: app.state === 'stopped',
      onSelect: () => verb.mutate('restart'),
    },
    {
      label: t('Deploy again'),
      icon: <RefreshCw size={15} aria-hidden />,
      onSelect: () => verb.mutate('redeploy'),
    },
    ...(mayBackUp
      ? [
          {
            label: t('Back up now'),
            icon: <DatabaseBackup size={15} aria-hidden />,
            onSelect: () =>
              backUp.mutate(
                {},
                {
                  onSuccess: (made) =>
                    toast.good(
                      tn(made.length, 'A backup is under way.', '{count} backups are under way.'),
                      t('Code and env, volumes and databases. See Backups.'),
                    ),
                  onError: toast.error,
                },
              ),
          },
        ]
      : []),
    'line',
    app.state === 'stopped'
      ? {
          label: t('Start'),
          icon: <CirclePlay size={15} aria-hidden />,
          onSelect: () => verb.mutate('start'),
        }
      : {
          label: t('Stop …'),
          icon: <CircleStop size={15} aria-hidden />,
          danger: true,
          onSelect: () => setStopping(true),
        },
  ]

  return (
    <>
      <Menu
        trigger={
          <Button
            square
            aria-label={t('More for this app')}
            icon={<EllipsisVertical size={16} aria-hidden />}
          />
        }
        entries={entries}
      />
      <StopDialog app={app.name} open={stopping} onClose={() => setStopping(false)} />
    </>
  )
}
