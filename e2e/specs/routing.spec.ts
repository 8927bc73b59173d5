import { afterAll, beforeAll, expect, it } from 'vitest'
import { destroyApp } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'e2e-routing'
const ASSET = '/assets/index-BxY3k2Zq.js'

const server = (asset: string | null): string => `
const { createServer } = require('node:http')
createServer((request, response) => {
  const { url, headers } = request
  if (url.startsWith('/assets/')) {
    const found = ${JSON.stringify(asset)}
    response.writeHead(found === null ? 404 : 200, { 'content-type': 'text/javascript' })
    return response.end(found ?? 'not here')
  }
  const said = [process.env.WHO || 'web', url, headers['x-forwarded-prefix'], headers.authorization]
  response.end(JSON.stringify(said))
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`
const copy = createWorkingCopy(vastrox.remote(APP))

beforeAll(async () => {
  await copy.init()
  copy.write({
    'package.json': JSON.stringify({ name: 'routing', version: '1.0.0', private: true }),
    Procfile: 'web: node server.js\napi: WHO=api node server.js\n',
    'server.js': server('of the release before'),
  })
  await copy.commit('one')
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0 })
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

async function change(wish: object): Promise<void> {
  const reply = await vastrox.api('PATCH', `/apps/${APP}/routing`, wish)
  expect(reply.status, reply.body).toBe(200)
}

it('what is set for the routes of an app is in force at once, and outlives the daemon', async () => {
  expect((await vastrox.visit(APP, ASSET)).body).toBe('of the release before')
  const users = `/apps/${APP}/basic-auth-users`
  expect((await vastrox.api('PUT', `${users}/ann`, { password: 'a password' })).status).toBe(200)
  await change({ redirects: [{ from: '/old/*', to: '/new/*' }] })

  const authorization = `Basic ${Buffer.from('ann:a password').toString('base64')}`
  expect((await vastrox.visit(APP)).status).toBe(401)
  expect((await vastrox.visit(APP, '/x', { authorization })).body).toBe('["web","/x",null,null]')
  const moved = await vastrox.visit(APP, '/old/a?b=c', { authorization })
  expect([moved.status, moved.headers['location']]).toEqual([308, '/new/a?b=c'])

  await vastrox.kill('daemon', 'SIGKILL')
  expect((await vastrox.visit(APP)).status).toBe(401)
  await until('the daemon to answer', async () => {
    const reply = await vastrox.api('GET', '/apps').catch(() => undefined)
    return reply?.status === 200
  })
  expect((await vastrox.api('DELETE', `${users}/ann`)).status).toBe(200)
  expect((await vastrox.visit(APP)).status).toBe(200)
})

it('a path leads to its own process, and an old page finds its script after the switch', async () => {
  await change({ paths: [{ prefix: '/api', process: 'api', strip: true }] })
  copy.write({ 'server.js': server(null) })
  await copy.commit('two')
  expect((await vastrox.command('scale', APP, 'api=1')).exitCode).toBe(0)
  const pushed = await copy.push()
  expect(pushed.exitCode, pushed.output).toBe(0)

  expect((await vastrox.visit(APP, '/api/x?y')).body).toBe('["api","/x?y","/api",null]')
  expect((await vastrox.visit(APP, '/apis')).body).toBe('["web","/apis",null,null]')
  expect((await vastrox.visit(APP, ASSET)).body).toBe('of the release before')
  expect((await vastrox.visit(APP, '/assets/other-BxY3k2Zq.js')).status).toBe(404)
})
