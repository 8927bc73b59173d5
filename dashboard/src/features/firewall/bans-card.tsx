import { useSuspenseQuery } from '@tanstack/react-query'
import type { Ban } from '@vastrox/shared/firewall.ts'
import { NewBan } from '@vastrox/shared/firewall.ts'
import { Ban as BanIcon, Plus } from 'lucide-react'
import { useState } from 'react'
import { bansQuery, useBan, useLift } from '#features/firewall/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Dialog, DialogActions } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'

/** Networks that are let in nowhere for a while. */
export function BansCard() {
  const { data: bans } = useSuspenseQuery(bansQuery)
  const mayChange = useMay('firewall.change')
  const [adding, setAdding] = useState(false)

  return (
    <>
      <Card
        title={t('Bans')}
        lead={t(
          'Whoever guesses passwords or tokens is kept out for a while. Never the allow-list, and never you.',
        )}
        flush
        aside={
          mayChange && (
            <Button size="sm" icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
              {t('Ban an address')}
            </Button>
          )
        }
      >
        {bans.length === 0 ? (
          <EmptyState icon={<BanIcon size={20} aria-hidden />} title={t('Nobody is banned')}>
            {t(
              'A ban holds until its end, also when this machine is restarted, or until you lift it.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {bans.map((ban) => (
              <BanRow key={ban.id} ban={ban} mayLift={mayChange} />
            ))}
          </ul>
        )}
      </Card>
      <Dialog
        open={adding}
        onClose={() => setAdding(false)}
        title={t('Ban an address')}
        lead={t('Nothing from there is let in. Of IPv6 its whole /64.')}
      >
        <BanForm onClose={() => setAdding(false)} />
      </Dialog>
    </>
  )
}

function BanRow({ ban, mayLift }: { ban: Ban; mayLift: boolean }) {
  const lift = useLift({
    onSuccess: () => toast.good(t('{address} may come in again.', { address: ban.address })),
    onError: toast.error,
  })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-mono text-sm break-all">{ban.address}</p>
        <p className="text-sm text-muted">
          {ban.reason} · {t('by {actor}', { actor: ban.actor })} ·{' '}
          {t('until {until}', { until: exactTime(ban.until) })}
        </p>
      </div>
      {mayLift && (
        <Button
          size="sm"
          aria-label={t('Lift the ban of {address}', { address: ban.address })}
          busy={lift.isPending}
          onClick={() => lift.mutate(ban.id)}
        >
          {t('Lift')}
        </Button>
      )}
    </li>
  )
}

function BanForm({ onClose }: { onClose: () => void }) {
  const ban = useBan()
  const [address, setAddress] = useState('')
  const [seconds, setSeconds] = useState('86400')
  const [asked, setAsked] = useState(false)
  const wish = { address: address.trim(), seconds: Number(seconds) }
  const checked = NewBan.safeParse(wish)

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (checked.success)
          ban.mutate(wish, {
            onSuccess: () => {
              toast.good(t('{address} is banned.', { address: wish.address }))
              onClose()
            },
          })
      }}
    >
      {ban.error && <ErrorNotice error={ban.error} />}
      <Field
        label={t('Address')}
        mono
        autoComplete="off"
        value={address}
        error={asked ? checked.error?.issues[0]?.message : undefined}
        onChange={({ target }) => setAddress(target.value)}
      />
      <Select
        label={t('For how long')}
        value={seconds}
        onChange={({ target }) => setSeconds(target.value)}
      >
        <option value="3600">{t('an hour')}</option>
        <option value="86400">{t('a day')}</option>
        <option value="604800">{t('a week')}</option>
        <option value="31536000">{t('a year')}</option>
      </Select>
      <DialogActions>
        <Button onClick={onClose}>{t('Cancel')}</Button>
        <Button type="submit" variant="danger" busy={ban.isPending}>
          {t('Ban')}
        </Button>
      </DialogActions>
    </form>
  )
}
