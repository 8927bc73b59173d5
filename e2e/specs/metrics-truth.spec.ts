import { setTimeout as sleep } from 'node:timers/promises'
import { MetricReply } from '@vastrox/shared/metric.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

/**
 * What charts say against what is so, through the whole of agent, proxy, daemon and API: with `--long`, since it
 * takes minutes. Its parts in short are in agent/src/metrics and daemon/src/core/metrics.
 */
const vastrox = connectInstallation()
const APP = 'truth-told'
const STEP_MS = 15_000
const STEPS = 6
const HELD_BYTES = 200 * 2 ** 20
const EVERY_MS = 60

/** Burns half a core and holds 200 MB when asked to, and reads the files of its own control group. */
const SERVER = `
const { createServer } = require('node:http')
const { readFileSync } = require('node:fs')
const read = (path) => { try { return readFileSync(path, 'utf8') } catch { return undefined } }
const number = (text, key) => Number(new RegExp('^' + key + ' (\\\\d+)', 'm').exec(text)?.[1])
function truth() {
  const two = read('/sys/fs/cgroup/cpu.stat')
  if (two !== undefined)
    return {
      cpuMs: number(two, 'usage_usec') / 1e3,
      memory: Number(read('/sys/fs/cgroup/memory.current')) - number(read('/sys/fs/cgroup/memory.stat'), 'inactive_file'),
    }
  return {
    cpuMs: Number(read('/sys/fs/cgroup/cpuacct/cpuacct.usage')) / 1e6,
    memory: Number(read('/sys/fs/cgroup/memory/memory.usage_in_bytes')) - number(read('/sys/fs/cgroup/memory/memory.stat'), 'total_inactive_file'),
  }
}
let held
function burn() {
  const used = process.cpuUsage()
  const began = performance.now()
  while (true) {
    const { user, system } = process.cpuUsage(used)
    if (user + system >= 10_000) break
  }
  setTimeout(burn, Math.max(1, 20 - (performance.now() - began)))
}
createServer((request, response) => {
  if (request.url === '/begin' && !held) {
    held = Buffer.alloc(${HELD_BYTES}, 1)
    burn()
  }
  response.end(JSON.stringify(truth()))
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`
const Truth = z.object({ cpuMs: z.number(), memory: z.number() })

describe('an app under a known load', () => {
  const copy = createWorkingCopy(vastrox.remote(APP))
  let asked = 0
  afterAll(async () => {
    await destroyApp(vastrox, APP)
    copy.remove()
  })

  async function visit(path = '/'): Promise<z.infer<typeof Truth>> {
    const { body, status } = await vastrox.visit(APP, path)
    expect(status).toBe(200)
    asked += 1
    return Truth.parse(JSON.parse(body))
  }

  const read = (from: number, to: number) =>
    vastrox.read(
      MetricReply,
      `/apps/${APP}/metrics?${new URLSearchParams({
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        points: '2000',
        by: 'app',
      })}`,
    )
  /** Of the steps that lie within the time; all of them have to be there. */
  function valuesOf({ times, series }: MetricReply, metric: string, [from, to]: readonly number[]) {
    const values = series.find((one) => one.metric === metric)?.values ?? []
    return values.filter((_value, at) => {
      const startMs = (times[at] ?? 0) * 1_000
      return startMs >= (from ?? 0) && startMs + STEP_MS <= (to ?? 0)
    })
  }
  const mean = (values: readonly (number | null)[]): number =>
    values.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / values.length
  const errorOf = (shown: number, so: number): number => Math.abs(shown / so - 1)

  it('is shown within 3 per cent: processor, memory and visitors', async () => {
    await vastrox.api('POST', '/apps', { name: APP })
    await copy.init()
    copy.write({ ...tinyApp('v1'), 'server.js': SERVER })
    await copy.commit('measured')
    const pushed = await copy.push('--force', 'main')
    expect(pushed.exitCode, pushed.output).toBe(0)
    await untilSettled(vastrox, APP)
    const before = await visit()
    await visit('/begin')

    // The first step is on its way to half a core still.
    const from = (Math.floor(Date.now() / STEP_MS) + 2) * STEP_MS
    const to = from + STEPS * STEP_MS
    await sleep(from - Date.now())
    const atStart = await visit()
    asked = 0
    let memory = 0
    let looks = 0
    while (Date.now() < to) {
      memory += (await visit()).memory
      looks += 1
      await sleep(EVERY_MS)
    }
    const visitors = asked
    const atEnd = await visit()

    const reply = await until(
      'the last step to be kept',
      async () => {
        const now = await read(from, to)
        const all = ['cpu', 'memory', 'requests'].map((metric) => valuesOf(now, metric, [from, to]))
        const isThere = all.every((v) => v.length === STEPS && v.every((value) => value !== null))
        return isThere ? now : undefined
      },
      120_000,
    )
    const shown = (metric: string): number => mean(valuesOf(reply, metric, [from, to]))

    const cores = (atEnd.cpuMs - atStart.cpuMs) / (STEPS * STEP_MS)
    expect(errorOf(shown('cpu'), cores), `cpu ${shown('cpu')} is ${cores}`).toBeLessThan(0.03)
    const held = memory / looks
    expect(held - before.memory).toBeGreaterThan(HELD_BYTES * 0.97)
    expect(errorOf(shown('memory'), held), `memory ${shown('memory')} is ${held}`).toBeLessThan(
      0.03,
    )
    const perSecond = visitors / ((STEPS * STEP_MS) / 1_000)
    const requests = shown('requests')
    expect(errorOf(requests, perSecond), `visitors ${requests} are ${perSecond}`).toBeLessThan(0.03)
  }, 600_000)
})
