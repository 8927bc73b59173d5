import { useQuery } from '@tanstack/react-query'
import type { Domain } from '@vastrox/shared/domain.ts'
import { ArrowRight, ArrowRightLeft, EllipsisVertical, Star, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { appsQuery } from '#features/apps/queries.ts'
import { useChangeDomain, useMoveDomain, useRemoveDomain } from '#features/domains/queries.ts'
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
            label: 'Make it the address of the app',
            icon: <Star size={15} aria-hidden />,
            onSelect: () => set({ isPrimary: true }, `${domain.unicode} is the app’s address.`),
          },
        ]),
    ...(domain.redirectTo === null
      ? targets.slice(0, 8).map((target) => ({
          label: `Redirect to ${target.unicode}`,
          icon: <ArrowRight size={15} aria-hidden />,
          onSelect: () =>
            set({ redirectTo: target.host }, `${domain.unicode} redirects to ${target.unicode}.`),
        }))
      : [
          {
            label: 'Serve the app itself',
            icon: <Undo2 size={15} aria-hidden />,
            onSelect: () => set({ redirectTo: null }, `${domain.unicode} serves the app.`),
          },
        ]),
    {
      label: 'Move to another app …',
      icon: <ArrowRightLeft size={15} aria-hidden />,
      onSelect: () => setAsking('move'),
    },
    'line',
    {
      label: 'Remove …',
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
            aria-label={`More for ${domain.host}`}
            icon={<EllipsisVertical size={16} aria-hidden />}
          />
        }
        entries={entries}
      />
      <RemoveDialog app={app} host={domain.host} open={asking === 'remove'} onClose={close} />
      <Dialog
        open={asking === 'move'}
        onClose={close}
        title={`Move ${domain.unicode}`}
        lead="The proxy learns of it in one step: no request is lost."
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
      title={`Remove ${host}?`}
      lead="Its visitors find nothing here from then on. Its certificates are kept."
      act="Remove the domain"
      open={open}
      error={remove.error}
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(host, {
          onSuccess: () => {
            toast.good(`${host} is removed.`)
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
              toast.good(`${host} leads to ${to} now.`)
              onClose()
            },
          },
        )
      }}
    >
      {move.error && <ErrorNotice error={move.error} />}
      <Select label="To the app" value={to} onChange={(event) => setTo(event.target.value)}>
        <option value="">Choose an app</option>
        {others.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={to === ''} busy={move.isPending}>
          Move the domain
        </Button>
      </DialogActions>
    </form>
  )
}
