import type { MetricMark, MetricUnit } from '@vastrox/shared/metric.ts'
import uPlot from 'uplot'
import {
  axisSteps,
  ceilingOf,
  type Cursor,
  nearestMark,
  type PlotSeries,
  type PlotTone,
} from '#lib/plot-data.ts'
import { language } from '#lib/language.ts'
import { sayAxis } from '#lib/say-value.ts'
import { MARK_TONE } from '#ui/plot-marks.ts'

export interface CanvasProps {
  times: readonly number[]
  /** Seconds since 1970: what is shown, also where nothing was measured. */
  from: number
  to: number
  series: readonly PlotSeries[]
  unit: MetricUnit
  look: 'lines' | 'stack'
  marks: readonly MetricMark[]
  /** The axis goes at least so far. */
  atLeast?: number | undefined
  /** A line across: the limit of an alert. */
  limit?: number | undefined
  /** Charts of one group move their cursors together. */
  group: string
  /** Where the keyboard has put the cursor. */
  chosen: number | undefined
  onCursor: (cursor: Cursor | undefined) => void
  onZoom: ((from: number, to: number) => void) | undefined
  onZoomOut: (() => void) | undefined
}

export const PLOT_HEIGHT = 168
const NEAR_PX = 7
const FONT = '11px "Geist Variable", ui-sans-serif, system-ui, sans-serif'

/** The colour of a tone, as the style sheet has it at this moment. */
export type Colours = (tone: PlotTone | 'line') => string

/** How a chart looks and answers. `live` gives what it is shown with at the moment. */
export function plotOptions(
  width: number,
  colourOf: Colours,
  live: () => CanvasProps,
): uPlot.Options {
  const { series, look, unit, group, onZoom } = live()
  const steps = axisSteps(unit)
  return {
    width: Math.max(120, width),
    height: PLOT_HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, width: 0 },
      drag: { x: onZoom !== undefined, y: false, setScale: false, dist: 8 },
      sync: {
        key: group,
        // What is dragged is one chart's matter; where the cursor is, that of all.
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
      bind: {
        dblclick: () => () => {
          live().onZoomOut?.()
          return null
        },
      },
    },
    scales: {
      x: { range: () => [live().from, live().to] },
      y: {
        range: (_u, _min, max) => {
          const { atLeast = 0, limit = 0 } = live()
          return [0, ceilingOf(Math.max(max ?? 0, atLeast / 1.04, limit), live().unit)]
        },
      },
    },
    axes: [
      {
        stroke: colourOf('idle'),
        font: FONT,
        size: 26,
        gap: 6,
        grid: { show: false },
        ticks: { show: false },
        values: (_u, splits, _axis, _space, step) => splits.map((at) => sayTime(at, step)),
      },
      {
        stroke: colourOf('idle'),
        font: FONT,
        size: 62,
        gap: 8,
        space: 34,
        grid: { stroke: colourOf('line'), width: 1 },
        ticks: { show: false },
        values: (_u, splits) => splits.map((value) => sayAxis(live().unit, value)),
        ...(steps && { incrs: steps }),
      },
    ],
    series: [
      {},
      ...series.map(({ name, tone, dashed = false }, index): uPlot.Series => {
        const stroke = colourOf(tone)
        const isFilled = look === 'stack' || (index === 0 && series.length <= 2 && !dashed)
        return {
          label: name,
          stroke,
          width: look === 'stack' ? 1 : 1.5,
          ...(dashed && { dash: [5, 4] }),
          ...(isFilled && { fill: faded(stroke, look === 'stack' ? 0.42 : 0.12) }),
          points: { size: 4, width: 0, fill: stroke },
        }
      }),
    ],
    ...(look === 'stack' && {
      bands: series.slice(1).map((_, index) => ({ series: [index + 2, index + 1] })),
    }),
    hooks: {
      draw: [(u) => drawMarks(u, live(), colourOf), (u) => drawLimit(u, live(), colourOf)],
      setCursor: [
        (u) => {
          const { idx, left } = u.cursor
          if (idx === null || idx === undefined || left === undefined || left < 0)
            return live().onCursor(undefined)
          const { from, to, marks } = live()
          const within = ((to - from) / Math.max(1, u.over.clientWidth)) * NEAR_PX
          live().onCursor({
            at: idx,
            mark: nearestMark(marks, u.posToVal(left, 'x'), within),
          })
        },
      ],
      setSelect: [
        (u) => {
          const { left, width: wide } = u.select
          if (wide < 8) return
          const [from, to] = [u.posToVal(left, 'x'), u.posToVal(left + wide, 'x')]
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          live().onZoom?.(from, to)
        },
      ],
    },
  }
}

const faded = (colour: string, share: number): string =>
  colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`)

const HOUR_S = 3_600
const DAY_S = 24 * HOUR_S
const TIME = new Intl.DateTimeFormat(language, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const SECONDS = new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' })
const DAY = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })

function sayTime(at: number, stepSeconds: number): string {
  const date = new Date(at * 1_000)
  if (stepSeconds >= DAY_S) return DAY.format(date)
  if (stepSeconds < 60) return SECONDS.format(date)
  return date.getHours() === 0 && date.getMinutes() === 0 ? DAY.format(date) : TIME.format(date)
}

function drawMarks(u: uPlot, { marks, from, to }: CanvasProps, colourOf: Colours): void {
  const { ctx, bbox } = u
  const ratio = uPlot.pxRatio
  ctx.save()
  for (const { at, kind } of marks) {
    const time = Date.parse(at) / 1_000
    if (time < from || time > to) continue
    const x = Math.round(u.valToPos(time, 'x', true)) + 0.5
    const colour = colourOf(MARK_TONE[kind])
    ctx.strokeStyle = faded(colour, 0.75)
    ctx.fillStyle = colour
    ctx.lineWidth = ratio
    ctx.setLineDash([3 * ratio, 3 * ratio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.beginPath()
    ctx.moveTo(x - 4 * ratio, bbox.top - 4 * ratio)
    ctx.lineTo(x + 4 * ratio, bbox.top - 4 * ratio)
    ctx.lineTo(x, bbox.top + 3 * ratio)
    ctx.fill()
  }
  ctx.restore()
}

function drawLimit(u: uPlot, { limit }: CanvasProps, colourOf: Colours): void {
  if (limit === undefined) return
  const { ctx, bbox } = u
  const y = Math.round(u.valToPos(limit, 'y', true)) + 0.5
  ctx.save()
  ctx.strokeStyle = colourOf('bad')
  ctx.lineWidth = 1.5 * uPlot.pxRatio
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}
