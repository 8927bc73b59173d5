import { useSuspenseQuery } from '@tanstack/react-query'
import type { App } from '@vastrox/shared/app.ts'
import type { Domain } from '@vastrox/shared/domain.ts'
import { counterpartOf } from '@vastrox/shared/host-name.ts'
import { ChevronDown, Globe, Plus } from 'lucide-react'
import { useId, useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { appQuery } from '#features/apps/queries.ts'
import { AddDomainDialog } from '#features/domains/add-domain-dialog.tsx'
import { DomainDetails } from '#features/domains/domain-details.tsx'
import { DomainMenu } from '#features/domains/domain-menu.tsx'
import { needsLook, sayCertificate, stateOf } from '#features/domains/domain-words.ts'
import { domainsQuery, useAddDomain } from '#features/domains/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { withoutScheme } from '#lib/address.ts'
import { cx } from '#lib/cx.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import { TONE_TEXT } from '#ui/tone.ts'

export const load: Load = ({ read, params: { name } }) => read(domainsQuery(name))

export function DomainsTab() {
  const name = useAppName()
  const { data: app } = useSuspenseQuery(appQuery(name))
  const { data: domains } = useSuspenseQuery(domainsQuery(name))
  const mayChange = useMay('app.change')
  const [adding, setAdding] = useState(false)
  useTitle(t('Domains · {name}', { name }))
  const add = mayChange && (
    <Button icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('Add a domain')}
    </Button>
  )

  return (
    <>
      <Card
        title={t('Domains')}
        lead={t('Names of your own for this app, each with a certificate that renews itself.')}
        flush
        aside={domains.length > 0 && add}
      >
        {domains.length === 0 ? (
          <EmptyState
            icon={<Globe size={20} aria-hidden />}
            title={t('No domain of its own yet')}
            docs="domains"
            actions={add}
          >
            {t(
              'Add one, set the record that is shown, and HTTPS comes by itself within seconds of it.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {domains.map((domain) => (
              <DomainRow key={domain.host} app={name} domain={domain} domains={domains} />
            ))}
          </ul>
        )}
      </Card>
      {mayChange && <CounterpartOffer app={name} domains={domains} />}
      <Addresses app={app} />
      <AddDomainDialog app={name} open={adding} onClose={() => setAdding(false)} />
    </>
  )
}

function DomainRow({
  app,
  domain,
  domains,
}: {
  app: string
  domain: Domain
  domains: readonly Domain[]
}) {
  const mayChange = useMay('app.change')
  const [opened, setOpened] = useState<boolean>()
  const isOpen = opened ?? needsLook(domain)
  const id = useId()
  const { label, tone } = stateOf(domain)
  const certificate = sayCertificate(domain.certificate)

  return (
    <li className="border-b border-line last:border-0">
      <div className="flex items-center gap-x-2 px-4 py-3 sm:px-5">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpened(!isOpen)}
          className="flex min-w-0 flex-1 items-center gap-3 text-left"
        >
          <ChevronDown
            size={16}
            aria-hidden
            className={cx('shrink-0 text-faint transition-transform', !isOpen && '-rotate-90')}
          />
          <span className="min-w-0 flex-1">
            <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="min-w-0 font-medium break-all">{domain.unicode}</span>
              {domain.isPrimary && <Badge tone="idle">{t('primary')}</Badge>}
              <Badge tone={tone} dot>
                {label}
              </Badge>
            </span>
            <span className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-muted">
              {domain.unicode !== domain.host && (
                <span className="font-mono break-all">{domain.host}</span>
              )}
              {domain.redirectTo !== null && (
                <span>{t('redirects to {redirectTo}', { redirectTo: domain.redirectTo })}</span>
              )}
              {domain.isServed && (
                <span className={TONE_TEXT[certificate.tone]}>{certificate.label}</span>
              )}
            </span>
          </span>
        </button>
        {mayChange && <DomainMenu app={app} domain={domain} domains={domains} />}
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <DomainDetails app={app} domain={domain} />}
      </div>
    </li>
  )
}

/** www for the name without, or the other way round: one click. */
function CounterpartOffer({ app, domains }: { app: string; domains: readonly Domain[] }) {
  const add = useAddDomain(app)
  const [primary] = domains
  if (!primary?.isPrimary) return null
  const other = counterpartOf(primary.host)
  const isNear = primary.host.startsWith('www.') || primary.host.split('.').length === 2
  if (!isNear || domains.some(({ host }) => host === other)) return null
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-3 rounded-md border border-line bg-sunken px-4 py-3">
      <p className="min-w-0 break-words">
        {rich(t('People will also type {other}.'), {
          other: <span className="font-medium">{other}</span>,
        })}
      </p>
      <Button
        size="sm"
        busy={add.isPending}
        onClick={() =>
          add.mutate(
            { host: other, redirectTo: primary.host },
            {
              onSuccess: () =>
                toast.good(t('{other} redirects to {host}.', { other, host: primary.host })),
              onError: toast.error,
            },
          )
        }
      >
        {t('Redirect it to {host}', { host: primary.host })}
      </Button>
    </div>
  )
}

function Addresses({ app }: { app: App }) {
  return (
    <Card
      title={t('Addresses')}
      lead={t('Where the app is reached now, the one that is shown first.')}
      flush
      className="mt-6"
    >
      <ul>
        {app.urls.map((url) => (
          <li key={url} className="border-b border-line px-4 py-2.5 last:border-0 sm:px-5">
            <a href={url} target="_blank" rel="noreferrer" className="break-all hover:text-accent">
              {withoutScheme(url)}
              <span className="ml-2 text-sm text-muted">
                {url.startsWith('https:') ? 'HTTPS' : 'HTTP'}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  )
}
