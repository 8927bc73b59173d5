import type { UptimeCheck, UptimeIncident } from '@vastrox/shared/uptime.ts'
import { daysOf, type DayLook } from '#features/uptime/uptime-words.ts'
import { span } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'
import { t } from '#lib/words.ts'
import { Skeleton } from '#ui/skeleton.tsx'

const FILL: Record<DayLook, string> = {
  up: 'fill-good',
  short: 'fill-warn',
  down: 'fill-bad',
  unknown: 'fill-line',
}
const DAYS = 60
const STEP = 10

interface Props {
  check: Pick<UptimeCheck, 'name' | 'createdAt'>
  /** undefined while it is read. */
  incidents: readonly UptimeIncident[] | undefined
}

/** A column for each of the last days. */
export function DaysBar({ check, incidents }: Props) {
  const now = useNow()
  if (!incidents) return <Skeleton className="h-6 w-full" />
  const days = daysOf(incidents, check.createdAt, DAYS, now)
  const bad = days.filter(({ downMs }) => downMs > 0)
  const words =
    bad.length === 0
      ? t('{name}: never down in {DAYS} days', { name: check.name, DAYS })
      : t('{name}: down on {bad} of {DAYS} days, {reduce} in all', {
          name: check.name,
          bad: bad.length,
          DAYS,
          reduce: span(bad.reduce((sum, { downMs }) => sum + downMs, 0)),
        })
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
              ? t(': not looked at')
              : downMs === 0
                ? t(': up')
                : t(': down for {downMs}', { downMs: span(downMs) })}
          </title>
        </rect>
      ))}
    </svg>
  )
}
