import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@vastrox/shared/node/run.ts'
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

const APP = 'bench-replace'
const RATE = 200
const SLOW_SECONDS = 20
/** What a worker that stops gives to what is open (rule D1), less what its last look may be early. */
const DRAIN_MS = 29_000
const KILLS = 5
/** A process that lived so long is taken to have come up: the supervisor starts the next at once. */
const STEADY_MS = 4_000

/**
 * Workers replaced under load: killed, restarted by command, and by a second run of install.sh where
 * `installer` is given (its path and flags). A kill costs what the worker had under way and nothing
 * else; the others cost nothing.
 */
export async function benchReplace(vastrox: Installation, installer: readonly string[]) {
  const copy = createWorkingCopy(vastrox.remote(APP))
  await copy.init()
  copy.write(visitedApp('v0'))
  await copy.commit('v0')
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
  const killed = await killWorkers(vastrox)
  const restarted = await underLoad(vastrox, async () => {
    const { exitCode, stdout } = await vastrox.command('restart', '--process', 'proxy')
    if (exitCode !== 0) throw new Error(`the proxy was not restarted: ${stdout.toString()}`)
  })
  const [program, ...flags] = installer
  const upgraded =
    program === undefined
      ? null
      : await underLoad(vastrox, async () => {
          const { exitCode, stderr } = await run(`/${program.slice(1)}`, flags, {
            env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
            timeoutMs: 300_000,
          })
          if (exitCode !== 0) throw new Error(`install.sh: ${stderr}`)
        })
  await destroyApp(vastrox, APP)
  copy.remove()
  return { killed, restarted, upgraded }
}

/** Every visitor that there is, while something is done, and until what was open before has ended. */
async function underLoad(vastrox: Installation, act: () => Promise<void>) {
  const stop = new AbortController()
  const { signal } = stop
  const { httpPort, httpsPort } = vastrox.config
  const host = vastrox.hostOf(APP)
  const place = { httpPort, httpsPort, host, ca: readFileSync(vastrox.caFile, 'utf8') }
  const accept = (status: number, body: string): boolean => status === 200 && body === 'v0 /'
  const steady = runOpenLoop({
    port: httpPort,
    host,
    ratePerSecond: RATE / 2,
    durationMs: 600_000,
    signal,
    accept,
  })
  const staying = Promise.all([
    visitByHttp2(place, RATE / 2, accept, signal),
    visitByWebSocket(place, DRAIN_MS, signal),
    visitByEvents(place, DRAIN_MS, signal),
    visitSlowly(place, SLOW_SECONDS, signal),
    visitByUpload(place, SLOW_SECONDS / 2, signal),
  ])
  const since = performance.now()
  try {
    await sleep(3_000)
    await act()
    await sleep(3_000)
  } finally {
    stop.abort()
  }
  const { sent, failed, reasons, latencyMs, longestGapMs } = await steady
  const [http2, webSockets, events, slowAnswers, uploads] = await staying
  return {
    tookMs: Math.round(performance.now() - since),
    sent,
    failed,
    reasons,
    latencyMs,
    longestGapMs,
    staying: { http2, webSockets, events, slowAnswers, uploads },
  }
}

/** How long until a connection is answered after all workers died at once, and how many were refused. */
async function killWorkers(vastrox: Installation) {
  const backMs: number[] = []
  let refused = 0
  for (let round = 0; round < KILLS; round += 1) {
    await sleep(STEADY_MS)
    const { processes } = await vastrox.status()
    const pids = processes.flatMap(({ name, pid }) => (name.startsWith('proxy') && pid ? pid : []))
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    const since = performance.now()
    while (!(await answers(vastrox).catch((error: unknown) => countRefused(error)))) await sleep(5)
    backMs.push(Math.round(performance.now() - since))
  }
  return { backMs, refused }

  function countRefused(error: unknown): false {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') refused += 1
    return false
  }
}

function answers(vastrox: Installation): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const socket = connect(vastrox.config.httpPort, '127.0.0.1')
  socket.on('error', reject)
  socket.on('data', () => {
    resolve(true)
    socket.destroy()
  })
  socket.on('close', () => resolve(false))
  socket.write(`GET / HTTP/1.1\r\nHost: ${vastrox.hostOf(APP)}\r\nConnection: close\r\n\r\n`)
  return promise
}
