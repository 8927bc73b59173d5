import { DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import { useMemo } from 'react'
import { useLines } from '#lib/use-lines.ts'
import { plainText } from '#lib/ansi.ts'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'
import { type LogRow, LogView } from '#ui/log-view.tsx'
import { StateDot } from '#ui/state.tsx'

const seqOf = (line: DeploymentLogLine): number => line.seq
const isLast = (line: DeploymentLogLine): boolean => line.kind === 'done'
const LOOK = { step: 'step', error: 'error', output: 'plain', done: 'plain' } as const

/** The log of a deployment: what there is already, then what comes, until it has ended. */
export function DeploymentLog({ app, number }: { app: string; number: string }) {
  const { lines, state } = useLines({
    url: `/api/v1/apps/${app}/deployments/${number}/log/stream`,
    schema: DeploymentLogLine,
    seqOf,
    isLast,
  })
  const rows = useMemo(
    () =>
      lines.map(
        ({ id, line }): LogRow => ({ id, at: line.at, look: LOOK[line.kind], text: line.text }),
      ),
    [lines],
  )
  const whole = () => rows.map(({ text }) => plainText(text)).join('\n')

  return (
    <Card
      title="Log"
      flush
      aside={
        <div className="flex items-center gap-2">
          <StreamSign state={state} />
          <CopyButton text={whole} label="Copy the log" />
        </div>
      }
    >
      <LogView
        rows={rows}
        label={`Log of deployment ${number}`}
        empty={state === 'ended' ? 'This deployment wrote no log.' : 'Waiting for the first line …'}
        className="h-[min(60dvh,36rem)] overflow-hidden rounded-b-lg"
      />
    </Card>
  )
}

function StreamSign({ state }: { state: ReturnType<typeof useLines>['state'] }) {
  if (state === 'ended') return <span className="text-sm text-muted">Complete</span>
  if (state === 'connecting') return null
  return (
    <span className="flex items-center gap-2 text-sm text-muted">
      <StateDot tone={state === 'open' ? 'good' : 'warn'} moving />
      {state === 'open' ? 'Live' : 'Reconnecting …'}
    </span>
  )
}
