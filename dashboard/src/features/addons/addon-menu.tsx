import type { Addon } from '@vastrox/shared/addon.ts'
import { CirclePlay, CircleStop, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { type AddonVerb, useAddonVerb } from '#features/addons/queries.ts'
import { BackUpNow } from '#features/backups/back-up-now.tsx'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Menu } from '#ui/menu.tsx'
import { toast } from '#ui/toast.tsx'

const DONE: Record<Exclude<AddonVerb, 'rotate'>, string> = {
  restart: t('Restarting. Apps connect again by themselves.'),
  start: t('Starting.'),
  stop: t('It is stopped. Its data stays.'),
}

/** What can be done to it as a whole. */
export function AddonMenu({ addon: { name, state } }: { addon: Addon }) {
  const mayChange = useMay('addon.change')
  const verb = useAddonVerb(name)
  const [stopping, setStopping] = useState(false)
  const act = (what: Exclude<AddonVerb, 'rotate'>) =>
    verb.mutate(what, {
      onSuccess: () => {
        toast.good(DONE[what])
        setStopping(false)
      },
      onError: toast.error,
    })

  return (
    <div className="flex flex-wrap gap-2">
      {state === 'running' && <BackUpNow subject={{ type: 'addon', name }} isMoving={false} />}
      {mayChange && state === 'stopped' && (
        <Button
          variant="primary"
          busy={verb.isPending}
          icon={<CirclePlay size={15} aria-hidden />}
          onClick={() => act('start')}
        >
          {t('Start')}
        </Button>
      )}
      {mayChange && state === 'failed' && (
        <Button
          variant="primary"
          busy={verb.isPending}
          icon={<RotateCw size={15} aria-hidden />}
          onClick={() => act('restart')}
        >
          {t('Try again')}
        </Button>
      )}
      {mayChange && state === 'running' && (
        <Menu
          trigger={<Button busy={verb.isPending}>{t('More')}</Button>}
          entries={[
            {
              label: t('Restart'),
              icon: <RotateCw size={15} aria-hidden />,
              onSelect: () => act('restart'),
            },
            'line',
            {
              label: t('Stop …'),
              icon: <CircleStop size={15} aria-hidden />,
              danger: true,
              onSelect: () => setStopping(true),
            },
          ]}
        />
      )}
      <Dialog
        open={stopping}
        onClose={() => setStopping(false)}
        title={t('Stop {name}?', { name })}
        lead={t(
          'Apps that use it cannot connect until it is started. Its data stays, for as long as it is stopped.',
        )}
      >
        <DialogActions>
          <Button onClick={() => setStopping(false)}>{t('Keep it running')}</Button>
          <Button variant="danger" busy={verb.isPending} onClick={() => act('stop')}>
            {t('Stop')}
          </Button>
        </DialogActions>
      </Dialog>
    </div>
  )
}
