import type { MetricQuery, MetricReply, MetricSeries, MetricUnit } from '@vastrox/shared/metric.ts'
import {
  type Arguments,
  type Command,
  numberOption,
  positional,
  UsageError,
} from '#commands/command.ts'
import { bytesOf, show, table } from '#commands/output.ts'

const MAX_HOURS = 92 * 24
const HOUR_MS = 3_600_000
const WIDTH = 32
const BARS = '▁▂▃▄▅▆▇█'

export const metricCommands: readonly Command[] = [
  {
    name: 'metrics',
    usage: '[app] [--hours 1] [--instances | --releases]',
    summary:
      'What was measured of an app, or of the machine where none is named; addons:metrics of a database',
    permission: 'app.read',
    options: {
      hours: { type: 'string' },
      instances: { type: 'boolean' },
      releases: { type: 'boolean' },
    },
    takes: [0, 1],
    async run(context, args) {
      const { instances, releases } = args.options
      if (instances === true && releases === true)
        throw new UsageError('Use --instances or --releases.')
      const [app] = args.positionals
      if (app === undefined && (instances === true || releases === true))
        throw new UsageError('Name the app whose instances or releases are meant.')
      const parts: MetricQuery['by'] = releases === true ? 'release' : 'app'
      const query = queryOf(args, instances === true ? 'instance' : parts)
      const metrics = await context.metrics()
      const reply =
        app === undefined
          ? metrics.ofNode(context.actor, 'local', query)
          : metrics.ofApp(context.actor, app, query)
      await show(context, reply, () => textOf(reply))
    },
  },
  {
    name: 'addons:metrics',
    usage: '<name> [--hours 1]',
    summary:
      'What was measured of a database: its connections, its size and what its container takes',
    permission: 'addon.read',
    options: { hours: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const query = queryOf(args, 'app')
      const reply = (await context.metrics()).ofAddon(context.actor, positional(args, 0), query)
      await show(context, reply, () => textOf(reply))
    },
  },
]

/** Of the last hour where nothing is said. */
function queryOf(args: Arguments, by: MetricQuery['by']): MetricQuery {
  const hours = numberOption(args, 'hours', 1)
  if (hours === undefined) return { points: WIDTH, by }
  if (hours > MAX_HOURS) throw new UsageError(`--hours from 1 to ${MAX_HOURS}.`)
  return { from: new Date(Date.now() - hours * HOUR_MS).toISOString(), points: WIDTH, by }
}

function textOf({ series, from, to }: MetricReply): string {
  const rows = series
    .filter(({ values }) => values.some((value) => value !== null))
    .map((one) => [
      nameOf(one),
      valueOf(one, lastOf(one)),
      valueOf(one, mostOf(one)),
      sparkline(one),
    ])
  if (rows.length === 0) return 'Nothing was measured in that time.\n'
  return table(['', 'now', 'most', `${from.slice(0, 16)} to ${to.slice(0, 16)} UTC`], rows)
}

const nameOf = ({ metric, of }: MetricSeries): string => (of === '' ? metric : `${of} ${metric}`)

const numbersOf = ({ values }: Pick<MetricSeries, 'values'>): number[] =>
  values.filter((value) => value !== null)

const lastOf = ({ values }: MetricSeries): number | null => values.at(-1) ?? null

const mostOf = ({ values, peaks }: MetricSeries): number =>
  Math.max(...numbersOf({ values }), ...numbersOf({ values: peaks ?? [] }))

/** A gap is a space. */
function sparkline(series: MetricSeries): string {
  const most = Math.max(...numbersOf(series))
  return series.values
    .map((value) => {
      if (value === null) return ' '
      if (most <= 0) return BARS[0]
      return BARS[Math.min(BARS.length - 1, Math.floor((value / most) * (BARS.length - 1) + 0.5))]
    })
    .join('')
}

const DIGITS = 3
const WORDS: Record<MetricUnit, (value: number) => string> = {
  bytes: (value) => bytesOf(value),
  'bytes/s': (value) => `${bytesOf(value)}/s`,
  cores: (value) => `${rounded(value)} cores`,
  percent: (value) => `${rounded(value)} %`,
  count: rounded,
  'per second': (value) => `${rounded(value)}/s`,
  ms: (value) => `${rounded(value)} ms`,
  days: (value) => `${rounded(value)} d`,
}

const valueOf = ({ unit }: MetricSeries, value: number | null): string =>
  value === null ? '-' : WORDS[unit](value)

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(DIGITS)))
}
