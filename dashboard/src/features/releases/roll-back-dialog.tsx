import { useNavigate } from '@tanstack/react-router'
import type { Release } from '@vastrox/shared/release.ts'
import { useState } from 'react'
import { useRollBack } from '#features/releases/queries.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  live: Release | undefined
  target: Release | undefined
  onClose: () => void
}

const CHOICES = [
  {
    value: 'code-and-env',
    title: t('Code and env'),
    lead: t('Exactly what ran then: the image with the env that was frozen into the release.'),
  },
  {
    value: 'code',
    title: t('Code only'),
    lead: t('The image of then with the env of now, for when a changed variable should stay.'),
  },
] as const

export function RollBackDialog({ target, onClose, ...rest }: Props) {
  return (
    <Dialog
      open={target !== undefined}
      onClose={onClose}
      title={target ? t('Roll back to v{number}', { number: target.number }) : ''}
      lead={target?.commit?.subject ?? target?.description}
    >
      {target && <RollBackForm target={target} onClose={onClose} {...rest} />}
    </Dialog>
  )
}

function RollBackForm({ app, live, target, onClose }: Props & { target: Release }) {
  const navigate = useNavigate()
  const rollBack = useRollBack(app)
  const [what, setWhat] = useState<(typeof CHOICES)[number]['value']>('code-and-env')

  const submit = () =>
    rollBack.mutate(
      { number: target.number, with: what },
      {
        onSuccess: () => {
          onClose()
          toast.good(t('Rolling back to v{number}.', { number: target.number }))
          void navigate({ to: '/apps/$name', params: { name: app } })
        },
      },
    )

  return (
    <>
      {rollBack.error && <ErrorNotice error={rollBack.error} />}
      <fieldset className="space-y-2">
        <legend className="sr-only">{t('What to bring back')}</legend>
        {CHOICES.map(({ value, title, lead }) => (
          // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- it holds both
          <label
            key={value}
            className={cx(
              'flex cursor-pointer gap-3 rounded-md border p-3',
              what === value ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name="what"
              checked={what === value}
              onChange={() => setWhat(value)}
              className="mt-1 accent-accent"
            />
            <span>
              <span className="block font-medium">{title}</span>
              <span className="block text-sm text-muted">{lead}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p className="mt-4 text-sm text-muted">
        {live
          ? t(
              'Not undone: what the app has written to databases, volumes and other services since (release v{number}).',
              { number: live.number },
            )
          : t(
              'Not undone: what the app has written to databases, volumes and other services since.',
            )}{' '}
        {t(
          'If the data has changed shape, check that the older code can read it. The live release serves until the older one answers.',
        )}
      </p>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button variant="primary" busy={rollBack.isPending} onClick={submit}>
          {rollBack.isPending
            ? t('Asking …')
            : t('Roll back to v{number}', { number: target.number })}
        </Button>
      </DialogActions>
    </>
  )
}
