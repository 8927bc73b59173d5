import { deploymentsOf, destroyApp, pushTinyApp } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'
import { runOpenLoop, type OpenLoopResult } from './open-loop.ts'

const NEIGHBOUR = 'bench-neighbour'
const HUNGRY = 'bench-hungry'
const RATE_PER_SECOND = 100
const QUIET_MS = 15_000

/**
 * Takes both cores at once and all the memory it can get within some ten seconds: long enough that
 * the build is measured, and not the push of it by a git on the same machine.
 */
const HOG = `
const { Worker, isMainThread } = require('node:worker_threads')
if (!isMainThread) for (;;) Math.sqrt(Math.random())
for (let at = 0; at < 4; at++) new Worker(__filename)
const all = []
setInterval(() => all.push(Buffer.alloc(32e6, Math.random() * 255)), 100)
`

/**
 * An app under load, alone and beside a build that takes all it can get (promise 3): the build must
 * fail with that explanation, and the neighbour's p99 must stay within one and a half times its quiet
 * value: medians of rounds that take turns.
 */
export async function benchNeighbour(vastrox: Installation) {
  const neighbour = await pushTinyApp(vastrox, NEIGHBOUR, 'v1')
  const hungry = createWorkingCopy(vastrox.remote(HUNGRY))
  await hungry.init()
  hungry.write({
    'package.json': JSON.stringify({
      name: 'hungry',
      private: true,
      scripts: { build: 'node hog.js', start: 'node server.js' },
    }),
    'hog.js': HOG,
    'server.js': '',
  })
  await hungry.commit('hungry')

  const quiet: OpenLoopResult[] = [await visit(vastrox, QUIET_MS)]
  const beside: OpenLoopResult[] = []
  const builds: { seconds: number; reason: string }[] = []
  for (let round = 0; round < 3; round++) {
    const stop = new AbortController()
    const visitors = visit(vastrox, 600_000, stop.signal)
    await hungry.git('commit', '-q', '--allow-empty', '-m', `round ${round}`)
    const pushed = await hungry.push('--force', 'main')
    stop.abort()
    beside.push(await visitors)
    const [deployment] = await deploymentsOf(vastrox, HUNGRY)
    builds.push({ seconds: pushed.durationMs / 1_000, reason: deployment?.reason ?? pushed.output })
    quiet.push(await visit(vastrox, QUIET_MS))
  }
  await destroyApp(vastrox, HUNGRY)
  await destroyApp(vastrox, NEIGHBOUR)
  hungry.remove()
  neighbour.remove()

  const p99 = (results: readonly OpenLoopResult[]): number =>
    results.map(({ latencyMs }) => latencyMs.p99).toSorted((a, b) => a - b)[results.length >> 1] ??
    0
  const failed = [...quiet, ...beside].reduce((sum, one) => sum + one.failed, 0)
  const ratio = Math.round((p99(beside) / p99(quiet)) * 100) / 100
  const isNamed = builds.every(({ reason }) => /out of memory/i.test(reason))
  return {
    quietP99Ms: quiet.map(({ latencyMs }) => latencyMs.p99),
    besideP99Ms: beside.map(({ latencyMs }) => latencyMs.p99),
    ratio,
    failed,
    builds,
    ok: ratio <= 1.5 && failed === 0 && isNamed,
  }
}

const visit = (
  vastrox: Installation,
  durationMs: number,
  signal?: AbortSignal,
): Promise<OpenLoopResult> =>
  runOpenLoop({
    port: vastrox.config.httpPort,
    host: vastrox.hostOf(NEIGHBOUR),
    ratePerSecond: RATE_PER_SECOND,
    durationMs,
    ...(signal ? { signal } : {}),
    accept: (status, body) => status === 200 && body.startsWith('v1'),
  })
