import type { Actor } from '@vastrox/shared/actor.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expose } from '#core/metrics/exposition.ts'
import { createMeasuredApps } from '#test/measured-apps.ts'

let measured: Awaited<ReturnType<typeof createMeasuredApps>>
beforeEach(async () => {
  measured = await createMeasuredApps()
})
afterEach(() => measured.stop())

const textFor = async (actor: Actor, how: 'text' | 'openmetrics' = 'text'): Promise<string> =>
  (await measured.metrics.openPrometheus()).expose(actor, how)

describe('what Prometheus is told', () => {
  it('is counters that only rise, and levels, by app and instance', async () => {
    const lines = (await textFor(measured.harness.actor)).split('\n')

    expect(lines).toContain('# TYPE vastrox_app_cpu_seconds_total counter')
    expect(lines).toContain(
      'vastrox_app_cpu_seconds_total{app="shop",process="web",instance="1",release="1"} 13',
    )
    expect(lines).toContain('vastrox_app_http_requests_total{app="shop",status="2xx"} 15')
    expect(lines).toContain('vastrox_app_http_requests_total{app="shop",status="5xx"} 1')
    expect(lines).toContain('vastrox_app_open_websockets{app="shop"} 3')
    const route = 'app="shop",host="shop.localhost",path="/",release="1"'
    expect(lines).toContain(`vastrox_route_open_websockets{${route}} 3`)
    expect(lines).toContain('vastrox_build_info{version="1.2.3"} 1')
  })

  it('has of each add-on who is connected, how many may be, and what its data takes', async () => {
    const text = await textFor(measured.harness.actor)
    const of = '{addon="shop-db",kind="postgresql"}'

    expect(text).toContain(`\nvastrox_addon_connections${of} 7\n`)
    expect(text).toContain(`\nvastrox_addon_max_connections${of} 50\n`)
    expect(text).toContain(`\nvastrox_addon_size_bytes${of} 64000000\n`)
    const without = new Set(
      [...measured.harness.actor.permissions].filter((one) => one !== 'addon.read'),
    )
    expect(await textFor({ ...measured.harness.actor, permissions: without })).not.toContain(
      'vastrox_addon',
    )
  })

  it('has times of answers in seconds, each bucket with those below it', async () => {
    const lines = (await textFor(measured.harness.actor)).split('\n')
    const name = 'vastrox_app_http_request_duration_seconds'

    expect(lines).toContain(`${name}_bucket{app="shop",le="0.005"} 0`)
    expect(lines).toContain(`${name}_bucket{app="shop",le="0.025"} 10`)
    expect(lines).toContain(`${name}_bucket{app="shop",le="+Inf"} 20`)
    expect(lines).toContain(`${name}_count{app="shop"} 20`)
    const sum = Number(lines.find((line) => line.startsWith(`${name}_sum`))?.split(' ')[1])
    expect(Math.abs(sum / 0.55 - 1)).toBeLessThan(0.02)
  })

  it('is only what the actor sees', async () => {
    const { actor } = measured.harness
    const limited = { ...actor, appIds: new Set([measured.blog.id]) }
    const text = await textFor(limited)

    expect(text).toContain('app="blog"')
    expect(text).not.toContain('shop')
    expect(text).not.toContain('vastrox_node')
    expect(text).not.toContain('vastrox_process')
    expect(await textFor({ ...actor, teamId: 'another', permissions: new Set(['app.read']) })).toBe(
      '# HELP vastrox_build_info The version that runs.\n# TYPE vastrox_build_info gauge\nvastrox_build_info{version="1.2.3"} 1\n',
    )
  })

  it('is OpenMetrics for whoever asks for that', async () => {
    const text = await textFor(measured.harness.actor, 'openmetrics')

    expect(text).toContain('# TYPE vastrox_app_cpu_seconds counter\n')
    expect(text).toContain('vastrox_app_cpu_seconds_total{app="shop"')
    expect(text).toContain('le="1.0"')
    expect(text.endsWith('# EOF\n')).toBe(true)
  })

  it('lets no label end before its time', () => {
    const samples = [{ labels: { a: 'x"} 1\n\\' }, value: 1 }]
    expect(expose([{ name: 'm', help: 'h\nh', type: 'gauge', samples }], 'text')).toBe(
      '# HELP m h\\nh\n# TYPE m gauge\nm{a="x\\"} 1\\n\\\\"} 1\n',
    )
  })

  it('is nothing of a node that has gone silent', async () => {
    await measured.harness.clock.pass(120_000)
    const text = await textFor(measured.harness.actor)

    expect(text).not.toContain('vastrox_app_cpu_seconds')
    expect(text).toContain('vastrox_app_http_requests_total')
  })
})
