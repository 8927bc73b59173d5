import type { FirewallChange } from '@vastrox/shared/firewall.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Notice } from '#ui/notice.tsx'

/** A while after it, so that nobody wonders why nothing has changed. */
const SHOWN_MS = 15 * 60_000

export function TakenBack({ change }: { change: FirewallChange }) {
  const now = useNow()
  const { state, endedAt, summary, reason } = change
  if (state !== 'reverted' && state !== 'failed') return null
  if (endedAt === null || now.getTime() - Date.parse(endedAt) > SHOWN_MS) return null
  return (
    <Notice
      tone="warn"
      title={state === 'failed' ? t('The last change failed') : t('The last change was taken back')}
    >
      <p className="break-words">{summary}</p>
      {reason !== null && <p>{reason}</p>}
    </Notice>
  )
}
