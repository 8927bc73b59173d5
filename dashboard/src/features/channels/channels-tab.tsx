import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { Channel } from '@vastrox/shared/channel.ts'
import { BellRing, Plus } from 'lucide-react'
import { useState } from 'react'
import { ChannelDialog } from '#features/channels/channel-dialog.tsx'
import { DeliveriesDialog } from '#features/channels/deliveries-dialog.tsx'
import {
  channelKindsQuery,
  channelsQuery,
  useChangeChannel,
  useRemoveChannel,
  useTestChannel,
} from '#features/channels/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Menu, type MenuEntry } from '#ui/menu.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'
import { Answer } from '#ui/answer.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'

const TOLD_OF: Record<Channel['minSeverity'], string> = {
  critical: t('critical alerts'),
  warning: t('warnings and critical alerts'),
  info: t('every alert'),
}

export const load: Load = ({ read }) => Promise.all([read(channelsQuery), read(channelKindsQuery)])

/** Where people are told of what is wrong. */
export function ChannelsTab() {
  const { data: channels } = useSuspenseQuery(channelsQuery)
  const { data: kinds = [] } = useQuery(channelKindsQuery)
  const remove = useRemoveChannel()
  const [editing, setEditing] = useState<Channel | 'new'>()
  const [looking, setLooking] = useState<Channel>()
  const [removing, setRemoving] = useState<Channel>()
  useTitle(t('Channels · Alerts'))
  const add = (
    <Button
      icon={<Plus size={15} aria-hidden />}
      disabled={kinds.length === 0}
      onClick={() => setEditing('new')}
    >
      {t('New channel')}
    </Button>
  )
  return (
    <>
      <Card
        title={t('Channels')}
        lead={t(
          'Where people are told: tried again until it is taken, and summed up where it is much.',
        )}
        flush
        aside={channels.length > 0 && add}
      >
        {channels.length === 0 ? (
          <EmptyState
            icon={<BellRing size={20} aria-hidden />}
            title={t('Nobody is told yet')}
            docs="monitoring#channels"
            actions={add}
          >
            {t(
              'Add an e-mail address, a Slack, Discord or Telegram channel, an ntfy topic or a webhook. Without one, alerts are shown here alone.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {channels.map((channel) => (
              <ChannelRow
                key={channel.id}
                channel={channel}
                title={kinds.find(({ kind }) => kind === channel.kind)?.title ?? channel.kind}
                onEdit={() => setEditing(channel)}
                onLook={() => setLooking(channel)}
                onRemove={() => setRemoving(channel)}
              />
            ))}
          </ul>
        )}
      </Card>
      <ChannelDialog channel={editing} kinds={kinds} onClose={() => setEditing(undefined)} />
      <DeliveriesDialog channel={looking} onClose={() => setLooking(undefined)} />
      <RemoveDialog
        name={removing?.name}
        lead={t('Nobody is told there any more, nor of what waits for it.')}
        busy={remove.isPending}
        onClose={() => setRemoving(undefined)}
        onRemove={() =>
          removing &&
          remove.mutate(removing.id, {
            onSuccess: () => setRemoving(undefined),
            onError: toast.error,
          })
        }
      />
    </>
  )
}

interface RowProps {
  channel: Channel
  title: string
  onEdit: () => void
  onLook: () => void
  onRemove: () => void
}

function ChannelRow({ channel, title, onEdit, onLook, onRemove }: RowProps) {
  const test = useTestChannel()
  const change = useChangeChannel()
  const { id, name, isOn, minSeverity, withDeployments, apps, failingSince, reason } = channel
  const entries: MenuEntry[] = [
    { label: t('Change …'), onSelect: onEdit },
    { label: t('What was delivered'), onSelect: onLook },
    {
      label: isOn ? t('Switch off') : t('Switch on'),
      onSelect: () => change.mutate({ id, isOn: !isOn }, { onError: toast.error }),
    },
    'line',
    { label: t('Remove …'), danger: true, onSelect: onRemove },
  ]
  return (
    <li className="space-y-2 border-b border-line px-4 py-3.5 last:border-0 sm:px-5">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium break-words">{name}</span>
            <span className="text-sm text-muted">{title}</span>
            {!isOn && <Badge tone="idle">{t('Off')}</Badge>}
            {isOn && failingSince !== null && (
              <Badge tone="bad" dot>
                {t('Failing')}
              </Badge>
            )}
          </p>
          <p className="truncate text-sm text-muted">{channel.where}</p>
          <p className="text-sm text-muted">
            {TOLD_OF[minSeverity]}
            {withDeployments && t(' and deployments')}
            {apps !== null &&
              t(', only {apps}', { apps: apps.join(', ') || t('what is of no app') })}
          </p>
          <p className="text-sm text-muted">
            {channel.deliveredAt === null ? (
              t('nothing delivered yet')
            ) : (
              <>
                {rich(t('delivered {deliveredAt}'), {
                  deliveredAt: <Ago at={channel.deliveredAt} />,
                })}
              </>
            )}
            {channel.waiting > 0 && ` · ${t('{waiting} waiting', { waiting: channel.waiting })}`}
          </p>
          {isOn && reason !== null && <p className="text-sm break-words text-bad">{reason}</p>}
        </div>
        <div className="flex gap-2">
          <Button
            size="sm"
            busy={test.isPending}
            aria-label={t('Send a test: {name}', { name })}
            onClick={() => test.mutate(id)}
          >
            {test.isPending ? t('Sending …') : t('Send a test')}
          </Button>
          <Menu
            trigger={
              <Button size="sm" aria-label={t('More for {name}', { name })}>
                {t('More')}
              </Button>
            }
            entries={entries}
          />
        </div>
      </div>
      {test.data && <Answer answer={test.data} />}
      {test.error && <ErrorNotice error={test.error} />}
    </li>
  )
}
