import { useQuery } from '@tanstack/react-query'
import type { UptimeCheck } from '@vastrox/shared/uptime.ts'
import { checkQuery } from '#features/uptime/queries.ts'
import { daysOf, type DayLook } from '#features/uptime/uptime-words.ts'
import { span } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { Skeleton } from '#ui/skeleton.tsx'

const FILL: Record<DayLook, string> = {
  up: 'fill-good',
  short: 'fill-warn',
  down: 'fill-bad',
  unknown: 'fill-line',
}
/** Each row of a list has one; what changes is told by an event. */
const EVERY_MS = 10 * 60_000
const DAYS = 60
const STEP = 10

/** A column for each of the last days. */
export function DaysBar({ check }: { check: Pick<UptimeCheck, 'id' | 'name' | 'createdAt'> }) {
  const { data } = useQuery({ ...checkQuery(check.id), refetchInterval: EVERY_MS })
  const now = useNow()
  if (!data) return <Skeleton className="h-6 w-full" />
  const days = daysOf(data.incidents, check.createdAt, DAYS, now)
  const bad = days.filter(({ downMs }) => downMs > 0)
  const words =
    bad.length === 0
      ? `${check.name}: never down in ${DAYS} days`
      : `${check.name}: down on ${bad.length} of ${DAYS} days, ${span(bad.reduce((sum, { downMs }) => sum + downMs, 0))} in all`
  return (
    <svg
      viewBox={`0 0 ${DAYS * STEP} 24`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
      className="block h-6 w-full"
    >
      {days.map(({ date, look, downMs }, index) => (
        <rect
          key={date}
          x={index * STEP + 1}
          width={STEP - 2.5}
          height="24"
          rx="2"
          className={FILL[look]}
        >
          <title>
            {date}
            {look === 'unknown'
              ? ': not looked at'
              : downMs === 0
                ? ': up'
                : `: down for ${span(downMs)}`}
          </title>
        </rect>
      ))}
    </svg>
  )
}
