import { destroyApp, deploymentsOf, pushTinyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { type Installation, until } from '#support/installation.ts'
import { runOpenLoop } from './open-loop.ts'

const APP = 'bench-watch'
const RATE = 100
const FAILS_AFTER_MS = 10_000
/** From the first failure on: the threshold is crossed when a quarter of the last ten seconds has failed. */
const CROSSED_AFTER_MS = 2_500
const GOAL_MS = 5_000

/** A release that serves well for ten seconds and fails from then on: how long until it is gone, and who says why. */
export async function benchWatch(vastrox: Installation) {
  const copy = await pushTinyApp(vastrox, APP, 'good')
  await untilSettled(vastrox, APP)
  const stop = new AbortController()
  let firstFailure: number | undefined
  let lastFailure = 0
  const visitors = runOpenLoop({
    port: vastrox.config.httpPort,
    host: vastrox.hostOf(APP),
    ratePerSecond: RATE,
    durationMs: 300_000,
    signal: stop.signal,
    accept: (status) => {
      if (status === 500) {
        firstFailure ??= performance.now()
        lastFailure = performance.now()
      }
      return status === 200
    },
  })
  try {
    copy.write({ ...tinyApp('bad'), 'server.js': failing(FAILS_AFTER_MS) })
    await copy.commit('bad')
    const pushed = await copy.push()
    if (pushed.exitCode !== 0) throw new Error(pushed.output)
    const reverted = await until(
      'the release to be taken back',
      async () => (await deploymentsOf(vastrox, APP)).find(({ state }) => state === 'reverted'),
      60_000,
    )
    const audit = await vastrox.api('GET', '/audit-events?limit=50')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const failedForMs = Math.round(lastFailure - (firstFailure ?? lastFailure))
    return {
      failedForMs,
      reason: reverted.reason,
      isAudited: audit.body.includes('deployment.revert'),
      answersNow: (await vastrox.visit(APP)).body,
      ok: failedForMs > 0 && failedForMs <= CROSSED_AFTER_MS + GOAL_MS,
    }
  } finally {
    stop.abort()
    await visitors
    await destroyApp(vastrox, APP)
    copy.remove()
  }
}

const failing = (afterMs: number): string => `
let since
require('node:http').createServer((request, response) => {
  // From its first visitor on, which is its switch: its health check is none.
  if (request.headers['user-agent'] !== 'vastrox-health-check') since ??= Date.now()
  if (since !== undefined && Date.now() - since > ${afterMs}) response.statusCode = 500
  response.end('bad ' + request.url)
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`
