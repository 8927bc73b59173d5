import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { MetricReply } from '@vastrox/shared/metric.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, pushTinyApp, untilSettled } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

/**
 * The whole length that issue 9 names: with `--long`. Its parts in short are in
 * daemon/src/proxy/edge-away.test.ts and agent/src/metrics/sample-ring.test.ts.
 */
const vastrox = connectInstallation()
const APP = 'lonely'
const AWAY_MS = 300_000
const STEP_MS = 15_000
const EVERY_MS = 400

let copy: WorkingCopy
let supervisor = 0
let asked = 0
let bytes = 0
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
  await untilSettled(vastrox, APP)
})
afterAll(async () => {
  if (supervisor !== 0) process.kill(supervisor, 'SIGCONT')
  await destroyApp(vastrox, APP)
  copy.remove()
})

async function visitFor(ms: number): Promise<void> {
  const endsAt = Date.now() + ms
  while (Date.now() < endsAt) {
    const { status, body } = await vastrox.visit(APP, `/${asked}`)
    expect(status).toBe(200)
    asked += 1
    bytes += Buffer.byteLength(body)
    await sleep(EVERY_MS)
  }
}

const readMetrics = (from: number, to: number) =>
  vastrox.read(
    MetricReply,
    `/apps/${APP}/metrics?${new URLSearchParams({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      points: '2000',
      by: 'app',
    })}`,
  )

/** What the proxy has written down, whoever asked: the looks at the app's address are among them. */
async function requestsWritten(from: number, to: number): Promise<number> {
  const { id } = await vastrox.read(z.object({ id: z.string() }), `/apps/${APP}`)
  const folder = `${vastrox.paths.accessLogs}/${id}`
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(`${folder}/${name}`, 'utf8').split('\n').slice(0, -1),
  )
  const times = lines.map((line) =>
    Date.parse(z.object({ time: z.string() }).parse(JSON.parse(line)).time),
  )
  return times.filter((time) => time >= from && time < to).length
}

/** All of a rate that was measured: the sum of each step times its length. */
const total = ({ series, stepMs }: MetricReply, metric: string): number =>
  (series.find((one) => one.metric === metric)?.values ?? []).reduce<number>(
    (sum, value) => sum + ((value ?? 0) * stepMs) / 1_000,
    0,
  )

describe('five minutes without the daemon', () => {
  it('leave no gap in what is measured, and every visitor counted once', async () => {
    const from = (Math.floor(Date.now() / STEP_MS) + 1) * STEP_MS
    await sleep(from - Date.now())
    await visitFor(STEP_MS * 2)
    supervisor = await vastrox.pidOf('supervisor')
    const daemon = await vastrox.pidOf('daemon')
    process.kill(supervisor, 'SIGSTOP')
    process.kill(daemon, 'SIGKILL')
    const goneAt = Date.now()
    await visitFor(AWAY_MS)
    process.kill(supervisor, 'SIGCONT')
    const backAt = Date.now()
    await visitFor(STEP_MS * 2)
    const to = (Math.floor(Date.now() / STEP_MS) + 1) * STEP_MS
    await sleep(to - Date.now() + STEP_MS)

    const truth = await requestsWritten(from, to)
    await until(
      `${truth} visitors to be counted`,
      async () => Math.round(total(await readMetrics(from, to), 'requests')) === truth,
      120_000,
    )
    await sleep(STEP_MS * 2)
    const reply = await readMetrics(from, to)

    expect(truth).toBeGreaterThanOrEqual(asked)
    expect(reply.stepMs).toBe(STEP_MS)
    expect(Math.round(total(reply, 'requests'))).toBe(truth)
    expect(Math.round(total(reply, 'ok'))).toBe(truth)
    expect(total(reply, 'bytesOut')).toBeGreaterThanOrEqual(bytes)
    for (const metric of ['cpu', 'memory', 'requests']) {
      const values = reply.series.find((one) => one.metric === metric)?.values ?? []
      const meanwhile = values.filter((_value, at) => {
        const startMs = (reply.times[at] ?? 0) * 1_000
        return startMs >= goneAt && startMs + STEP_MS <= backAt
      })
      expect(meanwhile.length, metric).toBeGreaterThanOrEqual(AWAY_MS / STEP_MS - 2)
      expect(meanwhile, metric).not.toContain(null)
    }
    // Spread over the time at which they came.
    const requests = reply.series.find((one) => one.metric === 'requests')?.values ?? []
    const busiest = Math.max(...requests.map((value) => value ?? 0))
    expect(busiest).toBeLessThan(2_000 / EVERY_MS)
  }, 600_000)
})
