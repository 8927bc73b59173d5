import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { get } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { LogSettingsView } from '@vastrox/shared/log.ts'
import { z } from 'zod'
import { destroyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { type Installation, until } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

const LOUD = 'bench-loud'
const QUIET = 'bench-quiet'
const DELAY_GOAL_MS = 1_000
/** Over the level that is reached after a third of the time: what grows with the minutes is none of it. */
const GROWTH_GOAL_MB = 40
const SAMPLE_MS = 500
const DOWNLOAD_TIMEOUT_MS = 600_000

/** Prints what it is asked for, evenly, and says how long it took: its writes wait where nobody takes them. */
const LOUD_SERVER = `
const { createServer } = require('node:http')
const { writeSync } = require('node:fs')
const pause = new Int32Array(new SharedArrayBuffer(4))
let printed = { lines: 0, tookMs: 0, isDone: true }
async function print(rate, seconds) {
  printed = { lines: 0, tookMs: 0, isDone: false }
  const began = performance.now()
  for (let tick = 1; tick <= seconds * 50; tick++) {
    let text = ''
    for (let each = 0; each < rate / 50; each++) {
      printed.lines += 1
      text += 'loud ' + printed.lines + ' {"level":"info","status":200,"path":"/api/v1/things/7"}\\n'
    }
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(1, bytes, at)
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error
        Atomics.wait(pause, 0, 0, 1)
      }
    }
    const due = began + tick * 20 - performance.now()
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due))
    else if (tick % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  printed = { ...printed, tookMs: Math.round(performance.now() - began), isDone: true }
}
createServer((request, response) => {
  const [, rate, seconds] = /^.print.(\\d+).(\\d+)$/.exec(request.url) ?? []
  if (rate) print(Number(rate), Number(seconds))
  response.end(JSON.stringify(printed))
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`

const QUIET_EXTRA = `setInterval(() => console.log('quiet at ' + Date.now()), 100)`

const Printed = z.object({ lines: z.int(), tookMs: z.int(), isDone: z.boolean() })

/**
 * The whole way of a line, from a container's stdout over engine, agent and daemon to the archive, with so
 * many a second of one app; another app prints ten a second, and a reader follows those. Once with all of
 * them kept, once with what an app may print by default.
 */
export async function benchLogsWhole(
  vastrox: Installation,
  { rate, seconds }: { rate: number; seconds: number },
) {
  const copies: WorkingCopy[] = []
  try {
    copies.push(await push(vastrox, LOUD, LOUD_SERVER))
    copies.push(await push(vastrox, QUIET, tinyApp('v1', QUIET_EXTRA)['server.js'] ?? ''))
    const runs = [
      { name: 'all kept', linesPerSecond: 1_000_000 },
      { name: 'by default', linesPerSecond: 10_000 },
    ]
    const results = []
    let numbered = 0
    for (const { name, linesPerSecond } of runs) {
      await settings(vastrox, { linesPerSecond, keepBytes: 2 ** 30 })
      const before = await countKept(vastrox)
      const result = await runOnce(vastrox, { rate, seconds })
      const after = await countKept(vastrox)
      numbered = result.lines
      const kept = after.loud - before.loud
      const dropped = after.dropped - before.dropped
      const lost = after.losses - before.losses
      const ok =
        // What the engine itself overwrote is counted by nobody, and must then at least be said.
        (kept + dropped === numbered || lost > 0) &&
        result.otherAppsDelayMs.most <= DELAY_GOAL_MS &&
        result.growthMb.daemon <= GROWTH_GOAL_MB &&
        result.growthMb.agent <= GROWTH_GOAL_MB
      results.push({
        name,
        ...result,
        kept,
        droppedAndSaid: dropped,
        lossesSaid: lost,
        missing: numbered - kept - dropped,
        ok,
      })
    }
    return { rate, seconds, results, ok: results.every(({ ok }) => ok) }
  } finally {
    for (const app of [LOUD, QUIET]) await destroyApp(vastrox, app)
    for (const copy of copies) copy.remove()
  }
}

async function push(vastrox: Installation, app: string, server: string): Promise<WorkingCopy> {
  const copy = createWorkingCopy(vastrox.remote(app))
  await copy.init()
  copy.write({ ...tinyApp('v1'), 'server.js': server })
  await copy.commit('prints')
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
  await untilSettled(vastrox, app)
  return copy
}

async function settings(vastrox: Installation, change: object): Promise<void> {
  const answer = await vastrox.api('PATCH', `/apps/${LOUD}/logs/settings`, change)
  if (answer.status !== 200) throw new Error(answer.body)
  // Its instances are read on with that.
  await sleep(2_000)
}

async function runOnce(
  vastrox: Installation,
  { rate, seconds }: { rate: number; seconds: number },
) {
  const pids = { daemon: await vastrox.pidOf('daemon'), agent: await vastrox.pidOf('agent') }
  const stop = new AbortController()
  const delays = followQuiet(vastrox, stop.signal)
  const memory = watchMemory(pids, stop.signal)
  await sleep(1_000)
  await vastrox.visit(LOUD, `/print/${rate}/${seconds}`)
  const printed = await until(
    'everything to be printed',
    async () => {
      await sleep(1_000)
      const now = Printed.parse(JSON.parse((await vastrox.visit(LOUD, '/printed')).body))
      return now.isDone ? now : undefined
    },
    seconds * 10_000 + 60_000,
  )
  await sleep(1_000)
  stop.abort()
  const taken = await memory
  await untilQuiet(vastrox)
  const found = (await delays).toSorted((one, other) => one - other)
  return {
    lines: printed.lines,
    tookMs: printed.tookMs,
    otherAppsDelayMs: {
      lines: found.length,
      median: found[Math.floor(found.length / 2)] ?? Number.NaN,
      most: found.at(-1) ?? Number.POSITIVE_INFINITY,
    },
    memoryMb: taken,
    growthMb: { daemon: growth(taken.daemon), agent: growth(taken.agent) },
  }
}

interface Taken {
  before: number
  afterAThird: number
  most: number
}
const growth = ({ afterAThird, most }: Taken): number => round(most - afterAThird)

/** What no file backs, each half a second. */
async function watchMemory(pids: Record<'daemon' | 'agent', number>, signal: AbortSignal) {
  const seen: Record<'daemon' | 'agent', number[]> = { daemon: [], agent: [] }
  while (!signal.aborted) {
    seen.daemon.push(anonymousMb(pids.daemon))
    seen.agent.push(anonymousMb(pids.agent))
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined)
  }
  const taken = (values: number[]): Taken => {
    const third = Math.ceil(values.length / 3)
    return {
      before: values[0] ?? 0,
      afterAThird: Math.max(...values.slice(0, third)),
      most: Math.max(...values),
    }
  }
  return { daemon: taken(seen.daemon), agent: taken(seen.agent) }
}

const anonymousMb = (pid: number): number =>
  round(
    Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024,
  )

/** How late a reader of the other app's log sees each line. */
async function followQuiet(vastrox: Installation, signal: AbortSignal): Promise<number[]> {
  const delays: number[] = []
  const response = await open(vastrox, `/apps/${QUIET}/logs/stream?limit=0`, signal)
  try {
    for await (const line of createInterface({ input: response })) {
      const at = /quiet at (\d+)/.exec(line)?.[1]
      if (at !== undefined) delays.push(Date.now() - Number(at))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return delays
}

/** The archive has taken what was on its way. */
async function untilQuiet(vastrox: Installation): Promise<void> {
  let last = -1
  let same = 0
  while (same < 3) {
    const { lineBytes } = await vastrox.read(LogSettingsView, `/apps/${LOUD}/logs/settings`)
    same = lineBytes === last ? same + 1 : 0
    last = lineBytes
    await sleep(1_000)
  }
}

/** The lines that are kept, by a download of them all: what is in the archive, not what it says. */
async function countKept(vastrox: Installation) {
  const signal = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)
  const response = await open(vastrox, `/apps/${LOUD}/logs/download?format=text`, signal)
  let [loud, dropped, losses] = [0, 0, 0]
  for await (const line of createInterface({ input: response })) {
    if (/ loud \d+ \{/.test(line)) loud += 1
    else {
      dropped += Number(/(\d+) lines of \S+ were dropped/.exec(line)?.[1] ?? 0)
      if (/lines of \S+ between \S+ and \S+ were lost/.test(line)) losses += 1
    }
  }
  return { loud, dropped, losses }
}

async function open(
  { apiUrl, apiToken, caFile }: Installation,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = get(`${apiUrl}${path}`, {
    ca: readFileSync(caFile),
    headers: { authorization: `Bearer ${apiToken}` },
    agent: false,
    signal,
  })
  const [response]: [IncomingMessage] = await once(request, 'response').then(([one]) => [one])
  if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`)
  return response
}

const round = (value: number): number => Math.round(value * 10) / 10
