import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCompactor } from '#core/metrics/compactor.ts'
import { kindOf } from '#core/metrics/metric-kinds.ts'
import { RESOLUTIONS } from '#core/metrics/resolutions.ts'
import { createSeriesReader } from '#core/metrics/series-reader.ts'
import { addTimes } from '#ports/edge-histogram.ts'
import { createMetricsStore, type Tick } from '#store/metrics-store.ts'
import { createFakeClock } from '#test/fakes/clock.ts'

const STEP_MS = 15_000
const HOUR_MS = 3_600_000
const START = Date.parse('2026-11-22T10:00:00.000Z')

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-metrics-'))
  path = join(folder, 'metrics.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function open() {
  const begunAnew: string[] = []
  const store = createMetricsStore({
    path,
    kindOf,
    addTimes,
    onBegunAnew: (aside) => begunAnew.push(aside),
  })
  return { store, begunAnew }
}

const tick = (
  at: number,
  metrics: Record<string, number | number[]>,
  subject = 'edge:a',
): Tick => ({
  at,
  values: new Map([[subject, new Map(Object.entries(metrics))]]),
})

describe('the metrics database', () => {
  it('adds what comes late to what a step has, and counts no report twice', () => {
    const { store } = open()
    const report = { source: 'w', number: 1 }
    store.addTicks([tick(START, { requests: 3, times: [5, 2], webSockets: 1 })], {
      reports: [report],
    })
    store.addTicks([tick(START, { requests: 4, times: [5, 1, 9, 1], webSockets: 2 })], {
      reports: [],
    })
    const columns = store.readTicks(['edge:a'], START, START + STEP_MS)[0]

    expect(columns?.get('requests')?.values).toEqual(new Float64Array([7]))
    expect(columns?.get('webSockets')?.values).toEqual(new Float64Array([2]))
    expect(columns?.get('times')?.histograms).toEqual([[5, 3, 9, 1]])
    expect(store.hasReport(report)).toBe(true)
    expect(store.hasReport({ source: 'w', number: 2 })).toBe(false)
    store.close()
  })

  it('is the same after an hour is put together, at every resolution, gaps as gaps', async () => {
    const { store } = open()
    const steps = HOUR_MS / STEP_MS
    const ticks = Array.from({ length: steps }, (_, at) =>
      tick(START + at * STEP_MS, { requests: at, times: [at % 3, 1], webSockets: 4 }),
    ).filter((_, at) => at < 100 || at >= 108)
    store.addTicks(ticks, { reports: [] })
    const clock = createFakeClock(new Date(START + 2 * HOUR_MS))
    const compactor = createCompactor({ store, clock: { ...clock, sleep: async () => {} } })
    const read = createSeriesReader({ store })
    const span = { from: START, to: START + HOUR_MS }
    const all = () =>
      RESOLUTIONS.map((resolution) =>
        read(['edge:a'], { ...span, resolution, stepMs: resolution.stepMs }),
      )
    const before = all()
    await compactor.run(new AbortController().signal)

    expect(store.oldestTick()).toBeUndefined()
    expect(all()).toEqual(before)
    const requests = before[0]?.[0]?.get('requests')?.values
    expect([...(requests?.slice(98, 110) ?? [])]).toEqual([
      98,
      99,
      NaN,
      NaN,
      NaN,
      NaN,
      NaN,
      NaN,
      NaN,
      NaN,
      108,
      109,
    ])
    expect(before[1]?.[0]?.get('requests')?.values[0]).toBe(0 + 1 + 2 + 3)
    expect(before[1]?.[0]?.get('requests')?.peaks?.[0]).toBe(3)
    store.close()
  })

  it('loses nothing that comes while an hour is put together', async () => {
    const { store } = open()
    store.addTicks([tick(START, { requests: 3 })], { reports: [] })
    const clock = createFakeClock(new Date(START + 2 * HOUR_MS))
    let isLate = true
    const compactor = createCompactor({
      store,
      clock: {
        ...clock,
        sleep: async () => {
          if (isLate) store.addTicks([tick(START, { requests: 4 })], { reports: [] })
          isLate = false
        },
      },
    })
    await compactor.run(new AbortController().signal)

    expect(store.oldestTick()).toBeUndefined()
    const [block] = store.readBlocks('edge:a', STEP_MS, START, START + 1)
    expect(block?.columns.get('requests')?.values[0]).toBe(7)
    store.close()
  })

  it('is set aside where it is damaged, and begun anew', () => {
    writeFileSync(path, 'this is no database at all, '.repeat(1_000))
    const { store, begunAnew } = open()
    store.addTicks([tick(START, { requests: 3 })], { reports: [], lastSample: 'then' })

    expect(begunAnew).toEqual([`${path}.unusable`])
    expect(existsSync(`${path}.unusable`)).toBe(true)
    expect(store.lastSample()).toBe('then')
    store.close()
  })

  it('forgets what is older than is kept', async () => {
    const { store } = open()
    store.addTicks([tick(START, { requests: 3 })], { reports: [] })
    const compact = (at: number) =>
      createCompactor({
        store,
        clock: { ...createFakeClock(new Date(at)), sleep: async () => {} },
      }).run(new AbortController().signal)
    await compact(START + 2 * HOUR_MS)
    const blocks = () =>
      RESOLUTIONS.map(({ stepMs }) => store.readBlocks('edge:a', stepMs, 0, START * 2).length)
    expect(blocks()).toEqual([1, 1, 1])
    const later = START + 10 * 24 * HOUR_MS
    store.addTicks([tick(later, { requests: 1 }, 'edge:b')], { reports: [] })
    await compact(later + 2 * HOUR_MS)

    expect(blocks()).toEqual([0, 0, 1])
    store.close()
  })
})
