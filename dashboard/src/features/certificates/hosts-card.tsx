import { useSuspenseQuery } from '@tanstack/react-query'
import type { CertificateState } from '@vastrox/shared/certificate.ts'
import { ChevronDown, Lock } from 'lucide-react'
import { useId, useState } from 'react'
import { sayLeft, sayUntil, stateLabel } from '#features/certificates/certificate-words.ts'
import { HostHistory } from '#features/certificates/host-history.tsx'
import { statesQuery } from '#features/certificates/queries.ts'
import { cx } from '#lib/cx.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Field } from '#ui/field.tsx'
import { Badge } from '#ui/state.tsx'
import { TONE_TEXT } from '#ui/tone.ts'

/** Rows that are drawn at once; thousands of hosts are looked for, not scrolled through. */
const SHOWN = 50
/** From so many on there is a field to look for one. */
const MANY = 8
const NEEDS_LOOK = ['failing', 'waiting']

/** How HTTPS stands for every host; those that need somebody come first. */
export function HostsCard() {
  const { data: states } = useSuspenseQuery(statesQuery)
  const [search, setSearch] = useState('')
  const [most, setMost] = useState(SHOWN)
  const wanted = search.trim().toLowerCase()
  const found = states.filter(({ host }) => host.includes(wanted)).toSorted(byNeed)

  return (
    <Card
      title={t('Hosts')}
      lead={t('Of apps and of the dashboard.')}
      flush
      aside={
        states.length >= MANY && (
          <Field
            label={t('Search for a host')}
            hideLabel
            type="search"
            placeholder={t('Search for a host')}
            value={search}
            onChange={({ target }) => setSearch(target.value)}
            className="w-full sm:w-64"
          />
        )
      }
    >
      {states.length === 0 ? (
        <EmptyState
          icon={<Lock size={20} aria-hidden />}
          title={t('No host needs a certificate yet')}
        >
          {t(
            'Add a domain to an app: its certificate is ordered within seconds of its DNS leading here.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {found.slice(0, most).map((state) => (
            <HostRow key={state.host} state={state} />
          ))}
        </ul>
      )}
      {states.length > 0 && found.length === 0 && (
        <p className="px-4 py-6 text-muted sm:px-5">{t('No host matches.')}</p>
      )}
      {found.length > most && (
        <div className="flex justify-center p-3">
          <Button size="sm" onClick={() => setMost(most + SHOWN)}>
            {t('Show more of {found}', { found: found.length - most })}
          </Button>
        </div>
      )}
    </Card>
  )
}

function HostRow({ state }: { state: CertificateState }) {
  const [open, setOpen] = useState(NEEDS_LOOK.includes(state.state))
  const now = useNow()
  const id = useId()
  const { label, tone } = stateLabel(state, now)
  const { certificate } = state
  const left = certificate && sayLeft(certificate.notAfter, now)

  return (
    <li className="border-b border-line last:border-0">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex w-full min-w-0 items-center gap-3 px-4 py-3 text-left sm:px-5"
      >
        <ChevronDown
          size={16}
          aria-hidden
          className={cx('shrink-0 text-faint transition-transform', !open && '-rotate-90')}
        />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="min-w-0 font-medium break-all">{state.host}</span>
            <Badge tone={tone} dot>
              {label}
            </Badge>
          </span>
          <span className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-muted">
            {certificate && <span>{certificate.issuer}</span>}
            {left && <span className={TONE_TEXT[left.tone]}>{left.label}</span>}
            {certificate?.renewAt && (
              <span>{t('renewed {renewAt}', { renewAt: sayUntil(certificate.renewAt, now) })}</span>
            )}
          </span>
        </span>
      </button>
      <div id={id} hidden={!open}>
        {open && <HostHistory state={state} />}
      </div>
    </li>
  )
}

const NEED: Record<CertificateState['state'], number> = {
  failing: 0,
  waiting: 1,
  ordering: 2,
  none: 3,
  local: 3,
  valid: 4,
}
const byNeed = (one: CertificateState, other: CertificateState): number =>
  NEED[one.state] - NEED[other.state] || one.host.localeCompare(other.host)
