import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MetricQuery, MetricReply } from '@vastrox/shared/metric.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { addTime, takeTimes, timeCounts } from '#ports/edge-histogram.ts'
import type { EdgeCounts } from '#ports/routing-snapshot.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { addonRecord } from '#test/addon-record.ts'
import { createFakeNodeMetrics } from '#test/fakes/node-metrics.ts'
import { createHarness } from '#test/harness.ts'
import { containerOf, createTestMetrics, sampleOf } from '#test/test-metrics.ts'

const STEP_MS = 15_000
const QUERY: MetricQuery = { points: 400, by: 'app' }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-metrics-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function start() {
  const harness = createHarness()
  const app = harness.addApp()
  const node = createFakeNodeMetrics()
  let isAway = false
  const open = () =>
    createTestMetrics({
      ...harness,
      finder: createAppFinder(harness.apps),
      path: join(folder, 'metrics.sqlite'),
      node: node.agent(async () => {
        if (isAway) throw new Error('away')
      }),
    })
  /** Half a core, since noon; sampled at the end of each step. */
  const sample = (changes: Parameters<typeof containerOf>[0] = {}) => {
    const now = harness.clock.now()
    const usec = (now.getTime() - Date.parse('2026-11-22T11:00:00Z')) * 500
    node.take(sampleOf(now, [containerOf({ owner: app.id, cpuUsec: usec, ...changes })]))
  }
  const toNextStep = () => harness.clock.pass(STEP_MS - (harness.clock.now().getTime() % STEP_MS))
  return {
    toNextStep,
    harness,
    app,
    node,
    open,
    sample,
    setAway: (away: boolean) => {
      isAway = away
    },
    steps: async (count: number, changes: Parameters<typeof containerOf>[0] = {}) => {
      for (let at = 0; at < count; at += 1) {
        await toNextStep()
        sample(changes)
        await harness.clock.settle()
      }
      await harness.clock.pass(4_000)
    },
  }
}

const valuesOf = (reply: MetricReply, metric: string, of = ''): (number | null)[] =>
  reply.series.find((series) => series.metric === metric && series.of === of)?.values ?? []

const counts = (app: string, changes: Partial<EdgeCounts> = {}): EdgeCounts => {
  const times = timeCounts()
  addTime(times, 10)
  return {
    app,
    route: 'r1',
    release: 1,
    requests: 30,
    statuses: [27, 0, 0, 3, 0],
    bytesIn: 0,
    bytesOut: 100,
    times: takeTimes(times),
    ...changes,
  }
}

describe('measurements', () => {
  it('are shown as levels and as what came in a second', async () => {
    const { harness, app, open, steps, sample } = start()
    const metrics = open()
    metrics.start()
    sample()
    await steps(4)
    const reply = (await metrics.open()).ofApp(harness.actor, app.name, QUERY)

    expect(reply.stepMs).toBe(STEP_MS)
    expect(valuesOf(reply, 'cpu').slice(-4)).toEqual([0.5, 0.5, 0.5, 0.5])
    const memory = valuesOf(reply, 'memory').at(-1) ?? 0
    expect(Math.abs(memory / 200e6 - 1)).toBeLessThan(0.001)
    // Before anything was measured there is nothing, not zero.
    expect(valuesOf(reply, 'cpu')[0]).toBeNull()
    expect(metrics.book.latest(`app:${app.id}/web.1/cpu`)).toBe(0.5)
    expect(metrics.problems).toEqual([])
    await metrics.stop()
  })

  it('is nothing that is so now once nothing at all is measured any more', async () => {
    const { harness, app, open, steps } = start()
    const metrics = open()
    metrics.start()
    await steps(8)
    const cpu = `app:${app.id}/web.1/cpu`
    expect(metrics.book.latest(cpu)).toBe(0.5)

    await harness.clock.pass(120_000)

    expect(metrics.book.latest(cpu)).toBeUndefined()
    expect([...metrics.book.all('node:')]).toEqual([])
    await metrics.stop()
  })

  it('are drawn from as far back as anything is kept, whatever is asked for', async () => {
    const { harness, app, open, steps, sample } = start()
    const metrics = open()
    metrics.start()
    sample()
    await steps(2)
    const service = await metrics.open()
    const ofLongAgo = (from: string, to?: string) =>
      service.ofApp(harness.actor, app.name, { ...QUERY, from, ...(to && { to }) })
    const reply = ofLongAgo('0001-01-01T00:00:00.000Z')

    expect(reply.times.length).toBeLessThanOrEqual(400)
    expect(Date.parse(reply.from)).toBeGreaterThan(harness.clock.now().getTime() - 94 * 86_400_000)
    expect(valuesOf(reply, 'cpu').some((value) => value !== null)).toBe(true)
    expect(() => ofLongAgo('0001-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z')).toThrow(
      'The request is not valid.',
    )
    await metrics.stop()
  })

  it('of a container that takes the place of another begin at nothing, and go on in the same series', async () => {
    const { harness, app, open, steps, sample } = start()
    const metrics = open()
    metrics.start()
    sample()
    await steps(2)
    await steps(1, { id: 'c2', cpuUsec: 3_000_000, release: 2 })
    const reply = (await metrics.open()).ofApp(harness.actor, app.name, {
      ...QUERY,
      by: 'instance',
    })

    const cpu = valuesOf(reply, 'cpu', 'web.1').slice(-3)
    expect(cpu.slice(0, 2)).toEqual([0.5, 0.5])
    expect(cpu[2]).toBeCloseTo(0.2, 3)
    await metrics.stop()
  })

  it('of an add-on have who is connected and what its data takes, beside its container', async () => {
    const { harness, open, steps, sample } = start()
    const teamId = harness.actor.teamId
    createAddonStore(harness.db).insertForPlatform(addonRecord({ teamId }))
    const metrics = open()
    metrics.start()
    const server = { kind: 'addon' as const, owner: 'server1', process: '', ordinal: 0 }
    sample({ ...server, addon: { connections: null, sizeBytes: null } })
    await steps(1, { ...server, addon: { connections: 7, sizeBytes: null } })
    await steps(2, { ...server, addon: { connections: 9, sizeBytes: 64_000_000 } })
    const reply = (await metrics.open()).ofAddon(harness.actor, 'shop-db', {
      ...QUERY,
      metrics: 'connections,maxConnections,size,memory',
    })

    expect(valuesOf(reply, 'connections').slice(-4)).toEqual([null, 7, 9, 9])
    expect(valuesOf(reply, 'maxConnections').slice(-4)).toEqual([null, 50, 50, 50])
    const sizes = valuesOf(reply, 'size').slice(-3)
    expect(sizes[0]).toBeNull()
    expect(Math.abs((sizes[2] ?? 0) / 64e6 - 1)).toBeLessThan(0.001)
    expect(valuesOf(reply, 'memory').at(-1)).not.toBeNull()
    expect(reply.series.map(({ unit }) => unit)).toContain('bytes')
    expect(metrics.book.latest('addon:addon1/connections')).toBe(9)
    await metrics.stop()
  })

  it('of containers are levels only after a sample that could not see any', async () => {
    const { harness, app, node, open, steps, sample, toNextStep } = start()
    const metrics = open()
    metrics.start()
    sample()
    await steps(2, { restarts: 7, oomKills: 3 })
    await toNextStep()
    node.take(sampleOf(harness.clock.now(), []))
    await steps(2, { restarts: 7, oomKills: 3 })
    const reply = (await metrics.open()).ofApp(harness.actor, app.name, QUERY)

    expect(valuesOf(reply, 'cpu').slice(-3)).toEqual([null, null, 0.5])
    expect(valuesOf(reply, 'restarts').slice(-3)).toEqual([null, null, 0])
    expect(valuesOf(reply, 'oomKills').slice(-3)).toEqual([null, null, 0])
    expect(valuesOf(reply, 'memory').slice(-2)).toEqual([expect.any(Number), expect.any(Number)])
    await metrics.stop()
  })

  it('have no gap where the daemon was away for five minutes', async () => {
    const { harness, app, node, open, steps, sample, toNextStep } = start()
    const before = open()
    before.start()
    sample()
    await steps(4)
    await before.stop()
    for (let at = 0; at < 20; at += 1) {
      await toNextStep()
      sample()
    }
    const after = open()
    after.start()
    await steps(2)
    const reply = (await after.open()).ofApp(harness.actor, app.name, QUERY)

    expect(node.samples).toHaveLength(27)
    const cpu = valuesOf(reply, 'cpu')
    const first = cpu.findIndex((value) => value !== null)
    expect(cpu.slice(first)).toHaveLength(26)
    expect(cpu.slice(first).every((value) => value !== null && Math.abs(value - 0.5) < 0.01)).toBe(
      true,
    )
    await after.stop()
  })

  it('go on, and are so now, after somebody has put the clock back', async () => {
    const { harness, app, open, steps, sample } = start()
    const metrics = open()
    metrics.start()
    sample()
    await steps(4)
    harness.clock.jump(-1_800_000)
    await steps(4)

    expect(metrics.book.latest(`app:${app.id}/web.1/cpu`)).toBe(0.5)
    expect([...metrics.book.all('node:')]).not.toEqual([])
    const reply = (await metrics.open()).ofApp(harness.actor, app.name, QUERY)
    expect(valuesOf(reply, 'cpu').filter((value) => value !== null)).not.toEqual([])
    expect(metrics.problems).toEqual([])
    await metrics.stop()
  })

  it('have a gap where nobody could measure', async () => {
    const { harness, app, open, steps, sample } = start()
    const metrics = open()
    metrics.start()
    sample()
    await steps(2)
    await harness.clock.pass(10 * STEP_MS)
    await steps(2)
    const cpu = valuesOf((await metrics.open()).ofApp(harness.actor, app.name, QUERY), 'cpu')

    expect(cpu.slice(-14, -12)).toEqual([0.5, 0.5])
    expect(cpu.slice(-12, -2)).toEqual(Array.from({ length: 10 }, () => null))
    expect(cpu.slice(-2).every((value) => value !== null)).toBe(true)
    await metrics.stop()
  })

  it('of visitors are added up over workers, and zero where nobody asked', async () => {
    const { harness, app, open, sample, steps } = start()
    const metrics = open()
    metrics.start()
    sample()
    await steps(1)
    const fromMs = Date.parse('2026-11-22T12:00:15.000Z')
    const slot = { fromMs, toMs: fromMs + STEP_MS }
    const sockets = [{ app: app.name, route: 'r1', release: 1, open: 2 }]
    harness.proxy.edge(
      { counts: [counts(app.name)], webSockets: { [app.name]: 2 }, sockets, ...slot },
      0,
    )
    harness.proxy.edge(
      { counts: [counts(app.name, { release: 2 }), counts('nobody')], webSockets: {}, ...slot },
      1,
    )
    await steps(2)
    const service = await metrics.open()
    const whole = service.ofApp(harness.actor, app.name, QUERY)
    const releases = service.ofApp(harness.actor, app.name, { ...QUERY, by: 'release' })

    expect(valuesOf(whole, 'requests').slice(-3)).toEqual([0, 4, 0])
    expect(valuesOf(whole, 'errorRate').slice(-3)).toEqual([null, 10, null])
    expect(valuesOf(whole, 'p95').slice(-2)[0]).toBeGreaterThan(8)
    expect(valuesOf(whole, 'webSockets').slice(-2)[0]).toBe(2)
    expect(valuesOf(releases, 'webSockets', 'release 1').slice(-2)[0]).toBe(2)
    expect(metrics.book.latest(`edge:${app.id}/route.r1/webSockets`)).toBe(2)
    expect(valuesOf(releases, 'requests', 'release 1').slice(-2)[0]).toBe(2)
    expect(valuesOf(releases, 'requests', 'release 2').slice(-2)[0]).toBe(2)
    await metrics.stop()
  })
})
