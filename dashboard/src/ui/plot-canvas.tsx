import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import { type PlotSeries, type PlotTone, stacked } from '#lib/plot-data.ts'
import { useScheme } from '#lib/use-scheme.ts'
import { type CanvasProps, type Colours, PLOT_HEIGHT, plotOptions } from '#ui/plot-options.ts'
import { PLOT_TEXT } from '#ui/plot-tone.ts'
// oxlint-disable-next-line import/no-unassigned-import -- vite makes it a stylesheet
import '#ui/plot.css'

const TONES: readonly PlotTone[] = [
  'good',
  'warn',
  'bad',
  'busy',
  'idle',
  'accent',
  'magenta',
  'ink',
]

/** The drawn part of a chart. Loaded when the first one is shown. */
export function PlotCanvas(props: CanvasProps) {
  const { series, unit, look, group, onZoom } = props
  const scheme = useScheme()
  const lines = series.map(({ name, tone, dashed }) => `${name} ${tone} ${dashed}`)
  // Anew where there are other lines or colours; new values alone are put in.
  const key = [scheme, unit, look, group, onZoom === undefined, ...lines].join('\n')
  return <Drawn key={key} {...props} />
}

function Drawn(props: CanvasProps) {
  const { times, series, look, chosen, from, to, marks, limit, atLeast } = props
  const box = useRef<HTMLDivElement>(null)
  const colours = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const live = useRef(props)
  const shown = useMemo(
    () => ({ data: dataOf(times, series, look), from, to, marks, limit, atLeast }),
    [times, series, look, from, to, marks, limit, atLeast],
  )
  const first = useRef(shown.data)

  useEffect(() => {
    live.current = props
  })

  useEffect(() => {
    const at = box.current
    const probe = colours.current
    if (!at || !probe) return undefined
    const width = (): number => Math.max(120, at.clientWidth)
    const options = plotOptions(width(), colourReader(probe), () => live.current)
    const made = new uPlot(options, first.current, at)
    plot.current = made
    const watch = new ResizeObserver(() => made.setSize({ width: width(), height: PLOT_HEIGHT }))
    watch.observe(at)
    return () => {
      watch.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [])

  useEffect(() => {
    plot.current?.setData(shown.data)
  }, [shown])

  useEffect(() => {
    const made = plot.current
    const time = chosen === undefined ? undefined : times[chosen]
    if (!made || time === undefined) return
    made.setCursor({ left: made.valToPos(time, 'x'), top: 1 })
  }, [chosen, times])

  return (
    <>
      <div ref={box} aria-hidden className="h-42 overflow-hidden" />
      <div ref={colours} hidden>
        {TONES.map((tone) => (
          <span key={tone} data-tone={tone} className={PLOT_TEXT[tone]} />
        ))}
        <span data-tone="line" className="text-line" />
      </div>
    </>
  )
}

/** The colours as the style sheet has them at this moment. */
const colourReader =
  (probe: HTMLElement): Colours =>
  (tone) => {
    const element = probe.querySelector(`[data-tone="${tone}"]`)
    return element ? getComputedStyle(element).color : 'gray'
  }

function dataOf(
  times: readonly number[],
  series: readonly PlotSeries[],
  look: 'lines' | 'stack',
): uPlot.AlignedData {
  const lines = look === 'stack' ? stacked(series) : series.map(({ values }) => [...values])
  return [[...times], ...lines]
}
