import { readFileSync } from 'node:fs'
import { destroyApp } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'
import { runOpenLoop } from './open-loop.ts'
import {
  visitByEvents,
  visitByHttp2,
  visitByUpload,
  visitByWebSocket,
  visitSlowly,
} from './staying-visitors.ts'
import { visitedApp } from './visited-app.ts'

const APP = 'bench-zero'
const LISTEN = "listen(process.env.PORT, '0.0.0.0')"
const program = (text: string): Record<string, string> => ({ 'server.js': text })
/** What a release must not have to go live, by what is wrong with it. */
const BROKEN: Record<string, Record<string, string>> = {
  'fails to build': {
    'package.json': JSON.stringify({
      name: 'tiny',
      version: '1.0.0',
      private: true,
      scripts: { build: 'node --eval "process.exit(3)"' },
    }),
  },
  'exits at once': program('process.exit(7)'),
  'never answers': program(`require('node:net').createServer(() => {}).${LISTEN}`),
  'answers 500': program(
    `require('node:http').createServer((q, r) => { r.statusCode = 500; r.end() }).${LISTEN}`,
  ),
  'binds 127.0.0.1': program(
    "require('node:http').createServer((q, r) => r.end('x')).listen(process.env.PORT, '127.0.0.1')",
  ),
  'fails to parse': program('this is not a program'),
}

/** None of them gets better by waiting; a good one on a busy machine may. */
const BROKEN_HEALTH_MS = 4_000

interface Options {
  deployments: number
  ratePerSecond: number
  /** Puts a release that must not go live after every second good one. */
  broken: boolean
  /** How long the answers are that are under way across switches, and the uploads in MB. */
  slowSeconds: number
  /** How long what is open to an old instance may stay open (rule D1). */
  drainMs: number
}

/**
 * Visits an app while it is deployed again and again: at a constant rate by new connections, kept ones
 * and HTTP/2, and by visitors who stay: WebSockets, event streams, uploads, long answers. Each answer
 * is looked at: whole, of a release that went live, and never of one older than an answer that had
 * come before it was asked for.
 */
export async function benchZeroDowntime(vastrox: Installation, options: Options) {
  const { slowSeconds, drainMs } = options
  const copy = createWorkingCopy(vastrox.remote(APP))
  await copy.init()
  copy.write(visitedApp('v0'))
  await copy.commit('v0')
  const first = await copy.push('--force', 'main')
  if (first.exitCode !== 0) throw new Error(first.output)
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 1_000, drainMs })

  const stop = new AbortController()
  const { signal } = stop
  const judge = createJudge()
  const { httpPort, httpsPort } = vastrox.config
  const ca = readFileSync(vastrox.caFile, 'utf8')
  const host = vastrox.hostOf(APP)
  const place = { httpPort, httpsPort, host, ca }
  const half = options.ratePerSecond / 2
  const visitors = runOpenLoop({
    port: httpPort,
    host,
    ratePerSecond: half,
    durationMs: 7_200_000,
    signal,
    accept: judge.accept,
  })
  const staying = Promise.all([
    visitByHttp2(place, half, judge.accept, signal),
    visitByWebSocket(place, drainMs, signal),
    visitByEvents(place, drainMs, signal),
    visitSlowly(place, slowSeconds, signal),
    visitByUpload(place, slowSeconds / 2, signal),
  ])

  const deployed = ['v0']
  const refused: string[] = []
  const broken = Object.entries(BROKEN)
  try {
    for (let round = 1; round <= options.deployments; round++) {
      const version = `v${round}`
      copy.write(visitedApp(version))
      await copy.commit(version)
      const pushed = await copy.push()
      if (pushed.exitCode !== 0) throw new Error(pushed.output)
      deployed.push(version)
      const [what, files] = broken[(round >> 1) % broken.length] ?? ['', {}]
      if (!options.broken || round % 2 === 1) continue
      await vastrox.api('PATCH', `/apps/${APP}`, { healthTimeoutMs: BROKEN_HEALTH_MS })
      copy.write(files)
      await copy.commit(what)
      const failed = await copy.push()
      await vastrox.api('PATCH', `/apps/${APP}`, { healthTimeoutMs: null })
      await copy.git('reset', '-q', '--hard', 'HEAD~1')
      if (failed.exitCode === 0) throw new Error(`a release that ${what} went live`)
      refused.push(/deployment failed: .*?(?=\)\n|$)/m.exec(failed.output)?.[0] ?? failed.output)
    }
  } finally {
    stop.abort()
  }
  const result = await visitors
  const [http2, webSockets, events, slowAnswers, uploads] = await staying
  await destroyApp(vastrox, APP)
  copy.remove()
  return {
    ...result,
    wentBack: judge.wentBack(),
    staying: { http2, webSockets, events, slowAnswers, uploads },
    refused,
    versionsDeployed: deployed,
    versionsSeen: judge.seen().map((number) => `v${number}`),
  }
}

/** Looks at every answer of `/`. */
function createJudge() {
  const seen = new Set<number>()
  let newest = 0
  let newestAt = 0
  const wentBack: string[] = []

  const accept = (status: number, body: string, sentAt: number): boolean => {
    const version = /^v(\d+) /.exec(body)?.[1]
    if (status !== 200 || version === undefined) return false
    const number = Number(version)
    seen.add(number)
    if (number > newest) {
      newest = number
      newestAt = performance.now()
    }
    if (number < newest && sentAt > newestAt)
      wentBack.push(`v${number} ${Math.round(sentAt - newestAt)} ms after v${newest}`)
    return true
  }
  return {
    accept,
    wentBack: () => wentBack,
    seen: () => [...seen].toSorted((one, other) => one - other),
  }
}
