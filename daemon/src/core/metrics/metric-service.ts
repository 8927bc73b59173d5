import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  ADDON_METRICS,
  CONTAINER_METRICS,
  DISK_METRICS,
  EDGE_METRICS,
  type MetricMark,
  type MetricQuery,
  type MetricReply,
  type MetricSeries,
  type MetricUnit,
  NETWORK_METRICS,
  NODE_METRICS,
  PLATFORM_METRICS,
  UPTIME_METRICS,
} from '@vastrox/shared/metric.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import { addedUp } from '#core/metrics/added-up.ts'
import { alertMarks, appMarks } from '#core/metrics/marks.ts'
import type { MetricBook } from '#core/metrics/metric-book.ts'
import { PERCENTILES, TIMES } from '#core/metrics/metric-kinds.ts'
import { ceilTo, floorTo, LONGEST_MS, resolutionFor } from '#core/metrics/resolutions.ts'
import { type Shown, shownColumns } from '#core/metrics/shown-columns.ts'
import type { Clock } from '#ports/clock.ts'
import type { AddonStore } from '#store/addon-store.ts'
import type { AppRecord } from '#store/app-store.ts'
import type { MarkStore } from '#store/mark-store.ts'
import type { MetricsStore } from '#store/metrics-store.ts'
import type { RouteStore } from '#store/route-store.ts'
import type { UptimeStore } from '#store/uptime-store.ts'

export interface MetricServiceDeps {
  book: MetricBook
  store: Pick<MetricsStore, 'listSubjects'>
  apps: AppFinder
  addons: Pick<AddonStore, 'findByName'>
  routes: Pick<RouteStore, 'listForAppForPlatform'>
  marks: MarkStore
  checks: Pick<UptimeStore, 'find'>
  nodeName: string
  clock: Clock
}

/** A subject on a chart: whose it is, and what there may be of it. */
interface Line {
  subject: string
  of: string
  metrics: Readonly<Record<string, { unit: MetricUnit }>>
}

const HOUR_MS = 3_600_000
const MAX_SERIES = 500
const MAX_LINES = 200

/** Charts: what was measured of apps, add-ons, nodes and the platform. */
export function createMetricService(deps: MetricServiceDeps) {
  const { book, store, nodeName } = deps

  function spanOf(query: MetricQuery) {
    const now = deps.clock.now().getTime()
    const until = Math.min(now, query.to === undefined ? now : Date.parse(query.to))
    const asked = query.from === undefined ? until - HOUR_MS : Date.parse(query.from)
    // A place is made for each step: further back there is nothing to put there.
    const begin = Math.max(asked, now - LONGEST_MS)
    if (begin >= until)
      throw new CodedError('REQUEST_INVALID', {
        reason: '`from` is not before `to`, or not in the past, or nothing is kept for so long.',
      })
    const { resolution, stepMs } = resolutionFor(begin, until, query.points, now)
    const from = floorTo(begin, stepMs)
    const known = Math.min(until, Math.max(from, book.knownUntil()))
    return { resolution, stepMs, from, to: Math.max(from + stepMs, ceilTo(known, stepMs)) }
  }
  type Span = ReturnType<typeof spanOf>

  function readLines(lines: readonly Line[], span: Span, wanted: Wanted): Map<string, Shown>[] {
    const some = lines.slice(0, MAX_LINES)
    return book
      .readSeries(
        some.map(({ subject }) => subject),
        span,
        wanted?.kept,
      )
      .map((columns) => shownColumns(columns, { ...span, knownUntil: book.knownUntil() }))
  }

  function seriesOf(
    { of, metrics }: Omit<Line, 'subject'>,
    shown: Map<string, Shown>,
    wanted: Wanted,
  ) {
    return Object.entries(metrics).flatMap(([metric, { unit }]): MetricSeries[] => {
      const found = shown.get(metric)
      if (!found || wanted?.shown.has(metric) === false) return []
      return [{ metric, of, unit, ...found }]
    })
  }

  const reply = (span: Span, series: MetricSeries[], marks: MetricMark[]): MetricReply => ({
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    stepMs: span.stepMs,
    times: Array.from(
      { length: Math.round((span.to - span.from) / span.stepMs) },
      (_, at) => (span.from + at * span.stepMs) / 1_000,
    ),
    series: series.slice(0, MAX_SERIES),
    marks,
  })

  function chart(
    query: MetricQuery,
    lines: readonly Line[],
    marksOf: (span: Span) => MetricMark[],
  ) {
    const span = spanOf(query)
    const wanted = wantedBy(query)
    const series = readLines(lines, span, wanted).flatMap((shown, at) => {
      const line = lines[at]
      return line ? seriesOf(line, shown, wanted) : []
    })
    return reply(span, series, marksOf(span))
  }

  const instancesOf = (app: AppRecord): Line[] =>
    store.listSubjects(`app:${app.id}/`).map((subject) => ({
      subject,
      of: subject.slice(`app:${app.id}/`.length),
      metrics: CONTAINER_METRICS,
    }))

  const edgeOf = (app: AppRecord): Line => ({
    subject: `edge:${app.id}`,
    of: '',
    metrics: EDGE_METRICS,
  })

  function partsOf(app: AppRecord, kind: 'release' | 'route'): Line[] {
    const prefix = `edge:${app.id}/${kind}.`
    const hosts = new Map(
      deps.routes
        .listForAppForPlatform(app.id)
        .map(({ id, host, pathPrefix }) => [id, `${host}${pathPrefix}`]),
    )
    return store.listSubjects(prefix).flatMap((subject) => {
      const name = subject.slice(prefix.length)
      // A route that is gone has no name any more that somebody would know.
      const of = kind === 'release' ? releaseName(name) : hosts.get(name)
      return of === undefined ? [] : [{ subject, of, metrics: EDGE_METRICS }]
    })
  }

  const marksOf =
    (app: AppRecord) =>
    ({ from, to }: Span): MetricMark[] =>
      appMarks(deps.marks, app, from, to)

  function ofWholeApp(app: AppRecord, query: MetricQuery): MetricReply {
    const span = spanOf(query)
    const wanted = wantedBy(query)
    const instances = addedUp(readLines(instancesOf(app), span, wanted))
    const [edge = new Map<string, Shown>()] = readLines([edgeOf(app)], span, wanted)
    return reply(
      span,
      [
        ...seriesOf({ of: '', metrics: CONTAINER_METRICS }, instances, wanted),
        ...seriesOf(edgeOf(app), edge, wanted),
      ],
      marksOf(app)(span),
    )
  }

  return {
    ofApp(actor: Actor, name: string, query: MetricQuery): MetricReply {
      const app = deps.apps.find(actor, name)
      mustBeAble(actor, 'app.read', app.id)
      if (query.by === 'app') return ofWholeApp(app, query)
      const lines = query.by === 'instance' ? instancesOf(app) : partsOf(app, query.by)
      return chart(query, lines, marksOf(app))
    },

    ofAddon(actor: Actor, name: string, query: MetricQuery): MetricReply {
      mustBeAble(actor, 'addon.read')
      const addon = deps.addons.findByName(actor, name)
      if (!addon) throw new CodedError('ADDON_NOT_FOUND', { name })
      const line = { subject: `addon:${addon.id}`, of: '', metrics: ADDON_METRICS }
      const about = { kinds: ['addon'], subject: addon.id }
      return chart(query, [line], (span) => alertMarks(deps.marks, actor.teamId, about, span))
    },

    ofNode(actor: Actor, name: string, query: MetricQuery): MetricReply {
      mustBeAble(actor, 'node.read')
      if (name !== nodeName) throw new CodedError('NODE_NOT_FOUND', { name })
      const parts = (kind: 'disk' | 'net', metrics: Line['metrics']): Line[] =>
        store.listSubjects(`${kind}:${name}/`).map((subject) => ({
          subject,
          of: subject.slice(`${kind}:${name}/`.length),
          metrics,
        }))
      const lines = [
        { subject: `node:${name}`, of: '', metrics: NODE_METRICS },
        ...parts('disk', DISK_METRICS),
        ...parts('net', NETWORK_METRICS),
      ]
      const about = { kinds: ['node', 'disk'] }
      return chart(query, lines, (span) => alertMarks(deps.marks, actor.teamId, about, span))
    },

    ofUptimeCheck(actor: Actor, id: string, query: MetricQuery): MetricReply {
      mustBeAble(actor, 'uptime.read')
      if (!deps.checks.find(actor, id)) throw new CodedError('UPTIME_CHECK_NOT_FOUND', { id })
      const line = { subject: `uptime:${id}`, of: '', metrics: UPTIME_METRICS }
      const about = { kinds: ['uptime'], subject: id }
      return chart(query, [line], (span) => alertMarks(deps.marks, actor.teamId, about, span))
    },

    ofPlatform(actor: Actor, query: MetricQuery): MetricReply {
      mustBeAble(actor, 'node.read')
      const lines = store.listSubjects('platform:').map((subject) => ({
        subject,
        of: subject.slice('platform:'.length),
        metrics: PLATFORM_METRICS,
      }))
      const about = { kinds: ['platform'] }
      return chart(query, lines, (span) => alertMarks(deps.marks, actor.teamId, about, span))
    },
  }
}
export type MetricService = ReturnType<typeof createMetricService>

type Wanted = { shown: ReadonlySet<string>; kept: ReadonlySet<string> } | undefined

/** What has to be read for what is to be shown. */
function wantedBy({ metrics }: MetricQuery): Wanted {
  if (metrics === undefined) return undefined
  const shown = new Set(metrics.split(','))
  const kept = new Set(shown)
  if (Object.keys(PERCENTILES).some((name) => shown.has(name))) kept.add(TIMES)
  if (shown.has('errorRate'))
    for (const name of ['requests', 'serverErrors', 'gone']) kept.add(name)
  return { shown, kept }
}

const releaseName = (number: string): string =>
  number === '0' ? 'the proxy itself' : `release ${number}`
