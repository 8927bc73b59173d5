import type { MetricReply } from '@vastrox/shared/metric.ts'
import { apart, type ChartSpec, together } from '#features/metrics/chart-lines.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Plot } from '#ui/plot.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

interface Props {
  specs: readonly ChartSpec[]
  reply: MetricReply | undefined
  /** A line for each instead of all together. */
  isApart?: boolean
  /** What is shown is still of before. */
  isOld?: boolean
  /** Charts of one group move their cursors together. */
  group: string
  onZoom: (from: number, to: number) => void
  onZoomOut: () => void
}

/** Charts that belong together, with one cursor. */
export function ChartGrid({ specs, reply, isApart = false, isOld = false, ...rest }: Props) {
  if (!reply) return <ChartsSkeleton count={Math.min(4, specs.length)} />
  const from = Date.parse(reply.from) / 1_000
  const to = Date.parse(reply.to) / 1_000
  return (
    <div
      aria-busy={isOld}
      className={cx(
        'grid grid-cols-1 gap-4 transition-opacity lg:grid-cols-2',
        isOld && 'opacity-60',
      )}
    >
      {specs.flatMap((spec) => {
        const lines = isApart ? apart(reply, spec) : together(reply, spec)
        return lines
          ? [
              <Plot
                key={spec.title}
                title={spec.title}
                lead={spec.lead}
                {...lines}
                times={reply.times}
                from={from}
                to={to}
                marks={reply.marks}
                look={isApart ? 'lines' : (spec.look ?? 'lines')}
                {...(spec.atLeast !== undefined && { atLeast: spec.atLeast })}
                {...rest}
              />,
            ]
          : []
      })}
    </div>
  )
}

export function ChartsSkeleton({ count = 4 }: { count?: number }) {
  return (
    <output aria-label={t('Loading')} className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="rounded-lg border border-line bg-surface p-4">
          <Skeleton className="mb-4 h-4 w-32" />
          <Skeleton className="h-42" />
        </div>
      ))}
    </output>
  )
}
