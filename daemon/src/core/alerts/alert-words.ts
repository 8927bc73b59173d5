import type { AlertCondition } from '@vastrox/shared/alert.ts'
import { CONDITION_METRICS } from '@vastrox/shared/alert-rule.ts'
import type { MetricUnit } from '@vastrox/shared/metric.ts'
import type { Rule } from '#core/alerts/rule-book.ts'

const KILO = 1_024
const MEGA = KILO ** 2
const GIGA = KILO ** 3

/** A value as people read it. */
export function sayValue(value: number, unit: MetricUnit): string {
  if (unit === 'bytes' || unit === 'bytes/s') return sayBytes(value, unit === 'bytes/s' ? '/s' : '')
  if (unit === 'ms' && value >= 10_000) return `${round(value / 1e3)} s`
  if (unit === 'count') return round(value)
  return `${round(value)} ${UNIT_WORDS[unit]}`
}

const UNIT_WORDS = {
  percent: '%',
  'per second': 'a second',
  ms: 'ms',
  days: 'days',
  cores: 'cores',
} as const

function sayBytes(value: number, per: string): string {
  if (Math.abs(value) >= GIGA) return `${round(value / GIGA)} GB${per}`
  if (Math.abs(value) >= MEGA) return `${round(value / MEGA)} MB${per}`
  return `${Math.round(value / KILO)} KB${per}`
}

const round = (value: number): string =>
  String(Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10)

export function sayFor(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1e3)} s`
  if (ms < 3_600_000 || ms % 3_600_000 !== 0) return `${Math.round(ms / 60_000)} min`
  return `${ms / 3_600_000} h`
}

const meaningOf = ({ of, metric }: AlertCondition) => CONDITION_METRICS[of]?.[metric]
export const unitOf = (condition: AlertCondition): MetricUnit =>
  meaningOf(condition)?.unit ?? 'count'

/** "p95 in percent of what is usual for the app above 300 % for 5 min, well again at 200 %" */
export function sayCondition(condition: AlertCondition): string {
  const { aggregate, is, limit, clearLimit, forMs, minRequests, metric } = condition
  const unit = unitOf(condition)
  const over = aggregate === 'each' ? '' : ` (${aggregate})`
  const words = meaningOf(condition)?.words ?? metric
  const during = forMs > 0 ? ` for ${sayFor(forMs)}` : ''
  const clear = clearLimit === undefined ? '' : `, well again at ${sayValue(clearLimit, unit)}`
  const least =
    minRequests === undefined ? '' : `, with ${round(minRequests)} requests a second at least`
  return `${words}${over} ${is} ${sayValue(limit, unit)}${during}${clear}${least}.`
}

/** All that a rule says of itself. */
export const sayRule = ({ words, condition }: Rule): string =>
  [words, condition === null ? '' : sayCondition(condition)].filter((part) => part !== '').join(' ')

type Say = (name: string, value: string) => { title: string; advice: string }

/** Of built-in rules: what is wrong, and what to do. */
const OF_BUILT_IN: Readonly<Record<string, Say>> = {
  'disk-forecast': (name, value) => ({
    title: `${name} will be full in ${value}`,
    advice: 'vastrox disk shows what takes it, vastrox disk:plan what can go.',
  }),
  'disk-low': (name, value) => ({
    title: `${name} is nearly full: ${value} of what deployments need is free`,
    advice: 'vastrox disk shows what takes it, vastrox disk:plan what can go.',
  }),
  'disk-full': (name) => ({
    title: `${name} is full: deployments are refused`,
    advice: 'vastrox disk:plan shows what can go; a bigger disk helps for longer.',
  }),
  inodes: (name, value) => ({
    title: `${name} has few inodes left: ${value} used`,
    advice: 'Many small files take them: look for caches and sessions in volumes.',
  }),
  'memory-low': (name, value) => ({
    title: `${name} is short of memory: ${value} left`,
    advice: 'Look which app takes it (its metrics), lower a limit or a scale, or add memory.',
  }),
  'swap-thrash': (name, value) => ({
    title: `${name} swaps in and out: ${value}`,
    advice: 'It has less memory than it works with: lower a scale, or add memory.',
  }),
  'cpu-steal': (name, value) => ({
    title: `${name} loses ${value} of its processor to its host`,
    advice: 'Others on the same host take it: ask the provider, or move.',
  }),
  'cpu-pressure': (name, value) => ({
    title: `${name} is overloaded: something waits for the processor ${value} of the time`,
    advice: 'Look which app takes it (its metrics); limits and scale share it out.',
  }),
  errors: (name, value) => ({
    title: `${name} answers ${value} of requests with an error`,
    advice: 'Its log says why; the release before is one command away: vastrox rollback.',
  }),
  latency: (name, value) => ({
    title: `${name} is slower than usual: ${value}`,
    advice: 'Its metrics show since when, and whether processor, memory or a database is short.',
  }),
  'memory-limit': (name, value) => ({
    title: `${name} is near its memory limit: ${value}`,
    advice: 'Raise its limit, or look whether it leaks: its metrics show the curve.',
  }),
}

/** Title and detail of an alert over a metric. */
export function sayFinding(
  rule: Pick<Rule, 'id' | 'name'>,
  condition: AlertCondition,
  name: string,
  value: number,
): { title: string; detail: string } {
  const unit = unitOf(condition)
  const said = sayValue(value, unit)
  const own = OF_BUILT_IN[rule.id]?.(name, said)
  const during = condition.forMs > 0 ? ` for ${sayFor(condition.forMs)}` : ''
  const words = meaningOf(condition)?.words ?? condition.metric
  const measured = `${words}: ${said}; it alerts ${condition.is} ${sayValue(condition.limit, unit)}${during}.`
  return {
    title: own?.title ?? `${rule.name}: ${name} is at ${said}`,
    detail: own ? `${measured} ${own.advice}` : measured,
  }
}
