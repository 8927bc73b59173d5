import { useSuspenseQuery } from '@tanstack/react-query'
import type { FirewallChange } from '@vastrox/shared/firewall.ts'
import { History } from 'lucide-react'
import { changesQuery } from '#features/firewall/queries.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'
import type { Tone } from '#ui/tone.ts'

const STATE: Record<FirewallChange['state'], { label: string; tone: Tone }> = {
  applying: { label: t('Being applied'), tone: 'busy' },
  pending: { label: t('Waits'), tone: 'warn' },
  confirmed: { label: t('Kept'), tone: 'good' },
  reverted: { label: t('Taken back'), tone: 'idle' },
  failed: { label: t('Failed'), tone: 'bad' },
}
const SHOWN = 10

/** What was changed last, by whom, and what became of it. */
export function ChangesCard() {
  const { data: changes } = useSuspenseQuery(changesQuery)
  return (
    <Card title={t('Changes')} lead={t('The last ones; the audit log has them all.')} flush>
      {changes.length === 0 ? (
        <EmptyState icon={<History size={20} aria-hidden />} title={t('Nothing was changed yet')}>
          {t('Every change is kept here with who made it and whether it was confirmed.')}
        </EmptyState>
      ) : (
        <ul>
          {changes.slice(0, SHOWN).map((change) => (
            <li
              key={change.number}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2.5 last:border-0 sm:px-5"
            >
              <Badge tone={STATE[change.state].tone}>{STATE[change.state].label}</Badge>
              <div className="min-w-0 flex-1 basis-52">
                <p className="break-words">{change.summary}</p>
                {change.reason !== null && <p className="text-sm text-muted">{change.reason}</p>}
              </div>
              <span className="text-sm text-muted">
                {change.actor} · <Ago at={change.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
