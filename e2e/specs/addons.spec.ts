import { Addon, DestroyedAddon } from '@vastrox/shared/addon.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { destroyApp, untilSettled } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

const APP = 'e2e-shop'
const OTHER = 'e2e-stock'
const NAME = `${APP}-postgresql`
const vastrox = connectInstallation()
const copy = createWorkingCopy(vastrox.remote(APP))
const second = createWorkingCopy(vastrox.remote(OTHER))

afterAll(async () => {
  await Promise.all([destroyApp(vastrox, APP), destroyApp(vastrox, OTHER)])
  for (const name of [NAME]) {
    for (const app of [APP, OTHER])
      await vastrox.api('DELETE', `/addons/${name}/attachments/${app}`)
    await vastrox.api('DELETE', `/addons/${name}`, { confirm: name })
  }
  copy.remove()
  second.remove()
})

/** Counts its visits in a table that its release command makes. */
const app = (wantsAddon: boolean): Record<string, string> => ({
  'package.json': JSON.stringify({
    name: 'shop',
    private: true,
    type: 'module',
    dependencies: { pg: '8.16.3' },
  }),
  'app.json': JSON.stringify({
    env: { DATABASE_URL: { description: 'where orders are', required: wantsAddon } },
    ...(wantsAddon ? { addons: ['heroku-postgresql:essential-0', 'made-up'] } : {}),
  }),
  Procfile: `web: node server.js\n${wantsAddon ? 'release: node migrate.js\n' : ''}`,
  'migrate.js': `
import pg from 'pg'
const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
await client.connect()
await client.query('CREATE TABLE IF NOT EXISTS visits (at timestamptz DEFAULT now(), app text)')
await client.end()
`,
  'server.js': `
import { createServer } from 'node:http'
import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
pool.on('error', () => {})
createServer(async (request, response) => {
  try {
    await pool.query('INSERT INTO visits (app) VALUES ($1)', [process.env.VASTROX_APP])
    const { rows } = await pool.query('SELECT count(*) AS n, session_user AS who FROM visits')
    response.end(rows[0].n + ' ' + rows[0].who)
  } catch (error) {
    response.writeHead(500).end(String(error.code || error.message || 'no database'))
  }
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`,
})

const addonOf = () => vastrox.read(Addon, `/addons/${NAME}`)
const whoOf = async (name: string): Promise<string> =>
  (await vastrox.visit(name)).body.split(' ')[1] ?? ''

beforeAll(async () => {
  await Promise.all([copy.init(), second.init()])
})

it('one push gives an app its database, before the release command', async () => {
  copy.write(app(true))
  await copy.commit('shop')
  const pushed = await copy.push()

  expect(pushed.output).toContain(`Making the add-on ${NAME} (PostgreSQL)`)
  expect(pushed.output).toContain('DATABASE_URL')
  expect(pushed.output).toContain('add-on made-up is not known')
  expect(pushed.exitCode).toBe(0)
  expect((await vastrox.visit(APP)).body).toMatch(/^\d+ u_e2e_shop$/)
  expect(await addonOf()).toMatchObject({ state: 'running', attachments: [{ app: APP }] })
})

it('a second app shares what is in it as a user of its own, and new credentials lose no request', async () => {
  expect((await vastrox.api('POST', '/apps', { name: OTHER })).status).toBe(201)
  const attached = await vastrox.command('addons:attach', NAME, OTHER)
  expect(attached.exitCode).toBe(0)
  second.write(app(false))
  await second.commit('stock')
  expect((await second.push()).exitCode).toBe(0)
  const [rows, who] = (await vastrox.visit(OTHER)).body.split(' ')
  expect([Number(rows) > 1, who]).toEqual([true, 'u_e2e_stock'])

  const seen = new Set<number>()
  const stop = new AbortController()
  const visiting = (async () => {
    while (!stop.signal.aborted) seen.add((await vastrox.visit(APP)).status)
  })()
  const rotated = await vastrox.api('POST', `/addons/${NAME}/rotate`, {})
  expect(rotated.status).toBe(200)
  await until('both to have new users', async () => {
    const users = await Promise.all([whoOf(APP), whoOf(OTHER)])
    return users.join() === 'u_e2e_shop_2,u_e2e_stock_2' || undefined
  })
  stop.abort()
  await visiting
  expect([...seen]).toEqual([200])
})

it('an add-on that is destroyed comes back from the trash with its rows', async () => {
  await Promise.all([untilSettled(vastrox, APP), untilSettled(vastrox, OTHER)])
  const refused = await vastrox.api('DELETE', `/addons/${NAME}`, { confirm: NAME })
  expect(refused.status).toBe(409)
  for (const name of [APP, OTHER])
    expect((await vastrox.api('DELETE', `/addons/${NAME}/attachments/${name}`)).status).toBe(200)
  expect((await vastrox.api('DELETE', `/addons/${NAME}`, { confirm: NAME })).status).toBe(204)

  const trash = await vastrox.read(pageOf(DestroyedAddon), '/destroyed-addons')
  const [found] = trash.items.filter(({ name }) => name === NAME)
  expect(found?.sizeBytes).toBeGreaterThan(0)
  const purge = { confirm: NAME }
  expect((await vastrox.api('DELETE', `/destroyed-addons/${found?.id ?? ''}`, purge)).status).toBe(
    409,
  )
  const restored = await vastrox.api('POST', `/destroyed-addons/${found?.id ?? ''}/restore`, {})
  expect(restored.status).toBe(202)
  await until('it to run again', async () => (await addonOf()).state === 'running' || undefined)
  const counted = await vastrox.command('addons:attach', NAME, APP)
  expect(counted.exitCode).toBe(0)
  await until('its rows to be there', async () => {
    const { body } = await vastrox.visit(APP)
    return Number(body.split(' ')[0]) > 3 || undefined
  })
})
