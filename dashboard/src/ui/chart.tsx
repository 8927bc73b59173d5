import { type ReactNode, useState } from 'react'
import { ceilingOf, type ChartSeries, highestOf, linePath, stackedBars } from '#lib/chart.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { TONE_DOT, TONE_TEXT } from '#ui/tone.ts'

interface Props {
  /** What is shown, for those who do not see it: "Requests a minute". */
  label: string
  series: readonly ChartSeries[]
  /** Of each place on the axis, such as "14:05". */
  places: readonly string[]
  look: 'lines' | 'stack'
  say: (value: number) => string
}

/** In units of the view box: it is stretched to what room there is. */
const BOX = { width: 600, height: 120 }

/**
 * A chart of few hundred values, as SVG of ours: no style of its own at run time, which the content
 * policy refuses. A slider lies over it: by pointer or arrow keys one place is read aloud and shown beneath.
 */
export function Chart({ label, series, places, look, say }: Props) {
  const [chosen, setChosen] = useState<number>()
  const last = places.length - 1
  const at = chosen === undefined ? undefined : Math.min(chosen, last)
  const ceiling = ceilingOf(highestOf(series, look === 'stack'))
  const step = BOX.width / Math.max(1, places.length)

  return (
    <figure>
      <div className="flex items-baseline justify-between text-xs text-faint">
        <span>{say(ceiling)}</span>
        <span>
          {places[0]} – {places.at(-1)}
        </span>
      </div>
      <div className="relative mt-1">
        <input
          type="range"
          min="0"
          max={Math.max(0, last)}
          value={at ?? Math.max(0, last)}
          aria-label={label}
          aria-valuetext={sayPlace(series, places, at ?? last, say)}
          onChange={({ target }) => setChosen(Number(target.value))}
          onFocus={() => setChosen((before) => before ?? last)}
          onBlur={() => setChosen(undefined)}
          onPointerMove={({ currentTarget, clientX }) => {
            const { left, width } = currentTarget.getBoundingClientRect()
            const share = width > 0 ? (clientX - left) / width : 1
            setChosen(Math.max(0, Math.min(last, Math.floor(share * places.length))))
          }}
          onPointerLeave={() => setChosen(undefined)}
          className="peer absolute inset-0 size-full cursor-crosshair touch-pan-y opacity-0"
        />
        <svg
          viewBox={`0 0 ${BOX.width} ${BOX.height}`}
          preserveAspectRatio="none"
          aria-hidden
          className="block h-28 w-full rounded-sm bg-sunken peer-focus-visible:outline-2 peer-focus-visible:outline-accent"
        >
          <line
            x1="0"
            x2={BOX.width}
            y1={BOX.height / 2}
            y2={BOX.height / 2}
            className="stroke-line"
            vectorEffect="non-scaling-stroke"
          />
          {at !== undefined && (
            <rect x={step * at} y="0" width={step} height={BOX.height} className="fill-hover" />
          )}
          {look === 'stack' ? (
            <Stack series={series} ceiling={ceiling} />
          ) : (
            series.map(({ name, tone, values }) => (
              <path
                key={name}
                d={linePath(values, ceiling, BOX)}
                className={cx('fill-none stroke-current', TONE_TEXT[tone])}
                strokeWidth="1.75"
                strokeLinecap="round"
                strokeLinejoin="round"
                vectorEffect="non-scaling-stroke"
              />
            ))
          )}
        </svg>
      </div>
      <figcaption className="mt-2 flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted">
        {series.map(({ name, tone, values }) => (
          <span key={name} className="flex items-center gap-1.5">
            <span aria-hidden className={cx('size-2 rounded-full', TONE_DOT[tone])} />
            {name}
            {at !== undefined && (
              <span className="tabular font-medium text-ink">
                {values[at] === null || values[at] === undefined ? '–' : say(values[at])}
              </span>
            )}
          </span>
        ))}
        {at !== undefined && <span className="tabular ml-auto">{places[at]}</span>}
      </figcaption>
    </figure>
  )
}

const Stack = ({ series, ceiling }: { series: readonly ChartSeries[]; ceiling: number }) =>
  stackedBars(series, ceiling, BOX).map((bars, index) => (
    <g
      key={series[index]?.name}
      className={cx('fill-current', TONE_TEXT[series[index]?.tone ?? 'idle'])}
    >
      {bars.map(({ at, x, y, width, height }) => (
        <rect key={at} x={x} y={y} width={width} height={height} />
      ))}
    </g>
  ))

const sayPlace = (
  series: readonly ChartSeries[],
  places: readonly string[],
  at: number,
  say: (value: number) => string,
): string =>
  `${places[at] ?? ''}: ${series
    .map(({ name, values }) => {
      const value = values[at]
      return `${name} ${value === null || value === undefined ? t('unknown') : say(value)}`
    })
    .join(', ')}`

/** A number that says most of it, with what it is. */
export function Figure({
  label,
  children,
  note,
}: {
  label: string
  children: ReactNode
  note?: ReactNode
}) {
  return (
    <div className="min-w-0 rounded-md border border-line bg-surface px-4 py-3">
      <p className="text-sm text-muted">{label}</p>
      <p className="tabular mt-0.5 text-xl font-semibold">{children}</p>
      {note !== undefined && <p className="tabular text-sm text-muted">{note}</p>}
    </div>
  )
}
