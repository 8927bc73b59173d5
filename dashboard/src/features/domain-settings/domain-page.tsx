import { useSuspenseQuery } from '@tanstack/react-query'
import type { BaseDomain } from '@vastrox/shared/base-domain.ts'
import { useState } from 'react'
import { MoveCard } from '#features/domain-settings/move-card.tsx'
import { baseDomainQuery, useUndoBaseDomain } from '#features/domain-settings/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { Button, ExternalButton } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { Badge } from '#ui/state.tsx'

/** Where dashboard, API, Git and apps are, and the way to a domain of one's own. */
export function DomainPage() {
  const { data: domain } = useSuspenseQuery(baseDomainQuery)
  const mayChange = useMay('node.change')
  const isElsewhere = new URL(domain.dashboardUrl).host !== window.location.host

  return (
    <Page
      title="Domain"
      lead="One domain for everything here: dashboard, API and Git are at it, and each app has a name beneath it."
    >
      <div className="space-y-5">
        {domain.isMoving && (
          <Notice tone="info" title="The platform is being moved.">
            Apps answer all the while. It goes on by itself, also when this server restarts.
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
      title={`This dashboard is at ${new URL(domain.dashboardUrl).host}.`}
      actions={
        <ExternalButton href={here} size="sm" variant="primary">
          Go there
        </ExternalButton>
      }
    >
      You came by another address, which goes on answering. Sign in once more at the new one.
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
          ? 'One certificate for all apps, proven by DNS.'
          : 'Each app has a certificate of its own.'
      }
      aside={
        <Badge tone={domain.isTrusted ? 'good' : 'warn'} dot>
          {domain.isTrusted ? 'Trusted by browsers' : 'Local certificate'}
        </Badge>
      }
      footer={
        domain.undo && (
          <>
            <span>
              The last move can be taken back until {dayOf(domain.undo.until)}: everything is at{' '}
              {domain.undo.to} again then.
            </span>
            {mayChange && (
              <Button size="sm" onClick={() => setAsking(true)}>
                Undo the move
              </Button>
            )}
          </>
        )
      }
    >
      <dl className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-[10rem_minmax(0,1fr)]">
        <Row term="Dashboard, API, Git">{domain.dashboardUrl}</Row>
        <Row term="Apps">{domain.appUrlPattern}</Row>
        {domain.former.map(({ name, until, sendsOn }) => (
          <Row key={name} term="From before">
            {name}
            <span className="block font-sans text-muted">
              Answers until {dayOf(until)}
              {sendsOn
                ? '; who opens a page there is sent on.'
                : '; nobody is sent on while the new name does not lead here.'}
            </span>
          </Row>
        ))}
      </dl>
      {domain.undo && (
        <ConfirmDialog
          name={domain.undo.to}
          title="Undo the move"
          lead={`Dashboard, API, Git and apps go back to ${domain.undo.to}. Names under ${domain.name} answer for another 30 days.`}
          act="Move back"
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
      title="Trust this server"
      lead="Its certificates are of a CA of its own, made for this domain alone, until a public one has come."
    >
      <div className="space-y-4">
        <p className="text-muted">
          Download the file and add it to the authorities of your browser and of Git. Nobody has to
          click a warning away.
        </p>
        <ExternalButton href="/api/v1/ca.pem" download="vastrox-ca.pem" size="sm">
          Download the CA’s certificate
        </ExternalButton>
        <p className="text-muted">On the server itself, once:</p>
        <CopyBlock text="sudo vastrox base-domain --trust" label="the command for the server" />
      </div>
    </Card>
  )
}
