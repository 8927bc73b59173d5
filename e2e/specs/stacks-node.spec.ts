import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const ROOT = join(import.meta.dirname, '../..')
const copies: WorkingCopy[] = []
const APPS = ['n-express', 'n-next', 'n-static', 'n-worker', 'n-spa', 'n-workspace']

/** A checkout of one of our trees, as a user's. */
async function checkOut(app: string, folder: string): Promise<WorkingCopy> {
  const copy = createWorkingCopy(vastrox.remote(app))
  copies.push(copy)
  await copy.init()
  copy.copyFrom(join(ROOT, folder))
  await copy.commit('first')
  return copy
}

async function push(copy: WorkingCopy): Promise<string> {
  const pushed = await copy.push('--force', 'main')
  expect(pushed.exitCode, pushed.output).toBe(0)
  return pushed.output
}

beforeAll(async () => {
  for (const app of APPS) await vastrox.api('POST', '/apps', { name: app })
})
afterAll(async () => {
  for (const app of APPS) await destroyApp(vastrox, app)
  for (const copy of copies) copy.remove()
})

describe('the examples for Node.js and static sites, pushed as they are', () => {
  it('Express answers, and a change of code alone installs nothing', async () => {
    const copy = await checkOut('n-express', 'examples/node-express')
    await push(copy)
    expect(JSON.parse((await vastrox.visit('n-express', '/health')).body)).toMatchObject({
      release: 'v1',
    })

    copy.write({ 'new.js': '' })
    await copy.commit('code alone')
    const output = await push(copy)

    expect(output).not.toContain('$ npm ci')
    expect((await vastrox.visit('n-express')).body).toContain('<dd>v2</dd>')
  })

  it('Next.js renders on the server, from an image without node_modules', async () => {
    const output = await push(await checkOut('n-next', 'examples/nextjs'))

    expect(output).toContain('web: node server.js (output: standalone in next.config)')
    const page = await vastrox.visit('n-next')
    expect(page.body).toMatch(/<h1>n-next.{0,20} is running<\/h1>/)
    const script = /\/_next\/static\/[^"]+\.js/.exec(page.body)?.[0] ?? 'no script'
    expect((await vastrox.visit('n-next', script)).status).toBe(200)
    expect((await vastrox.visit('n-next', '/nothing')).status).toBe(404)
  })

  it('the static site has clean addresses, rules, headers, compressed files and a 404 page', async () => {
    await push(await checkOut('n-static', 'examples/static-site'))
    const visit = (path: string, headers: Record<string, string> = {}) =>
      vastrox.visit('n-static', path, headers)

    const home = await visit('/')
    expect(home.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-frame-options': 'DENY',
    })
    expect((await visit('/about')).body).toContain('<h1>About</h1>')
    expect((await visit('/news')).headers['location']).toBe('/news/')
    expect((await visit('/team')).headers['location']).toBe('/about')
    const moved = await visit('/blog/2024/spring?a=b')
    expect([moved.status, moved.headers['location']]).toEqual([302, '/news/2024/spring?a=b'])
    const missing = await visit('/nothing')
    expect(missing.status).toBe(404)
    expect(missing.body).toContain('There is nothing here')
    expect((await visit('/.well-known/security.txt')).status).toBe(200)
    for (const hidden of ['/.git/config', '/.env', '/_redirects', '/_headers', '/README.md'])
      expect((await visit(hidden)).status, hidden).toBe(404)
    const split = await visit('/blog/x%0d%0aSet-Cookie:%20a=b')
    expect(split.headers['location']).toBe('/news/x%0d%0aSet-Cookie:%20a=b')
    expect(split.headers['set-cookie']).toBeUndefined()
    const style = /\/assets\/[^"]+\.css/.exec(home.body)?.[0] ?? ''
    const packed = await visit(style, { 'accept-encoding': 'br, gzip' })
    expect(packed.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      vary: 'Accept-Encoding',
    })
    const again = await visit('/', { 'if-none-match': String(home.headers['etag']) })
    expect(again.status).toBe(304)
  })

  it('web, worker and the release command run from one image', async () => {
    const output = await push(await checkOut('n-worker', 'examples/node-worker'))

    expect(output).toContain('release: node release.js (Procfile)')
    expect((await vastrox.visit('n-worker')).body).toMatch(/^n-worker v1\n/)
    await until('the worker to work', async () => {
      const logs = await vastrox.api('GET', '/apps/n-worker/logs?limit=100')
      return logs.body.includes('the worker begins')
    })
  })
})

describe('a single-page app', () => {
  it('is built by Vite and served with index.html for its addresses, and 404 for files that are gone', async () => {
    const output = await push(await checkOut('n-spa', 'e2e/apps/vite-spa'))

    expect(output).toContain('a site: nginx serves dist, /index.html where there is no such file')
    const page = await vastrox.visit('n-spa', '/some/page/of/it')
    expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-cache'])
    const script = /\/assets\/[^"]+\.js/.exec(page.body)?.[0] ?? 'no script'
    expect((await vastrox.visit('n-spa', script)).headers['cache-control']).toContain('immutable')
    expect((await vastrox.visit('n-spa', '/assets/index-OldOne12.js')).status).toBe(404)
  })
})

describe('a package of a pnpm workspace', () => {
  it('is built with the packages that it needs, from its own directory', async () => {
    await vastrox.api('PATCH', '/apps/n-workspace', { build: { rootDirectory: 'apps/web' } })

    const output = await push(await checkOut('n-workspace', 'e2e/apps/pnpm-workspace'))

    expect(output).toContain('build of packages/greeting first: pnpm run build')
    expect((await vastrox.visit('n-workspace')).body).toBe('Hello from a workspace')
  })
})
