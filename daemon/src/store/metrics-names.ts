import { METRIC_KINDS, type MetricKind } from '#store/metrics-columns.ts'
import type { MetricsDatabase } from '#store/metrics-database.ts'

/** Names of subjects and metrics, and the numbers that stand for them. */
export function createMetricNames(db: MetricsDatabase) {
  const addSubject = db.prepare<[string, number]>(
    'INSERT INTO subject (name, seen_at) VALUES (?, ?)',
  )
  const findSubject = db.prepare<[string], number>('SELECT id FROM subject WHERE name = ?').pluck()
  const listSubjects = db
    .prepare<[string, string, number], string>(
      'SELECT name FROM subject WHERE name >= ? AND name < ? ORDER BY name LIMIT ?',
    )
    .pluck()
  const addMetric = db.prepare<[number, string]>('INSERT INTO metric (id, name) VALUES (?, ?)')

  /** A few dozen; read once. */
  const metrics = new Map<number, string>()
  const numbers = new Map<string, number>()
  const listMetrics = db.prepare<[], { id: number; name: string }>('SELECT id, name FROM metric')
  readMetrics()

  function readMetrics(): void {
    metrics.clear()
    numbers.clear()
    for (const { id, name } of listMetrics.all()) noteMetric(id, name)
  }

  /** Of subjects that were asked for; a few hundred, asked for every 15 s. */
  const subjects = new Map<string, number>()

  function noteMetric(id: number, name: string): void {
    metrics.set(id, name)
    numbers.set(keyOf(name, kindOf(id)), id)
  }

  return {
    /** undefined where nothing was ever measured of it. */
    findSubject: (name: string): number | undefined => findSubject.get(name),
    subjectOf(name: string, at: number): number {
      const known = subjects.get(name)
      if (known !== undefined) return known
      const id = findSubject.get(name) ?? Number(addSubject.run(name, at).lastInsertRowid)
      if (subjects.size >= MOST_KNOWN) subjects.clear()
      subjects.set(name, id)
      return id
    },
    listSubjects: (prefix: string, limit: number): string[] =>
      listSubjects.all(prefix, `${prefix}\u{10FFFF}`, limit),

    metricOf(name: string, kind: MetricKind): number {
      const known = numbers.get(keyOf(name, kind))
      if (known !== undefined) return known
      const serial = Math.max(0, ...[...metrics.keys()].map((id) => Math.floor(id / 4))) + 1
      const id = serial * METRIC_KINDS.length + METRIC_KINDS.indexOf(kind)
      addMetric.run(id, name)
      noteMetric(id, name)
      return id
    },
    /** Where subjects were removed, or a write of new ones was undone. */
    forget(): void {
      subjects.clear()
      readMetrics()
    },
    metricName: (id: number): string | undefined => metrics.get(id),
    kindOf,
  }
}
export type MetricNames = ReturnType<typeof createMetricNames>

const MOST_KNOWN = 10_000

const kindOf = (id: number): MetricKind => METRIC_KINDS[id % METRIC_KINDS.length] ?? 'gauge'
const keyOf = (name: string, kind: MetricKind): string => `${kind} ${name}`
