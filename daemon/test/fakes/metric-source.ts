import type { SeriesName } from '@vastrox/shared/metric.ts'
import type { MetricSource } from '#core/alerts/metric-source.ts'
import type { FakeClock } from '#test/fakes/clock.ts'

const TICK_MS = 15_000

/** Series that a test sets; each tick passes a quarter of a minute and tells of them. */
export function createFakeMetricSource(clock: FakeClock) {
  const values = new Map<SeriesName, number>()
  const history = new Map<SeriesName, readonly (number | null)[]>()
  const listeners = new Set<Parameters<MetricSource['onTick']>[0]>()
  const all = function* (prefix: string): Generator<[SeriesName, number]> {
    for (const [series, value] of values) if (series.startsWith(prefix)) yield [series, value]
  }
  const source: MetricSource = {
    onTick(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    history: async (series) => history.get(series) ?? [],
  }

  async function tick(): Promise<void> {
    for (const listener of listeners) listener(clock.now(), (series) => values.get(series), all)
    await clock.pass(TICK_MS)
  }

  return {
    source,
    history,
    set(of: Readonly<Record<SeriesName, number | undefined>>): void {
      for (const [series, value] of Object.entries(of))
        if (value === undefined) values.delete(series)
        else values.set(series, value)
    },
    /** Lets so much time pass, with a tick every quarter of a minute. */
    async pass(ms: number): Promise<void> {
      for (let at = 0; at < ms; at += TICK_MS) await tick()
    },
  }
}
export type FakeMetricSource = ReturnType<typeof createFakeMetricSource>
