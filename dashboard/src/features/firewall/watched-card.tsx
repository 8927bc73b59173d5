import type { FirewallStatus } from '@vastrox/shared/firewall.ts'
import { Eye } from 'lucide-react'
import { sayPackets } from '#features/firewall/rule-words.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

/** What met the end of the list: dropped where it is enforced, else only seen. */
export function WatchedCard({ status: { mode, wouldDrop } }: { status: FirewallStatus }) {
  const isEnforced = mode === 'enforce'
  return (
    <Card
      title={isEnforced ? t('Dropped') : t('Would be dropped')}
      lead={
        isEnforced
          ? t('What no rule lets in, over the last day.')
          : t('What came in over the last day and would not, if it were enforced.')
      }
      flush
    >
      {wouldDrop.length === 0 ? (
        <EmptyState icon={<Eye size={20} aria-hidden />} title={t('Nothing so far')}>
          {t('Packets that no rule lets in are counted here by port, with where they came from.')}
        </EmptyState>
      ) : (
        <ul>
          {wouldDrop.map(({ protocol, port, packets, lastSources }) => (
            <li
              key={`${port}/${protocol}`}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 last:border-0 sm:px-5"
            >
              <span className="w-24 font-mono text-sm">
                {port}/{protocol}
              </span>
              <span className="tabular w-28 text-sm">{sayPackets(packets)}</span>
              <span className="min-w-0 flex-1 basis-40 font-mono text-sm break-all text-muted">
                {lastSources.join(' ')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
