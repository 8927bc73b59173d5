import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ChangesCard } from '#features/firewall/changes-card.tsx'
import { BansCard } from '#features/firewall/bans-card.tsx'
import { ModeCard } from '#features/firewall/mode-card.tsx'
import { PendingBanner } from '#features/firewall/pending-banner.tsx'
import { PreviewDialog } from '#features/firewall/preview-dialog.tsx'
import type { Proposal, Propose } from '#features/firewall/propose.ts'
import {
  bansQuery,
  changesQuery,
  firewallQuery,
  rulesQuery,
  useApply,
} from '#features/firewall/queries.ts'
import { RulesCard } from '#features/firewall/rules-card.tsx'
import { SparedCard } from '#features/firewall/spared-card.tsx'
import { TakenBack } from '#features/firewall/taken-back.tsx'
import { WatchedCard } from '#features/firewall/watched-card.tsx'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { toast } from '#ui/toast.tsx'

export const load: Load = ({ read }) =>
  Promise.all([read(firewallQuery), read(rulesQuery), read(bansQuery), read(changesQuery)])

export function FirewallPage() {
  const { data: status } = useSuspenseQuery(firewallQuery)
  const [proposal, setProposal] = useState<Proposal>()
  const apply = useApply()

  /** Where something may be cut, its effect is shown first; where all is only watched it is done. */
  const propose: Propose = (next) => {
    if (status.mode === 'enforce' || next.wish.mode !== undefined) setProposal(next)
    else
      apply.mutate(next.wish, {
        onSuccess: () => toast.good(t('Done: {title}.', { title: next.title })),
        onError: toast.error,
      })
  }

  return (
    <Page
      title={t('Firewall')}
      lead={t(
        'What may come in to this machine, and from where. The first rule that fits decides.',
      )}
    >
      <div className="space-y-5">
        {status.pending && <PendingBanner change={status.pending} isNew={status.isNewConnection} />}
        {status.lastChange && <TakenBack change={status.lastChange} />}
        {status.problem !== null && (
          <Notice tone="bad" title={t('The firewall is not as it should be')}>
            {status.problem}
          </Notice>
        )}
        {status.others.map((line) => (
          <Notice key={line} tone="info" title={t('Another firewall is at work here')}>
            {line}
          </Notice>
        ))}
        <ModeCard status={status} onPropose={propose} />
        <RulesCard status={status} onPropose={propose} />
        <WatchedCard status={status} />
        <BansCard />
        <SparedCard status={status} onPropose={propose} />
        <ChangesCard />
      </div>
      <PreviewDialog proposal={proposal} onClose={() => setProposal(undefined)} />
    </Page>
  )
}
