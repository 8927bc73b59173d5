import type { App } from '@vastrox/shared/app.ts'
import { CirclePlay, CircleStop, EllipsisVertical, RefreshCw, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useAppVerb } from '#features/app/queries.ts'
import { StopDialog } from '#features/app/stop-dialog.tsx'
import { useMay } from '#features/session/queries.ts'
import { Button } from '#ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '#ui/menu.tsx'

/** What can be done to the app as a whole. */
export function AppMenu({ app }: { app: App }) {
  const mayDeploy = useMay('app.deploy')
  const verb = useAppVerb(app.name)
  const [stopping, setStopping] = useState(false)
  if (!mayDeploy || app.liveRelease === null) return null

  return (
    <>
      <Menu
        trigger={
          <Button
            square
            aria-label="More for this app"
            icon={<EllipsisVertical size={16} aria-hidden />}
          />
        }
      >
        <MenuItem
          icon={<RotateCw size={15} aria-hidden />}
          disabled={app.state === 'stopped'}
          onSelect={() => verb.mutate('restart')}
        >
          Restart
        </MenuItem>
        <MenuItem
          icon={<RefreshCw size={15} aria-hidden />}
          onSelect={() => verb.mutate('redeploy')}
        >
          Deploy again
        </MenuItem>
        <MenuLine />
        {app.state === 'stopped' ? (
          <MenuItem
            icon={<CirclePlay size={15} aria-hidden />}
            onSelect={() => verb.mutate('start')}
          >
            Start
          </MenuItem>
        ) : (
          <MenuItem
            icon={<CircleStop size={15} aria-hidden />}
            danger
            onSelect={() => setStopping(true)}
          >
            Stop …
          </MenuItem>
        )}
      </Menu>
      <StopDialog app={app.name} open={stopping} onClose={() => setStopping(false)} />
    </>
  )
}
