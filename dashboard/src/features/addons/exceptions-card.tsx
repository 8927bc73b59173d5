import { useQuery } from '@tanstack/react-query'
import type { AddonException } from '@vastrox/shared/addon.ts'
import { Plus, ShieldOff } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { countdown } from '#features/addons/addon-words.ts'
import { exceptionsQuery, useCloseException, useOpenException } from '#features/addons/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { exactTime } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

/** For a time, one address outside may connect. */
export function ExceptionsCard({ addon }: { addon: string }) {
  const { data: exceptions = [], error } = useQuery(exceptionsQuery(addon))
  const mayExpose = useMay('addon.expose')
  const [adding, setAdding] = useState(false)
  const add = mayExpose && (
    <Button size="sm" icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('Let an address in')}
    </Button>
  )
  return (
    <Card
      title={t('From outside')}
      lead={t(
        'Nobody can connect from the internet. An exception lets one address in, and ends by itself.',
      )}
      flush
      aside={exceptions.length > 0 && add}
    >
      {error && (
        <div className="p-4">
          <ErrorNotice error={error} />
        </div>
      )}
      {exceptions.length === 0 ? (
        <EmptyState icon={<ShieldOff size={20} aria-hidden />} title={t('Closed')} actions={add}>
          {t(
            'For a look with a tool on your own machine, let its address in for an hour. The console needs none.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {exceptions.map((exception) => (
            <ExceptionRow key={exception.id} exception={exception} mayClose={mayExpose} />
          ))}
        </ul>
      )}
      <Dialog
        open={adding}
        onClose={() => setAdding(false)}
        title={t('Let an address in to {addon}', { addon })}
        lead={t('It still needs a user and a password of the database.')}
      >
        <ExceptionForm addon={addon} onClose={() => setAdding(false)} />
      </Dialog>
    </Card>
  )
}

function ExceptionRow({
  exception: { id, addon, from, port, until },
  mayClose,
}: {
  exception: AddonException
  mayClose: boolean
}) {
  const now = useNow(true)
  const close = useCloseException(addon)
  const left = countdown(until, now)
  const address = `${window.location.hostname}:${port}`
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-mono text-sm break-all">{from}</p>
        <p className="flex items-center text-sm text-muted">
          {rich(t('to {address}'), { address: <code className="ml-1 break-all">{address}</code> })}
          <CopyButton text={address} label={t('Copy {address}', { address })} className="-my-1.5" />
        </p>
      </div>
      <p className="tabular text-sm" title={exactTime(until)}>
        {left === undefined ? t('over') : t('{left} left', { left })}
      </p>
      {mayClose && (
        <Button
          size="sm"
          busy={close.isPending}
          aria-label={t('End now: {from}', { from })}
          onClick={() =>
            close.mutate(id, {
              onSuccess: () => toast.good(t('{from} is let in no more.', { from })),
              onError: toast.error,
            })
          }
        >
          {t('End now')}
        </Button>
      )}
    </li>
  )
}

function ExceptionForm({ addon, onClose }: { addon: string; onClose: () => void }) {
  const open = useOpenException(addon)
  const [from, setFrom] = useState('')
  const [minutes, setMinutes] = useState('60')
  const [asked, setAsked] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (from.trim() === '') return
    open.mutate(
      { from: from.trim(), minutes: Number(minutes) },
      {
        onSuccess: ({ port }) => {
          toast.good(t('{from} may connect to port {port}.', { from: from.trim(), port }))
          onClose()
        },
      },
    )
  }
  return (
    <form className="space-y-4" onSubmit={submit}>
      {open.error && <ErrorNotice error={open.error} />}
      <Field
        label={t('Address')}
        mono
        placeholder="203.0.113.9"
        hint={t('Or a small network, such as 203.0.113.0/28.')}
        autoComplete="off"
        value={from}
        error={asked && from.trim() === '' ? t('This has to be filled in.') : undefined}
        onChange={({ target }) => setFrom(target.value)}
      />
      <Select
        label={t('For how long')}
        value={minutes}
        onChange={({ target }) => setMinutes(target.value)}
      >
        <option value="15">{t('15 minutes')}</option>
        <option value="60">{t('an hour')}</option>
        <option value="240">{t('4 hours')}</option>
        <option value="1440">{t('a day')}</option>
      </Select>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="primary" busy={open.isPending}>
          {t('Let it in')}
        </Button>
      </DialogActions>
    </form>
  )
}
