import { useQuery } from '@tanstack/react-query'
import type { Domain } from '@vastrox/shared/domain.ts'
import { ArrowRight, ArrowRightLeft, EllipsisVertical, Star, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { appsQuery } from '#features/apps/queries.ts'
import { useChangeDomain, useMoveDomain, useRemoveDomain } from '#features/domains/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { Menu, type MenuEntry } from '#ui/menu.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

interface Props {
  app: string
  domain: Domain
  /** All of the app's. */
  domains: readonly Domain[]
}

/** What can be done to one domain. */
export function DomainMenu({ app, domain, domains }: Props) {
  const change = useChangeDomain(app)
  const [asking, setAsking] = useState<'remove' | 'move'>()
  const isStar = domain.host.startsWith('*.')
  const targets = domains.filter(
    ({ host, redirectTo, isServed }) =>
      host !== domain.host && redirectTo === null && isServed && !host.startsWith('*.'),
  )
  const set = (changes: { redirectTo?: string | null; isPrimary?: true }, said: string) =>
    change.mutate(
      { host: domain.host, ...changes },
      { onSuccess: () => toast.good(said), onError: toast.error },
    )

  const entries: MenuEntry[] = [
    ...(domain.isPrimary || isStar || domain.redirectTo !== null || !domain.isServed
      ? []
      : [
          {
            label: t('Make it the address of the app'),
            icon: <Star size={15} aria-hidden />,
            onSelect: () =>
              set(
                { isPrimary: true },
                t('{unicode} is the app’s address.', { unicode: domain.unicode }),
              ),
          },
        ]),
    ...(domain.redirectTo === null
      ? targets.slice(0, 8).map((target) => ({
          label: t('Redirect to {unicode}', { unicode: target.unicode }),
          icon: <ArrowRight size={15} aria-hidden />,
          onSelect: () =>
            set(
              { redirectTo: target.host },
              t('{unicode} redirects to {unicode2}.', {
                unicode: domain.unicode,
                unicode2: target.unicode,
              }),
            ),
        }))
      : [
          {
            label: t('Serve the app itself'),
            icon: <Undo2 size={15} aria-hidden />,
            onSelect: () =>
              set(
                { redirectTo: null },
                t('{unicode} serves the app.', { unicode: domain.unicode }),
              ),
          },
        ]),
    {
      label: t('Move to another app …'),
      icon: <ArrowRightLeft size={15} aria-hidden />,
      onSelect: () => setAsking('move'),
    },
    'line',
    {
      label: t('Remove …'),
      icon: <Trash2 size={15} aria-hidden />,
      danger: true,
      onSelect: () => setAsking('remove'),
    },
  ]
  const close = () => setAsking(undefined)

  return (
    <>
      <Menu
        trigger={
          <Button
            size="sm"
            variant="quiet"
            square
            aria-label={t('More for {host}', { host: domain.host })}
            icon={<EllipsisVertical size={16} aria-hidden />}
          />
        }
        entries={entries}
      />
      <RemoveDialog app={app} host={domain.host} open={asking === 'remove'} onClose={close} />
      <Dialog
        open={asking === 'move'}
        onClose={close}
        title={t('Move {unicode}', { unicode: domain.unicode })}
        lead={t('The proxy learns of it in one step: no request is lost.')}
      >
        <MoveForm app={app} host={domain.host} onClose={close} />
      </Dialog>
    </>
  )
}

interface Asked {
  app: string
  host: string
  onClose: () => void
}

function RemoveDialog({ app, host, open, onClose }: Asked & { open: boolean }) {
  const remove = useRemoveDomain(app)
  return (
    <ConfirmDialog
      name={host}
      title={t('Remove {host}?', { host })}
      lead={t('Its visitors find nothing here from then on. Its certificates are kept.')}
      act={t('Remove the domain')}
      open={open}
      error={remove.error}
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(host, {
          onSuccess: () => {
            toast.good(t('{host} is removed.', { host }))
            onClose()
          },
        })
      }
    />
  )
}

function MoveForm({ app, host, onClose }: Asked) {
  const { data: apps = [] } = useQuery(appsQuery)
  const move = useMoveDomain(app)
  const others = apps.filter(({ name }) => name !== app)
  const [to, setTo] = useState('')
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (to === '') return
        move.mutate(
          { host, to },
          {
            onSuccess: () => {
              toast.good(t('{host} leads to {to} now.', { host, to }))
              onClose()
            },
          },
        )
      }}
    >
      {move.error && <ErrorNotice error={move.error} />}
      <Select label={t('To the app')} value={to} onChange={(event) => setTo(event.target.value)}>
        <option value="">{t('Choose an app')}</option>
        {others.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" disabled={to === ''} busy={move.isPending}>
          {t('Move the domain')}
        </Button>
      </DialogActions>
    </form>
  )
}
