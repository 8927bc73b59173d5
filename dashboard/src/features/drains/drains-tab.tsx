import { useSuspenseQuery } from '@tanstack/react-query'
import type { LogDrain } from '@vastrox/shared/log-drain.ts'
import { Plus, Send } from 'lucide-react'
import { useState } from 'react'
import { AddDrainDialog } from '#features/drains/add-drain-dialog.tsx'
import { sayWay } from '#features/drains/drain-words.ts'
import {
  drainsQuery,
  useChangeDrain,
  useRemoveDrain,
  useTestDrain,
} from '#features/drains/queries.ts'
import { language } from '#lib/language.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Answer } from '#ui/answer.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { RemoveDialog } from '#ui/remove-dialog.tsx'
import { Badge } from '#ui/state.tsx'
import { toast } from '#ui/toast.tsx'
import type { Tone } from '#ui/tone.ts'

const STATE: Record<LogDrain['state'], { label: string; tone: Tone }> = {
  connecting: { label: t('Connecting'), tone: 'busy' },
  sending: { label: t('Sending'), tone: 'good' },
  failing: { label: t('Failing'), tone: 'bad' },
  off: { label: t('Off'), tone: 'idle' },
}

export const load: Load = ({ read }) => read(drainsQuery)

/** Where lines of logs are sent on to. */
export function DrainsTab() {
  const { data: drains } = useSuspenseQuery(drainsQuery)
  const remove = useRemoveDrain()
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<LogDrain>()
  useTitle(t('Log drains · Alerts'))
  const add = (
    <Button icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('New drain')}
    </Button>
  )
  return (
    <>
      <Card
        title={t('Log drains')}
        lead={t(
          'Lines of logs are sent on to another system as they come. Apps never wait for it.',
        )}
        flush
        aside={drains.length > 0 && add}
      >
        {drains.length === 0 ? (
          <EmptyState
            icon={<Send size={20} aria-hidden />}
            title={t('Logs stay on this server')}
            docs="monitoring#log-drains"
            actions={add}
          >
            {t(
              'Send them on to a syslog server (RFC 5424 over TLS) or to an address that takes JSON. They are kept and searched here all the same.',
            )}
          </EmptyState>
        ) : (
          <ul>
            {drains.map((drain) => (
              <DrainRow key={drain.id} drain={drain} onRemove={() => setRemoving(drain)} />
            ))}
          </ul>
        )}
      </Card>
      <AddDrainDialog open={adding} onClose={() => setAdding(false)} />
      <RemoveDialog
        name={removing?.target}
        lead={t('No more lines are sent there. What is kept here stays.')}
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

function DrainRow({ drain, onRemove }: { drain: LogDrain; onRemove: () => void }) {
  const change = useChangeDrain()
  const test = useTestDrain()
  const { id, target, isOn } = drain
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-3.5 last:border-0 sm:px-5">
      <Facts drain={drain} />
      <div className="flex flex-wrap gap-2">
        {isOn && (
          <Button
            size="sm"
            busy={test.isPending}
            aria-label={t('Send a test: {target}', { target })}
            onClick={() => test.mutate(id)}
          >
            {test.isPending ? t('Sending …') : t('Send a test')}
          </Button>
        )}
        <Button
          size="sm"
          busy={change.isPending}
          aria-label={`${isOn ? t('Switch off') : t('Switch on')} ${target}`}
          onClick={() => change.mutate({ id, isOn: !isOn }, { onError: toast.error })}
        >
          {isOn ? t('Switch off') : t('Switch on')}
        </Button>
        <Button size="sm" aria-label={t('Remove {target}', { target })} onClick={onRemove}>
          {t('Remove')}
        </Button>
      </div>
      {test.data && <Answer answer={test.data} />}
      {test.error && (
        <div className="w-full">
          <ErrorNotice error={test.error} />
        </div>
      )}
    </li>
  )
}

function Facts({ drain }: { drain: LogDrain }) {
  const { target, app, state, failingSince, reason, sentLines, droppedLines } = drain
  return (
    <div className="min-w-0 flex-1 basis-64">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-mono text-sm break-all">{target}</span>
        <Badge tone={STATE[state].tone} dot>
          {STATE[state].label}
        </Badge>
      </p>
      <p className="tabular text-sm text-muted">
        {sayWay(drain)} · {app ?? t('all apps')} ·{' '}
        {t('{sentLines} lines sent', { sentLines: sentLines.toLocaleString(language) })}
        {drain.waitingLines > 0 &&
          ` · ${t('{waitingLines} waiting', { waitingLines: drain.waitingLines.toLocaleString(language) })}`}
        {droppedLines > 0 && (
          <span className="text-warn">
            {' '}
            ·{' '}
            {t('{droppedLines} left out', { droppedLines: droppedLines.toLocaleString(language) })}
          </span>
        )}
      </p>
      {reason !== null && (
        <p className="text-sm break-words text-bad">
          {reason}
          {failingSince !== null && (
            <>
              {' '}
              (<Ago at={failingSince} />)
            </>
          )}
        </p>
      )}
    </div>
  )
}
