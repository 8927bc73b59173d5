import { useSuspenseQuery } from '@tanstack/react-query'
import type { BaseDomain } from '@vastrox/shared/base-domain.ts'
import { useState } from 'react'
import { MoveCard } from '#features/domain-settings/move-card.tsx'
import { baseDomainQuery, useUndoBaseDomain } from '#features/domain-settings/queries.ts'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { Button, ExternalButton } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'

export const load: Load = ({ read }) => read(baseDomainQuery)

/** Where dashboard, API, Git and apps are, and the way to a domain of one's own. */
export function DomainPage() {
  const { data: domain } = useSuspenseQuery(baseDomainQuery)
  const mayChange = useMay('node.change')
  const isElsewhere = new URL(domain.dashboardUrl).host !== window.location.host

  return (
    <Page
      title={t('Domain')}
      lead={t(
        'One domain for everything here: dashboard, API and Git are at it, and each app has a name beneath it.',
      )}
    >
      <div className="space-y-5">
        {domain.isMoving && (
          <Notice tone="info" title={t('The platform is being moved.')}>
            {t('Apps answer all the while. It goes on by itself, also when this server restarts.')}
          </Notice>
        )}
        {isElsewhere && <Elsewhere domain={domain} />}
        <NowCard domain={domain} mayChange={mayChange} />
        {!domain.isTrusted && <TrustCard />}
        {mayChange && <MoveCard name={domain.name} />}
      </div>
    </Page>
  )
}

/** Somebody came by a name from before, or by an address. */
function Elsewhere({ domain }: { domain: BaseDomain }) {
  const here = `${domain.dashboardUrl}/settings/domain`
  return (
    <Notice
      tone="info"
      title={t('This dashboard is at {host}.', { host: new URL(domain.dashboardUrl).host })}
      actions={
        <ExternalButton href={here} size="sm" variant="primary">
          {t('Go there')}
        </ExternalButton>
      }
    >
      {t('You came by another address, which goes on answering. Sign in once more at the new one.')}
    </Notice>
  )
}

const dayOf = (at: string): string => at.slice(0, 10)

function NowCard({ domain, mayChange }: { domain: BaseDomain; mayChange: boolean }) {
  const undo = useUndoBaseDomain()
  const [asking, setAsking] = useState(false)
  return (
    <Card
      title={domain.name}
      lead={
        domain.isWildcardWanted
          ? t('One certificate for all apps, proven by DNS.')
          : t('Each app has a certificate of its own.')
      }
      aside={
        <Badge tone={domain.isTrusted ? 'good' : 'warn'} dot>
          {domain.isTrusted ? t('Trusted by browsers') : t('Local certificate')}
        </Badge>
      }
      footer={
        domain.undo && (
          <>
            <span>
              {t(
                'The last move can be taken back until {until}: everything is at {to} again then.',
                { until: dayOf(domain.undo.until), to: domain.undo.to },
              )}
            </span>
            {mayChange && (
              <Button size="sm" onClick={() => setAsking(true)}>
                {t('Undo the move')}
              </Button>
            )}
          </>
        )
      }
    >
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-[10rem_minmax(0,1fr)]">
        <Row term={t('Dashboard, API, Git')}>{domain.dashboardUrl}</Row>
        <Row term={t('Apps')}>{domain.appUrlPattern}</Row>
        {domain.former.map(({ name, until, sendsOn }) => (
          <Row key={name} term={t('From before')}>
            {name}
            <span className="block font-sans text-muted">
              {t('Answers until {until}', { until: dayOf(until) })}
              {sendsOn
                ? t('; who opens a page there is sent on.')
                : t('; nobody is sent on while the new name does not lead here.')}
            </span>
          </Row>
        ))}
      </dl>
      {domain.undo && (
        <ConfirmDialog
          name={domain.undo.to}
          title={t('Undo the move')}
          lead={t(
            'Dashboard, API, Git and apps go back to {to}. Names under {name} answer for another 30 days.',
            { to: domain.undo.to, name: domain.name },
          )}
          act={t('Move back')}
          open={asking}
          error={undo.error}
          busy={undo.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() => undo.mutate(undefined, { onSuccess: () => setAsking(false) })}
        />
      )}
    </Card>
  )
}

function Row({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-sm text-muted">{term}</dt>
      <dd className="min-w-0 font-mono text-sm break-words">{children}</dd>
    </>
  )
}

/** Until a public certificate has come. */
function TrustCard() {
  return (
    <Card
      title={t('Trust this server')}
      lead={t(
        'Its certificates are of a CA of its own, made for this domain alone, until a public one has come.',
      )}
    >
      <div className="space-y-4">
        <p className="text-muted">
          {t(
            'Download the file and add it to the authorities of your browser and of Git. Nobody has to click a warning away.',
          )}
        </p>
        <ExternalButton href="/api/v1/ca.pem" download="vastrox-ca.pem" size="sm">
          {t('Download the CA’s certificate')}
        </ExternalButton>
        <p className="text-muted">{t('On the server itself, once:')}</p>
        <CopyBlock
          text="sudo vastrox base-domain --trust"
          label={t('the command for the server')}
        />
      </div>
    </Card>
  )
}
