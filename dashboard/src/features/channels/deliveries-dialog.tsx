import { useQuery } from '@tanstack/react-query'
import type { Channel, ChannelDelivery } from '@vastrox/shared/channel.ts'
import { channelDeliveriesQuery } from '#features/channels/queries.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { Badge } from '#ui/state.tsx'
import type { Tone } from '#ui/tone.ts'

interface Props {
  channel: Channel | undefined
  onClose: () => void
}

/** What was sent to a channel, and what waits. */
export function DeliveriesDialog({ channel, onClose }: Props) {
  return (
    <Dialog
      open={channel !== undefined}
      onClose={onClose}
      title={t('What {name} was told', { name: channel?.name ?? '' })}
      wide
    >
      {channel && <Deliveries id={channel.id} />}
    </Dialog>
  )
}

const STATE: Record<ChannelDelivery['state'], { label: string; tone: Tone }> = {
  waiting: { label: t('Waiting'), tone: 'busy' },
  delivered: { label: t('Delivered'), tone: 'good' },
  failed: { label: t('Failed'), tone: 'bad' },
}

function Deliveries({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(channelDeliveriesQuery(id))
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <ListSkeleton rows={3} />
  if (data.length === 0)
    return (
      <p className="text-muted">
        {t('Nothing has been sent yet. A test shows whether it arrives.')}
      </p>
    )
  return (
    <ul className="rounded-md border border-line">
      {data.map(({ id: key, title, state, attempts, lastAnswer, createdAt, nextAttemptAt }) => (
        <li key={key} className="border-b border-line px-3 py-2.5 last:border-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Badge tone={STATE[state].tone} dot>
              {STATE[state].label}
            </Badge>
            <span className="min-w-0 flex-1 basis-40 break-words">{title}</span>
            <span className="text-sm text-muted">
              <Ago at={createdAt} />
            </span>
          </div>
          {(lastAnswer !== null || nextAttemptAt !== null) && (
            <p className="mt-1 text-sm break-words text-muted">
              {attempts > 1 && t('{attempts} attempts. ', { attempts })}
              {lastAnswer}
              {nextAttemptAt !== null &&
                t(' Again at {nextAttemptAt}.', { nextAttemptAt: exactTime(nextAttemptAt) })}
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}
