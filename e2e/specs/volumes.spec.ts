import { Volume } from '@vastrox/shared/volume.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { afterAll, expect, it } from 'vitest'
import { runOpenLoop } from '../bench/open-loop.ts'
import { deploymentsOf, destroyApp, untilSettled } from '#support/apps.ts'
import { connectInstallation } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

const APP = 'e2e-volume'
const vastrox = connectInstallation()
const copy = createWorkingCopy(vastrox.remote(APP))
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

/** Counts visits in SQLite, which it opens for itself alone: a second instance could not start. */
const app = (version: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'counter', private: true, type: 'module' }),
  'vastrox.json': JSON.stringify({ volumes: { data: { path: '/data', exclusive: true } } }),
  'server.js': `
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
const db = new DatabaseSync('/data/visits.db')
db.exec('PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE IF NOT EXISTS visits (at TEXT)')
const add = db.prepare('INSERT INTO visits VALUES (?)')
const count = db.prepare('SELECT count(*) AS n FROM visits')
const server = createServer((request, response) => {
  add.run(new Date().toISOString())
  response.end('${version} ' + count.get().n)
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => server.close(() => { db.close(); process.exit(0) }))
`,
})

async function push(files: Record<string, string>) {
  copy.write(files)
  await copy.commit('change')
  return copy.push()
}

it('an app on SQLite loses no request and no row over deployments, one that fails among them (rule D5)', async () => {
  await copy.init()
  const first = await push(app('v1'))
  expect(first.output).toContain('Volume data made')
  expect(first.exitCode).toBe(0)

  const stop = new AbortController()
  let highest = 0
  const visitors = runOpenLoop({
    port: vastrox.config.httpPort,
    host: vastrox.hostOf(APP),
    ratePerSecond: 20,
    durationMs: 120_000,
    timeoutMs: 35_000,
    signal: stop.signal,
    accept: (status, body) => {
      const found = /^v\d (\d+)$/.exec(body)
      highest = Math.max(highest, Number(found?.[1] ?? 0))
      return status === 200 && found !== null
    },
  })
  expect((await push(app('v2'))).exitCode).toBe(0)
  const broken = await push({ 'server.js': 'process.exit(3)\n' })
  expect(broken.exitCode).not.toBe(0)
  expect((await push(app('v3'))).exitCode).toBe(0)
  stop.abort()
  const { sent, failed, reasons } = await visitors

  expect({ failed, reasons }).toEqual({ failed: 0, reasons: {} })
  const [, count] = (await vastrox.visit(APP)).body.split(' ')
  expect(Number(count)).toBeGreaterThanOrEqual(Math.max(sent, highest))
  await untilSettled(vastrox, APP)
  expect((await deploymentsOf(vastrox, APP)).map(({ state }) => state)).toContain('failed')
})

it('a volume that is destroyed leaves its data where a restore finds it', async () => {
  const before = await vastrox.read(pageOf(Volume), `/apps/${APP}/volumes`)
  expect(before.items).toMatchObject([{ name: 'data', mountPath: '/data', exclusive: true }])
  expect(before.items[0]?.sizeBytes).toBeGreaterThan(0)

  const refused = await vastrox.api('DELETE', `/apps/${APP}/volumes/data`, { confirm: 'no' })
  const trash = await vastrox.command('volumes:trash', '--json')

  expect(refused.status).toBe(422)
  expect(JSON.parse(trash.stdout.toString())).toEqual([])
})
