import { decodeBlock, encodeBlock } from '#store/metrics-block-code.ts'
import {
  type Column,
  type Columns,
  columnOf,
  type MetricKind,
  type MetricValue,
  type StepValues,
} from '#store/metrics-columns.ts'
import { isUnusable, openMetricsFile, setAside } from '#store/metrics-database.ts'
import { createMetricNames } from '#store/metrics-names.ts'
import { encodeTick, readTick, subjectsOf } from '#store/metrics-tick-code.ts'

export interface Tick {
  /** Beginning of the step, in milliseconds. */
  at: number
  values: StepValues
}

/** One of a worker of the proxy, by name. */
export interface Report {
  source: string
  number: number
}

/** What ticks are made of. */
export interface Kept {
  /** Time of the newest sample. */
  lastSample?: string | undefined
  reports: readonly Report[]
}

/** As it lies in the database. */
export interface HeldTick {
  at: number
  data: Buffer
}

interface Deps {
  path: string
  kindOf: (subject: string, metric: string) => MetricKind
  addTimes: (one: readonly number[], other: readonly number[]) => readonly number[]
  /** It could not be read, was set aside and begun anew. */
  onBegunAnew: (aside: string, error: unknown) => void
}

const MAX_SUBJECTS = 10_000
const LAST_SAMPLE = 'last-sample'

/** Samples by step and blocks of them, in a database of their own. What is not there is a gap. */
export function createMetricsStore(deps: Deps) {
  const { path, onBegunAnew } = deps
  let inner = openInner()

  function openInner(): Inner {
    try {
      return createInner(deps)
    } catch (error) {
      if (!isUnusable(error)) throw error
      onBegunAnew(setAside(path), error)
      return createInner(deps)
    }
  }

  /** Damage shows when a page is met that has it. */
  function guarded<T>(work: (inner: Inner) => T): T {
    try {
      return work(inner)
    } catch (error) {
      if (!isUnusable(error)) throw error
      inner.close()
      onBegunAnew(setAside(path), error)
      inner = createInner(deps)
      return work(inner)
    }
  }

  return {
    /** In one write, with what they are made of. Adds to what the steps have. */
    addTicks: (ticks: readonly Tick[], kept: Kept): void =>
      guarded((of) => of.addTicks(ticks, kept)),
    /** True for a report that is in what was written. */
    hasReport: (report: Report): boolean => guarded((of) => of.hasReport(report)),
    /** Nobody sends them again. */
    forgetReports: (before: number): void => guarded((of) => of.forgetReports(before)),
    lastSample: (): string | undefined => guarded((of) => of.lastSample()),
    /** Those whose name begins so, by name, at most 10,000. */
    listSubjects: (prefix: string): string[] => guarded((of) => of.listSubjects(prefix)),
    /** The beginning of the oldest step that is in no block yet. */
    oldestTick: (): number | undefined => guarded((of) => of.oldestTick()),
    /** Steps that are in no block yet, of these subjects; `from` to before `to`. */
    readTicks: (subjects: readonly string[], from: number, to: number): Columns[] =>
      guarded((of) => of.readTicks(subjects, from, to)),
    /** Everything between the two at once, to be read by subject; held until it is let go. */
    holdTicks: (from: number, to: number) => guarded((of) => of.holdTicks(from, to)),
    /** Those that still are what was held: to one that has got more since, more is to be done. */
    removeTicks: (held: readonly HeldTick[]): void => guarded((of) => of.removeTicks(held)),
    /** undefined: there is none. Without `metrics` all columns. */
    readBlocks: (
      subject: string,
      resolution: number,
      from: number,
      to: number,
      metrics?: ReadonlySet<string>,
    ): { at: number; steps: number; columns: Columns }[] =>
      guarded((of) => of.readBlocks(subject, resolution, from, to, metrics)),
    saveBlocks: (
      subject: string,
      blocks: readonly { resolution: number; at: number; columns: Columns }[],
    ): void => guarded((of) => of.saveBlocks(subject, blocks)),
    /** Blocks of a resolution that began before, at most so many at a time; how many went. */
    removeBlocks: (resolution: number, before: number, limit: number): number =>
      guarded((of) => of.removeBlocks(resolution, before, limit)),
    /** Subjects of which nothing is left, and nothing was added since. */
    forgetSubjects: (before: number): void => guarded((of) => of.forgetSubjects(before)),
    bytes: (): number => guarded((of) => of.bytes()),
    close: (): void => inner.close(),
  }
}
export type MetricsStore = ReturnType<typeof createMetricsStore>

const STEP_MS = 15_000

function createInner({ path, kindOf, addTimes }: Deps) {
  const addValues = createAddValues(addTimes)
  const db = openMetricsFile(path)
  const names = createMetricNames(db)
  const findTick = db.prepare<[number], Buffer>('SELECT data FROM tick WHERE at = ?').pluck()
  const saveTick = db.prepare<[number, Buffer]>(
    'INSERT INTO tick (at, data) VALUES (?, ?) ON CONFLICT (at) DO UPDATE SET data = excluded.data',
  )
  const ticksBetween = db.prepare<[number, number], HeldTick>(
    'SELECT at, data FROM tick WHERE at >= ? AND at < ? ORDER BY at',
  )
  const oldestTick = db.prepare<[], number | null>('SELECT min(at) FROM tick').pluck()
  const removeTick = db.prepare<[number, Buffer]>('DELETE FROM tick WHERE at = ? AND data = ?')
  const findMeta = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const saveMeta = db.prepare<[string, string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const findReport = db
    .prepare<[string, number], number>('SELECT 1 FROM report WHERE source = ? AND number = ?')
    .pluck()
  const saveReport = db.prepare<[string, number, number]>(
    'INSERT INTO report (source, number, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const forgetReports = db.prepare<[number]>('DELETE FROM report WHERE at < ?')
  const blocksBetween = db.prepare<[number, number, number, number], { at: number; data: Buffer }>(
    'SELECT at, data FROM block WHERE subject = ? AND resolution = ? AND at >= ? AND at < ? ORDER BY at',
  )
  const saveBlock = db.prepare<[number, number, number, Buffer]>(
    `INSERT INTO block (subject, resolution, at, data) VALUES (?, ?, ?, ?)
     ON CONFLICT (subject, resolution, at) DO UPDATE SET data = excluded.data`,
  )
  const seen = db.prepare<[number, number]>('UPDATE subject SET seen_at = ? WHERE id = ?')
  const removeBlocks = db.prepare<[number, number, number]>(
    `DELETE FROM block WHERE id IN
     (SELECT id FROM block WHERE resolution = ? AND at < ? ORDER BY at LIMIT ?)`,
  )
  const forget = db.prepare<[number]>(
    `DELETE FROM subject WHERE seen_at < ?
     AND NOT EXISTS (SELECT 1 FROM block WHERE block.subject = subject.id)`,
  )
  const nameOfSubject = db
    .prepare<[number], string>('SELECT name FROM subject WHERE id = ?')
    .pluck()

  function addTick({ at, values }: Tick): void {
    const before = findTick.get(at)
    const merged = before ? mergedWith(before, at, values) : numbered(at, values)
    saveTick.run(at, encodeTick([...merged].map(([subject, of]) => ({ subject, values: [...of] }))))
  }

  function numbered(at: number, values: StepValues): Map<number, Map<number, MetricValue>> {
    const all = new Map<number, Map<number, MetricValue>>()
    for (const [subject, metrics] of values) {
      const of = new Map<number, MetricValue>()
      for (const [metric, value] of metrics)
        of.set(names.metricOf(metric, kindOf(subject, metric)), value)
      if (of.size > 0) all.set(names.subjectOf(subject, at), of)
    }
    return all
  }

  /** What comes late to a step that is written. */
  function mergedWith(
    before: Buffer,
    at: number,
    values: StepValues,
  ): Map<number, Map<number, MetricValue>> {
    const all = numbered(at, values)
    for (const subject of subjectsOf(before)) {
      const late = all.get(subject)
      const of = new Map<number, MetricValue>()
      readTick(before, subject, (metric, value) => of.set(metric, value))
      for (const [metric, value] of late ?? [])
        of.set(metric, addValues(names.kindOf(metric), of.get(metric), value))
      all.set(subject, of)
    }
    return all
  }

  function readInto(
    columns: Columns,
    tick: Buffer,
    subject: number,
    step: number,
    steps: number,
  ): void {
    readTick(tick, subject, (metric, value) => {
      const name = names.metricName(metric)
      if (name === undefined) return
      const column = columnOf(columns, name, names.kindOf(metric), steps)
      if (typeof value === 'number') column.values[step] = value
      else if (column.histograms) column.histograms[step] = value
    })
  }

  function stepsBetween(from: number, to: number): number {
    return Math.max(0, Math.ceil((to - from) / STEP_MS))
  }

  function transact(work: () => void): void {
    try {
      db.transaction(work).immediate()
    } catch (error) {
      names.forget()
      throw error
    }
  }

  return {
    addTicks(ticks: readonly Tick[], { lastSample, reports }: Kept): void {
      transact(() => {
        for (const tick of ticks) addTick(tick)
        const at = ticks.at(-1)?.at ?? 0
        for (const { source, number } of reports) saveReport.run(source, number, at)
        if (lastSample !== undefined) saveMeta.run(LAST_SAMPLE, lastSample)
      })
    },
    hasReport: ({ source, number }: Report): boolean => findReport.get(source, number) === 1,
    forgetReports: (before: number): void => void forgetReports.run(before),
    lastSample: (): string | undefined => findMeta.get(LAST_SAMPLE),
    listSubjects: (prefix: string): string[] => names.listSubjects(prefix, MAX_SUBJECTS),
    oldestTick: (): number | undefined => oldestTick.get() ?? undefined,

    readTicks(subjects: readonly string[], from: number, to: number): Columns[] {
      const wanted = subjects.map((name) => ({
        id: names.findSubject(name),
        columns: new Map<string, Column>(),
      }))
      const steps = stepsBetween(from, to)
      for (const { at, data } of ticksBetween.iterate(from, to))
        for (const { id, columns } of wanted)
          if (id !== undefined) readInto(columns, data, id, (at - from) / STEP_MS, steps)
      return wanted.map(({ columns }) => columns)
    },

    holdTicks(from: number, to: number) {
      const held = ticksBetween.all(from, to)
      const ids = new Set(held.flatMap(({ data }) => subjectsOf(data)))
      const found = new Map([...ids].map((id) => [nameOfSubject.get(id), id]))
      const steps = stepsBetween(from, to)
      return {
        ticks: held,
        subjects: [...found.keys()].filter((name) => name !== undefined),
        columnsOf: (subject: string): Columns => {
          const columns: Columns = new Map()
          const id = found.get(subject)
          if (id !== undefined)
            for (const { at, data } of held)
              readInto(columns, data, id, (at - from) / STEP_MS, steps)
          return columns
        },
      }
    },
    removeTicks: (held: readonly HeldTick[]): void =>
      transact(() => {
        for (const { at, data } of held) removeTick.run(at, data)
      }),

    readBlocks(
      subject: string,
      resolution: number,
      from: number,
      to: number,
      metrics?: ReadonlySet<string>,
    ) {
      const id = names.findSubject(subject)
      if (id === undefined) return []
      return blocksBetween.all(id, resolution, from, to).map(({ at, data }) => {
        const { steps, columns } = decodeBlock(data, (metric) => {
          const name = names.metricName(metric)
          return name !== undefined && (metrics?.has(name) ?? true)
        })
        return {
          at,
          steps,
          columns: new Map(
            [...columns].map(([metric, column]) => [names.metricName(metric) ?? '', column]),
          ),
        }
      })
    },

    saveBlocks(
      subject: string,
      blocks: readonly { resolution: number; at: number; columns: Columns }[],
    ): void {
      transact(() => {
        const at = Math.max(0, ...blocks.map((block) => block.at))
        const id = names.subjectOf(subject, at)
        seen.run(at, id)
        for (const { resolution, at: begin, columns } of blocks) {
          const numbers = [...columns].map(
            ([name, column]) => [names.metricOf(name, column.kind), column] as const,
          )
          saveBlock.run(id, resolution, begin, encodeBlock(numbers))
        }
      })
    },

    removeBlocks: (resolution: number, before: number, limit: number): number =>
      removeBlocks.run(resolution, before, limit).changes,
    forgetSubjects(before: number): void {
      forget.run(before)
      names.forget()
    },

    bytes: (): number =>
      Number(db.pragma('page_count', { simple: true })) *
      Number(db.pragma('page_size', { simple: true })),
    close: (): void => void db.close(),
  }
}
type Inner = ReturnType<typeof createInner>

const createAddValues =
  (addTimes: Deps['addTimes']) =>
  (kind: MetricKind, before: MetricValue | undefined, more: MetricValue): MetricValue => {
    if (before === undefined || kind === 'gauge') return more
    return typeof before === 'number' || typeof more === 'number'
      ? Number(before) + Number(more)
      : addTimes(before, more)
  }
