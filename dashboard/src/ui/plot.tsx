import type { MetricMark, MetricUnit } from '@vastrox/shared/metric.ts'
import { ChartLine, Table2 } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useId, useState } from 'react'
import { cx } from '#lib/cx.ts'
import { type Cursor, type PlotSeries, type Stats, statsOf } from '#lib/plot-data.ts'
import { sayValue } from '#lib/say-value.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { MARK_WORD } from '#ui/plot-marks.ts'
import { PLOT_DOT } from '#ui/plot-tone.ts'
import { Skeleton } from '#ui/skeleton.tsx'

const PlotCanvas = lazy(async () => ({
  default: (await import('#ui/plot-canvas.tsx')).PlotCanvas,
}))

export interface PlotProps {
  title: string
  lead?: ReactNode
  unit: MetricUnit
  times: readonly number[]
  /** Seconds since 1970: what is shown, also where nothing was measured. */
  from: number
  to: number
  series: readonly PlotSeries[]
  look?: 'lines' | 'stack'
  marks?: readonly MetricMark[]
  atLeast?: number
  limit?: number
  group?: string
  onZoom?: (from: number, to: number) => void
  onZoomOut?: () => void
  /** Without a frame of its own. */
  bare?: boolean
}

const NO_MARKS: readonly MetricMark[] = []

/**
 * A chart over time. What it shows is also said in words, can be walked through by arrow keys, and
 * read as a table.
 */
export function Plot(props: PlotProps) {
  const { title, lead, unit, times, series, look = 'lines', marks = NO_MARKS, bare = false } = props
  const [cursor, setCursor] = useState<Cursor>()
  const [chosen, setChosen] = useState<number>()
  const [asTable, setAsTable] = useState(false)
  const id = useId()
  const isEmpty = series.every(({ values }) => values.every((value) => value === null))
  const stats = series.map(statsOf)
  const at = chosen ?? cursor?.at

  return (
    <figure
      aria-labelledby={`${id}-title`}
      className={cx('min-w-0', !bare && 'rounded-lg border border-line bg-surface')}
    >
      <div className={cx('flex items-start justify-between gap-3', !bare && 'px-4 pt-3 sm:px-5')}>
        <div className="min-w-0">
          <h3 id={`${id}-title`} className="font-medium">
            {title}
          </h3>
          {lead !== undefined && <p className="text-sm text-muted">{lead}</p>}
        </div>
        {!isEmpty && (
          <Button
            size="sm"
            variant="quiet"
            square
            aria-label={
              asTable ? t('{title} as a chart', { title }) : t('{title} as a table', { title })
            }
            onClick={() => setAsTable(!asTable)}
            icon={asTable ? <ChartLine size={15} aria-hidden /> : <Table2 size={15} aria-hidden />}
            className="-mr-2"
          />
        )}
      </div>
      <div className={cx('pt-2', !bare && 'px-2 pb-3 sm:px-3')}>
        {isEmpty && (
          <div className="flex h-42 items-center justify-center text-sm text-muted">
            {t('Nothing was measured in this time.')}
          </div>
        )}
        {!isEmpty && asTable && <PlotTable {...props} stats={stats} />}
        {!isEmpty && !asTable && (
          <div className="relative rounded-md has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent">
            <input
              type="range"
              min="0"
              max={Math.max(0, times.length - 1)}
              value={chosen ?? Math.max(0, times.length - 1)}
              aria-label={title}
              aria-valuetext={sayPlace(series, unit, times, chosen ?? times.length - 1)}
              onChange={({ target }) => setChosen(Number(target.value))}
              onBlur={() => setChosen(undefined)}
              className="sr-only"
            />
            <Suspense fallback={<Skeleton className="mx-2 h-42" />}>
              <PlotCanvas
                times={times}
                from={props.from}
                to={props.to}
                series={series}
                unit={unit}
                look={look}
                marks={marks}
                atLeast={props.atLeast}
                limit={props.limit}
                group={props.group ?? id}
                chosen={chosen}
                onCursor={setCursor}
                onZoom={props.onZoom}
                onZoomOut={props.onZoomOut}
              />
            </Suspense>
          </div>
        )}
        {!isEmpty && (
          <figcaption className="mt-1 px-2 text-sm text-muted">
            <Legend {...{ series, stats, unit, times, marks, at, mark: cursor?.mark }} />
            <span className="sr-only">{series.map(sayStats(stats, unit)).join(' ')}</span>
          </figcaption>
        )}
      </div>
    </figure>
  )
}

interface LegendProps {
  series: readonly PlotSeries[]
  stats: readonly Stats[]
  unit: MetricUnit
  times: readonly number[]
  marks: readonly MetricMark[]
  at: number | undefined
  mark: number | undefined
}

const MOST_IN_LEGEND = 12

/** The values at the cursor, or the newest ones. Nothing moves when the cursor does. */
function Legend({ series, stats, unit, times, marks, at, mark }: LegendProps) {
  const pointed = mark === undefined ? undefined : marks[mark]
  const time = at === undefined ? undefined : times[at]
  return (
    <span aria-hidden className="flex min-h-6 flex-wrap items-center gap-x-4 gap-y-0.5">
      {series.slice(0, MOST_IN_LEGEND).map(({ name, tone, values, dashed = false }, index) => (
        <span key={name} className="flex items-center gap-1.5">
          <span className={cx('w-3 rounded-full', dashed ? 'h-px' : 'h-1', PLOT_DOT[tone])} />
          {name}
          <span className="tabular font-medium text-ink">
            {sayValue(unit, at === undefined ? stats[index]?.now : values[at])}
          </span>
        </span>
      ))}
      {series.length > MOST_IN_LEGEND && (
        <span>{t('and {series} more', { series: series.length - MOST_IN_LEGEND })}</span>
      )}
      {time !== undefined && (
        <span className="tabular ml-auto truncate text-xs">
          {pointed ? `${MARK_WORD[pointed.kind]}: ${pointed.title}` : exactTime(isoOf(time))}
        </span>
      )}
    </span>
  )
}

const MOST_ROWS = 200

function PlotTable({ title, series, unit, times, stats }: PlotProps & { stats: readonly Stats[] }) {
  const newest = times.map((time, at) => ({ time, at })).toReversed()
  return (
    <div
      className="max-h-42 overflow-auto text-sm"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
      tabIndex={0}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset is for controls
      role="group"
      aria-label={t('{title} as a table', { title })}
    >
      <table className="tabular w-full text-right">
        <thead className="sticky top-0 bg-surface text-muted">
          <tr className="border-b border-line">
            <th scope="col" className="px-2 py-1 text-left font-medium">
              {t('Time')}
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="px-2 py-1 font-medium whitespace-nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(['now', 'min', 'avg', 'max'] as const).map((row) => (
            <tr key={row} className="border-b border-line bg-sunken">
              <th scope="row" className="px-2 py-1 text-left font-medium">
                {STAT_WORD[row]}
              </th>
              {stats.map((each, index) => (
                <td key={series[index]?.name} className="px-2 py-1 whitespace-nowrap">
                  {sayValue(unit, each[row])}
                </td>
              ))}
            </tr>
          ))}
          {newest.slice(0, MOST_ROWS).map(({ time, at }) => (
            <tr key={time} className="border-b border-line last:border-0">
              <th scope="row" className="px-2 py-1 text-left font-normal whitespace-nowrap">
                {exactTime(isoOf(time))}
              </th>
              {series.map(({ name, values }) => (
                <td key={name} className="px-2 py-1 whitespace-nowrap">
                  {sayValue(unit, values[at])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const STAT_WORD = { now: t('Now'), min: t('Lowest'), avg: t('Average'), max: t('Highest') }
const isoOf = (seconds: number): string => new Date(seconds * 1_000).toISOString()

const sayStats =
  (stats: readonly Stats[], unit: MetricUnit) =>
  ({ name }: PlotSeries, index: number): string => {
    const { now, min, avg, max } = stats[index] ?? { now: null, min: null, avg: null, max: null }
    if (max === null) return t('{name}: not measured.', { name })
    return t('{name}: now {unit}, lowest {unit2}, average {unit3}, highest {unit4}.', {
      name,
      unit: sayValue(unit, now),
      unit2: sayValue(unit, min),
      unit3: sayValue(unit, avg),
      unit4: sayValue(unit, max),
    })
  }

function sayPlace(
  series: readonly PlotSeries[],
  unit: MetricUnit,
  times: readonly number[],
  at: number,
): string {
  const time = times[at]
  if (time === undefined) return t('nothing measured')
  return `${exactTime(isoOf(time))}: ${series
    .map(({ name, values }) => `${name} ${sayValue(unit, values[at])}`)
    .join(', ')}`
}
