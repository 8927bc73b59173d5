import type { AlertCondition } from '@vastrox/shared/alert.ts'
import type { AlertBook } from '#core/alerts/alert-book.ts'
import type { AlsoCondition } from '#core/alerts/built-in-rules.ts'
import type { AllOf, Latest, MetricSource } from '#core/alerts/metric-source.ts'
import { type Reader, type ReaderDeps, readerOf } from '#core/alerts/readers.ts'
import type { Rule, RuleBook } from '#core/alerts/rule-book.ts'
import { createWatch, type Watch } from '#core/alerts/watch.ts'
import type { Watched, WatchedSubjects } from '#core/alerts/watched.ts'
import type { AlertRecord } from '#store/alert-store.ts'

interface Deps {
  source: MetricSource
  book: AlertBook
  rules: RuleBook
  watched: WatchedSubjects
  usual: ReaderDeps
  onProblem: (what: string, error: unknown) => void
}

/** What is new is found within a minute. */
const DISCOVER_EVERY = 4
const FORGET_AFTER_MS = 30 * 60_000
/** By rules of a team's own; beyond it what is new is not watched. Built-in ones always watch. */
const MOST_OWN_WATCHES = 5_000

const PREFIXES = ['app:', 'edge:', 'node:', 'disk:', 'addon:', 'platform:', 'uptime:'] as const
type Of = AlertCondition['of']
const OF_PREFIX: Readonly<Record<string, readonly Of[]>> = {
  'app:': ['app', 'instance'],
  'edge:': ['edge'],
  'node:': ['node'],
  'disk:': ['disk'],
  'addon:': ['addon'],
  'platform:': ['platform'],
  'uptime:': ['uptime'],
}

/**
 * Looks at every rule over a metric with each tick of the metric book. What is to be looked at is worked
 * out once a minute; a tick itself reads numbers and compares them.
 */
export function createEvaluator({ source, book, rules, watched, usual, onProblem }: Deps) {
  let watches = new Map<string, Watch>()
  let ticks = 0
  let revision = -1
  let firstAt = 0

  /** Subjects that were measured, by prefix: each once. */
  function subjectsOf(prefix: string, all: AllOf): Set<string> {
    const subjects = new Set<string>()
    for (const [series] of all(prefix)) {
      const subject = series.slice(0, series.lastIndexOf('/'))
      if (prefix !== 'edge:' || !subject.includes('/')) subjects.add(subject)
    }
    return subjects
  }

  function discover(all: AllOf, at: number): void {
    revision = rules.revision()
    const next = keepLiving(at)
    const own = countOwn(next)
    for (const prefix of PREFIXES) {
      const subjects = subjectsOf(prefix, all)
      for (const of of OF_PREFIX[prefix] ?? []) addWatches(next, own, of, subjects, at)
    }
    watches = next
    endOrphans(at)
  }

  /** What watches by a rule as it is still goes on with what it knows, whatever others are changed. */
  function keepLiving(at: number): Map<string, Watch> {
    const known = new Map<Rule, boolean>()
    function isSame({ teamId, rule }: Watch): boolean {
      const now = rules.find(teamId, rule.id)
      return now === rule || JSON.stringify(now) === JSON.stringify(rule)
    }
    return new Map(
      [...watches].filter(([, watch]) => {
        const same = known.get(watch.rule) ?? isSame(watch)
        known.set(watch.rule, same)
        return (
          same &&
          (watch.missingMs(at) < FORGET_AFTER_MS ||
            book.find(watch.teamId, watch.key) !== undefined)
        )
      }),
    )
  }

  function countOwn(kept: ReadonlyMap<string, Watch>): Map<string, number> {
    const own = new Map<string, number>()
    for (const { teamId, rule } of kept.values())
      if (!rule.isBuiltIn) own.set(teamId, (own.get(teamId) ?? 0) + 1)
    return own
  }

  function addWatches(
    into: Map<string, Watch>,
    own: Map<string, number>,
    of: Of,
    subjects: ReadonlySet<string>,
    at: number,
  ): void {
    const byApp =
      of === 'app' || of === 'instance'
        ? Map.groupBy(subjects, (subject) => subject.slice(0, subject.indexOf('/')))
        : undefined
    const add = (who: Watched, rule: Rule, place: string, parts: readonly string[]): void => {
      const { condition } = rule
      const name = `${who.teamId}|${rule.id}:${place}`
      if (!condition) return
      const known = into.get(name)
      if (known) return known.readFrom(parts.join(), () => readerFor(condition, parts))
      if (!rule.isBuiltIn) {
        const count = own.get(who.teamId) ?? 0
        if (count >= MOST_OWN_WATCHES) return
        own.set(who.teamId, count + 1)
      }
      into.set(name, watchOf(who, rule, condition, `${rule.id}:${place}`, parts, at))
    }
    for (const [subject, parts] of byApp ?? []) {
      const app = watched.of(subject)
      if (!app) continue
      for (const rule of rulesOf(app, of)) {
        const isEach = rule.condition?.aggregate === 'each' && of === 'instance'
        if (!isEach) add(app, rule, subject, parts)
        else
          for (const part of parts) {
            const instance = watched.of(part)
            if (instance) add(instance, rule, part, [part])
          }
      }
    }
    if (byApp) return
    for (const subject of subjects) {
      const who = watched.of(subject)
      if (who) for (const rule of rulesOf(who, of)) add(who, rule, subject, [subject])
    }
  }

  const rulesOf = ({ teamId, appId }: Watched, of: Of): Rule[] =>
    rules
      .of(teamId)
      .filter(({ isOn, condition }) => isOn && condition?.of === of)
      .filter((rule) => rule.appId === null || rule.appId === appId)

  function watchOf(
    who: Watched,
    rule: Rule,
    condition: AlertCondition,
    key: string,
    parts: readonly string[],
    at: number,
  ): Watch {
    const { of } = condition
    const [only] = parts
    return createWatch(
      {
        rule,
        condition,
        key,
        who,
        parts: parts.join(),
        read: readerFor(condition, parts),
        also: rule.also && only !== undefined ? alsoOf(of, only, rule.also, usual) : undefined,
      },
      book,
      at,
    )
  }

  const readerFor = (
    { of, metric, minRequests, aggregate }: AlertCondition,
    parts: readonly string[],
  ): Reader =>
    foldOf(
      parts.map((part) => readerOf(of, part, metric, minRequests, usual)),
      aggregate,
    )

  /** Alerts over metrics that no rule watches any more, or whose app is gone or stopped, are over. */
  function endOrphans(at: number): void {
    const keys = new Set([...watches.values()].map(({ teamId, key }) => `${teamId}|${key}`))
    for (const record of book.listOpen()) {
      const rule = rules.find(record.teamId, record.rule)
      const isGone = isOfNothing(record, rule?.condition?.of)
      if (keys.has(`${record.teamId}|${record.key}`)) {
        if (isGone) book.end(record)
        continue
      }
      const isOfMetric = rule === undefined || rule.condition !== null
      if (!isOfMetric && rule.isOn) continue
      const isLate = record.appId !== null && at - firstAt > FORGET_AFTER_MS
      if (!rule?.isOn || isGone || isLate) book.end(record)
    }
  }

  /** Its app is gone or stopped, its add-on or its check is gone. */
  function isOfNothing({ appId, subject }: AlertRecord, of: Of | undefined): boolean {
    if (appId !== null) return !watched.ofApp(appId)
    return (of === 'addon' || of === 'uptime') && !watched.of(`${of}:${subject.id}`)
  }

  function tick(at: Date, latest: Latest, all: AllOf): void {
    try {
      const atMs = at.getTime()
      if (firstAt === 0) firstAt = atMs
      if (ticks % DISCOVER_EVERY === 0 || revision !== rules.revision()) discover(all, atMs)
      ticks += 1
      for (const watch of watches.values()) step(watch, latest, atMs)
    } catch (error) {
      onProblem('rules of alerts could not be looked at', error)
    }
  }

  /** One that fails keeps no other from being looked at. */
  function step(watch: Watch, latest: Latest, at: number): void {
    try {
      watch.step(latest, at)
    } catch (error) {
      onProblem(`the rule ${watch.rule.id} could not be looked at`, error)
    }
  }

  return {
    /** Gives the way to stop. */
    start: (): (() => void) => source.onTick(tick),
    /** How much is looked at with each tick. */
    size: (): number => watches.size,
  }
}
export type Evaluator = ReturnType<typeof createEvaluator>

/** One value of several: what is not measured does not count. */
function foldOf(readers: readonly Reader[], aggregate: AlertCondition['aggregate']): Reader {
  const [only, ...others] = readers
  if (only && others.length === 0) return only
  return (latest, at) => {
    let total = 0
    let count = 0
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    for (const read of readers) {
      const value = read(latest, at)
      if (value === undefined) continue
      total += value
      count += 1
      least = Math.min(least, value)
      most = Math.max(most, value)
    }
    if (count === 0) return undefined
    if (aggregate === 'sum') return total
    if (aggregate === 'avg') return total / count
    return aggregate === 'min' ? least : most
  }
}

function alsoOf(
  of: string,
  subject: string,
  { metric, is, limit }: AlsoCondition,
  usual: ReaderDeps,
): (latest: Latest, at: number) => boolean {
  const read = readerOf(of, subject, metric, undefined, usual)
  return (latest, at) => {
    const value = read(latest, at)
    return value === undefined || (is === 'above' ? value > limit : value < limit)
  }
}
