import { ceilingOf, linePath } from '#lib/chart.ts'
import { cx } from '#lib/cx.ts'
import { TONE_TEXT, type Tone } from '#ui/tone.ts'

const BOX = { width: 120, height: 28 }

/** The course of a value beside its figure; in words it is said by the figure. */
export function Sparkline({
  values,
  tone = 'idle',
}: {
  values: readonly (number | null)[]
  tone?: Tone
}) {
  const highest = Math.max(0, ...values.map((value) => value ?? 0))
  return (
    <svg
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      preserveAspectRatio="none"
      aria-hidden
      className={cx('block h-7 w-full', TONE_TEXT[tone])}
    >
      <path
        d={linePath(values, ceilingOf(highest), BOX)}
        className="fill-none stroke-current"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
