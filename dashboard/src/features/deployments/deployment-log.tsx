import { DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { keptLogQuery } from '#features/deployments/queries.ts'
import { useLines } from '#lib/use-lines.ts'
import { plainText } from '#lib/ansi.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { type LogRow, LogView } from '#ui/log-view.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { StateDot } from '#ui/state.tsx'

const seqOf = (line: DeploymentLogLine): number => line.seq
const isLast = (line: DeploymentLogLine): boolean => line.kind === 'done'
const LOOK = { step: 'step', error: 'error', output: 'plain', done: 'step' } as const

interface Props {
  app: string
  number: string
  /** Nothing comes any more: the log is read as it was kept, what came after its end included. */
  ended: boolean
}

/** The log of a deployment: followed while it goes on, as it was kept once it has ended. */
export function DeploymentLog({ app, number, ended }: Props) {
  const kept = useQuery({ ...keptLogQuery(app, number), enabled: ended })
  const stream = useLines({
    url: ended ? undefined : `/api/v1/apps/${app}/deployments/${number}/log/stream`,
    schema: DeploymentLogLine,
    seqOf,
    isLast,
  })
  const rows = useMemo(
    () =>
      (kept.data ?? stream.lines.map(({ line }) => line)).map(
        ({ seq, at, kind, text }): LogRow => ({ id: seq, at, look: LOOK[kind], text }),
      ),
    [kept.data, stream.lines],
  )
  const whole = () => rows.map(({ text }) => plainText(text)).join('\n')

  return (
    <Card
      title={t('Log')}
      flush
      aside={
        <div className="flex items-center gap-2">
          <StreamSign state={ended ? 'ended' : stream.state} />
          <CopyButton text={whole} label={t('Copy the log')} />
        </div>
      }
    >
      {kept.error && (
        <div className="p-4">
          <ErrorNotice error={kept.error} onRetry={() => void kept.refetch()} />
        </div>
      )}
      <LogView
        rows={rows}
        label={t('Log of deployment {number}', { number })}
        empty={kept.data ? t('This deployment wrote no log.') : t('Waiting for the first line …')}
        className="h-[min(60dvh,36rem)] overflow-hidden rounded-b-lg"
      />
    </Card>
  )
}

function StreamSign({ state }: { state: ReturnType<typeof useLines>['state'] }) {
  if (state === 'ended') return <span className="text-sm text-muted">{t('Complete')}</span>
  if (state === 'connecting') return null
  return (
    <span className="flex items-center gap-2 text-sm text-muted">
      <StateDot tone={state === 'open' ? 'good' : 'warn'} moving />
      {state === 'open' ? t('Live') : t('Reconnecting …')}
    </span>
  )
}
