import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { App } from '@vastrox/shared/app.ts'
import { TreeDifference } from '@vastrox/shared/upload.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, pushTinyApp, tinyApp, untilSettled, versionOf } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { holdingsOf } from '#support/left-over.ts'
import type { WorkingCopy } from '#support/working-copy.ts'
import { runOpenLoop } from '../bench/open-loop.ts'
import { median } from '../bench/statistics.ts'

const vastrox = connectInstallation()
const APP = 'crash-points'
/** Of a worker that is killed while it alone can answer. */
const IS_LONG = process.env['VASTROX_LONG'] === '1'
const ROUNDS = IS_LONG ? 5 : 3
/** The promise is 300 ms, of an idle machine; one that tests may be slow now and then. */
const BACK_WITHIN_MS = IS_LONG ? 300 : 600
const WITH_RELEASE_COMMAND = { Procfile: 'web: node server.js\nrelease: node --version\n' }

/** Every name that the daemon's sources give to crashPoint(), so that none can be forgotten here. */
const points = sourcesOf(join(import.meta.dirname, '../../daemon/src')).flatMap((text) =>
  [...text.matchAll(/crashPoint\('([^']+)'\)/g)].map((match) => match[1] ?? ''),
)

/** Reached only where a volume changes hands; tried on an app of their own below. */
const HAND_OVER = ['deploy.held', 'deploy.handedOver']
/** Reached only by what was uploaded; tried below as well. */
const PUBLISH = 'publish.afterSource'
/** Reached only seven days after something was destroyed; core's tests have a clock for it. */
const PURGES = ['volume.purging', 'app.purging']
/** Reached only where requests are to wait for the release command; core's tests kill there. */
const HOLD = 'deploy.releaseHeld'
/** Reached by no deployment; core/sleep kills the daemon at each of them. */
const SLEEP = ['sleep.rows', 'sleep.quiet', 'sleep.stopped', 'wake.started']
/** Reached only where a CA is asked; tried at each of them against a real one in core/certificates. */
const CERTIFICATE = points.filter((point) => point.startsWith('certificate.'))
/** Reached only while the master key is changed; core/secrets is killed at each, secrets.spec.ts by SIGKILL. */
const SECRETS = points.filter((point) => point.startsWith('secrets.'))
/** Reached only by databases, backups and the way back; core is killed at each of them there. */
const KEPT = points.filter((point) => /^(addon|backup|baseDomain|drill|restore)\./.test(point))
const ELSEWHERE = [
  ...HAND_OVER,
  PUBLISH,
  ...PURGES,
  HOLD,
  ...SLEEP,
  ...CERTIFICATE,
  ...SECRETS,
  ...KEPT,
]

let copy: WorkingCopy
let version = 0
let appId = ''
let networks: string[] = []
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v0')
  appId = (await vastrox.read(App, `/apps/${APP}`)).id
  networks = (await holdingsOf(vastrox, APP, appId)).allNetworks
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 1_000, drainMs: 300, stopGraceMs: 1_000 })
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

describe('the daemon killed in the middle of a deployment (K1 to K4)', () => {
  it('has at least fifteen named points', () => {
    expect(points.length).toBeGreaterThanOrEqual(15)
  })

  it.each(points.filter((point) => !ELSEWHERE.includes(point)))(
    'at %s: one release serves, nothing is left over, the next push works',
    async (point) => {
      const before = await versionOf(vastrox, APP)
      const next = `v${++version}`
      copy.write({ ...tinyApp(next), ...WITH_RELEASE_COMMAND })
      await copy.commit(next)
      const pid = await vastrox.pidOf('daemon')
      const leave = new AbortController()
      const visitors = runOpenLoop({
        port: vastrox.config.httpPort,
        host: vastrox.hostOf(APP),
        ratePerSecond: 30,
        durationMs: 60_000,
        signal: leave.signal,
        accept: (status, body) => status === 200 && body.startsWith('v'),
      })

      expect((await vastrox.command('debug:crash-at', point)).exitCode).toBe(0)
      await copy.push('--force', 'main')
      // Seventeen deaths in a row look like a crash loop: the supervisor would wait ever longer.
      await vastrox.command('up')
      await until(`the daemon to be another process after ${point}`, async () => {
        const now = (await vastrox.status()).processes.find(({ name }) => name === 'daemon')
        return now?.state === 'running' && now.pid !== pid
      })
      const settled = await untilSettled(vastrox, APP)
      const serving = await versionOf(vastrox, APP)
      await until('only the serving instance to be left', async () => {
        const { containers, addresses } = await holdingsOf(vastrox, APP, appId)
        return Object.keys(containers).length === 1 && Object.keys(addresses).length === 1
      })
      leave.abort()
      const { sent, failed } = await visitors
      expect(failed).toBe(0)
      expect(sent).toBeGreaterThan(30)
      const left = await holdingsOf(vastrox, APP, appId)
      expect(left.addresses).toEqual(left.containers)
      expect(left.networks).toEqual([`vastrox-${vastrox.config.instance}-${appId}`])
      expect(left.allNetworks).toEqual(networks)
      expect(left.locks).toEqual([])
      const mayServe =
        settled.commit?.subject === next && settled.state === 'failed' ? [before] : [before, next]
      expect(mayServe).toContain(serving)

      const again = `v${++version}`
      copy.write({ ...tinyApp(again), ...WITH_RELEASE_COMMAND })
      await copy.commit(again)
      const pushed = await copy.push('--force', 'main')
      expect(pushed.exitCode, pushed.output).toBe(0)
      expect(await versionOf(vastrox, APP)).toBe(again)
    },
  )
})

describe('the daemon killed while a volume changes hands (rule D5)', () => {
  const app = 'crash-hand-over'
  let files: WorkingCopy
  beforeAll(async () => {
    await vastrox.api('POST', '/apps', { name: app })
    const volume = { name: 'data', mountPath: '/data', exclusive: true }
    await vastrox.api('POST', `/apps/${app}/volumes`, volume)
    files = await pushTinyApp(vastrox, app, 'v0')
  })
  afterAll(async () => {
    await destroyApp(vastrox, app)
    files.remove()
  })

  it.each(HAND_OVER)('at %s: requests wait, and one instance serves in the end', async (point) => {
    expect(points).toContain(point)
    files.write(tinyApp('v1'))
    await files.commit(point)
    const pid = await vastrox.pidOf('daemon')

    expect((await vastrox.command('debug:crash-at', point)).exitCode).toBe(0)
    await files.push('--force', 'main')
    await vastrox.command('up')
    await until(`the daemon to be another process after ${point}`, async () => {
      const now = (await vastrox.status()).processes.find(({ name }) => name === 'daemon')
      return now?.state === 'running' && now.pid !== pid
    })
    const waited = await vastrox.visit(app)
    await untilSettled(vastrox, app)

    expect(waited.status).toBe(200)
    expect((await vastrox.visit(app)).status).toBe(200)
    const { id } = await vastrox.read(App, `/apps/${app}`)
    const left = await holdingsOf(vastrox, app, id)
    expect(Object.keys(left.containers)).toHaveLength(1)
    expect(left.addresses).toEqual(left.containers)
  })
})

describe('the daemon killed while an upload is published (K1)', () => {
  const app = 'crash-publish'
  let files: WorkingCopy
  beforeAll(async () => {
    files = await pushTinyApp(vastrox, app, 'v0')
    await vastrox.api('PATCH', `/apps/${app}/sources/uploads`, { publishOnIdle: false })
  })
  afterAll(async () => {
    await destroyApp(vastrox, app)
    files.remove()
  })

  it('what is live stays, what was uploaded is there, and is published the next time', async () => {
    expect(points).toContain(PUBLISH)
    const path = '/server.js'
    const uploaded = await vastrox.ask(
      'PUT',
      `${vastrox.apiUrl}/apps/${app}/sources/files/content?path=${path}`,
      {
        headers: {
          authorization: `Bearer ${vastrox.apiToken}`,
          'content-type': 'application/octet-stream',
        },
        body: tinyApp('v1')['server.js'] ?? '',
      },
    )
    expect(uploaded.status).toBe(204)
    const pid = await vastrox.pidOf('daemon')

    expect((await vastrox.command('debug:crash-at', PUBLISH)).exitCode).toBe(0)
    await expect(vastrox.api('POST', `/apps/${app}/sources/publish`)).rejects.toThrow(
      /socket hang up|ECONNRESET|closed/,
    )
    await vastrox.command('up')
    await until('the daemon to be another process', async () => {
      const now = (await vastrox.status()).processes.find(({ name }) => name === 'daemon')
      return now?.state === 'running' && now.pid !== pid
    })

    expect(await versionOf(vastrox, app)).toBe('v0')
    expect(await vastrox.read(TreeDifference, `/apps/${app}/sources/difference`)).toMatchObject({
      added: 0,
      changed: 1,
      removed: 0,
    })
    const published = await vastrox.api('POST', `/apps/${app}/sources/publish`)
    expect(published.status, published.body).toBe(202)
    await untilSettled(vastrox, app)
    expect(await versionOf(vastrox, app)).toBe('v1')
  })
})

describe('another process killed', () => {
  it('the agent: apps answer throughout, and it is back', async () => {
    const pid = await vastrox.kill('agent', 'SIGKILL')

    expect((await vastrox.visit(APP)).status).toBe(200)
    await until('a new agent', async () => (await vastrox.pidOf('agent')) !== pid)
  })

  it('a proxy worker: no connection is refused', async () => {
    const visitors = runOpenLoop({
      port: vastrox.config.httpPort,
      host: vastrox.hostOf(APP),
      ratePerSecond: 100,
      durationMs: 3_000,
      accept: (status) => status === 200,
    })
    const pid = await vastrox.kill('proxy-0', 'SIGKILL')
    await until('a new worker', async () => (await vastrox.pidOf('proxy-0')) !== pid)

    expect((await visitors).reasons['refused'] ?? 0).toBe(0)
  })

  it('a proxy worker: it is back within 300 ms, and until then connections wait', async () => {
    const workers = (await vastrox.status()).processes.filter(({ name }) =>
      name.startsWith('proxy-'),
    )
    const names = workers.map(({ name }) => name)
    // One that has run for less than three seconds would be started again after a pause: another one's turn.
    const killedAt = new Map([['proxy-0', performance.now()]])
    const gaps: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const victim = names[(round + 1) % names.length] ?? 'proxy-0'
      await sleep(Math.max(0, (killedAt.get(victim) ?? 0) + 3_500 - performance.now()))
      const pid = await vastrox.pidOf(victim)
      const others: number[] = []
      for (const name of names) if (name !== victim) others.push(await vastrox.pidOf(name))
      // With every other worker held, only the new one can answer.
      for (const other of others) process.kill(other, 'SIGSTOP')
      const visitors = runOpenLoop({
        port: vastrox.config.httpPort,
        host: vastrox.hostOf(APP),
        ratePerSecond: 200,
        durationMs: 1_500,
        accept: (status) => status === 200,
      })
      await sleep(300)
      process.kill(pid, 'SIGKILL')
      killedAt.set(victim, performance.now())
      await sleep(1_000)
      for (const other of others) process.kill(other, 'SIGCONT')
      const { reasons, longestGapMs } = await visitors
      expect(reasons['refused'] ?? 0).toBe(0)
      gaps.push(Math.round(longestGapMs))
    }

    console.log(`a killed worker's successor answered after ${gaps.join(', ')} ms`)
    expect(median(gaps)).toBeLessThan(BACK_WITHIN_MS)
  })
})

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'),
    )
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}
