import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { destroyApp, tinyApp } from '#support/apps.ts'
import { docker } from '#support/engine.ts'
import { connectInstallation } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const EXAMPLES = join(import.meta.dirname, '../../examples')
const KEY = 'preview-key-that-no-image-holds'

const copies = new Map<string, WorkingCopy>()
async function copyOf(app: string, example?: string): Promise<WorkingCopy> {
  const copy = createWorkingCopy(vastrox.remote(app))
  copies.set(app, copy)
  await copy.init()
  if (example !== undefined) copy.copyFrom(join(EXAMPLES, example))
  await copy.commit('first')
  return copy
}

afterAll(async () => {
  for (const [app, copy] of copies) {
    await destroyApp(vastrox, app)
    copy.remove()
  }
})

describe('the Go example', () => {
  it('is built with real modules, answers, and takes a form', async () => {
    const copy = await copyOf('gobook', 'go')

    const pushed = await copy.push()

    expect(pushed.exitCode, pushed.output).toBe(0)
    expect(pushed.output).toContain('remote:        web: bin/web (of 2 programs, by its name)')
    const page = await vastrox.visit('gobook')
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('Guest book')])
    expect((await vastrox.visit('gobook', '/health')).body).toBe('ok\n')
    expect((await vastrox.visit('gobook', '/static/style.css')).status).toBe(200)
  })

  it('is live in a moment after a change of code', async () => {
    const copy = copies.get('gobook')
    copy?.write({ 'templates/index.html': '<p>Changed {{.Go}}</p>' })
    await copy?.commit('change')

    const pushed = await copy?.push()

    expect(pushed?.exitCode, pushed?.output).toBe(0)
    expect(pushed?.output).not.toContain('go: downloading')
    expect((await vastrox.visit('gobook')).body).toMatch(/^<p>Changed go1\./)
  })
})

describe('a Dockerfile', () => {
  it('of the example is built on prepared images, and its EXPOSE is the port', async () => {
    const copy = await copyOf('pages', 'dockerfile')

    const pushed = await copy.push()

    expect(pushed.exitCode, pushed.output).toBe(0)
    expect(pushed.output).toContain('web.1 is up on port 8080')
    expect((await vastrox.visit('pages')).body).toContain('<footer>Pages</footer>')
  })

  it('gets its build arguments, and secrets that are in no image', async () => {
    const env = await vastrox.api('PATCH', '/apps/pages/env', { set: { PREVIEW_KEY: KEY } })
    expect(env.status, env.body).toBeLessThan(300)
    const said = { buildArguments: { TITLE: 'Handbook' }, buildEnvKeys: ['PREVIEW_KEY'] }
    const patched = await vastrox.api('PATCH', '/apps/pages', { build: said })
    expect(patched.status, patched.body).toBe(200)
    const copy = copies.get('pages')
    await copy?.commit('again')

    const pushed = await copy?.push()

    expect(pushed?.exitCode, pushed?.output).toBe(0)
    const digest = createHash('sha256').update(KEY).digest('hex').slice(0, 12)
    expect((await vastrox.visit('pages')).body).toContain(`Handbook, preview ${digest}`)
    expect(await historyOf('pages')).not.toContain(KEY)
  })

  it('on the image of another app is refused', async () => {
    const [victim = ''] = await tagsOf('pages')
    const copy = await copyOf('thief')
    copy.write({ ...tinyApp('v1'), Dockerfile: `FROM ${victim}\nCMD ["sleep", "1d"]\n` })
    await copy.commit('theft')

    const pushed = await copy.push()

    expect(victim).toMatch(/^vastrox-[0-9a-f]{6}\/pages:/)
    expect(pushed.exitCode).not.toBe(0)
    expect(pushed.output).toContain(`${victim} is the image of an app`)
  })

  it('on an image that no registry gives says the way out', async () => {
    const copy = copies.get('thief')
    copy?.write({ Dockerfile: 'FROM registry.invalid/node:22\nCMD ["node", "server.js"]\n' })
    await copy?.commit('no registry')

    const pushed = await copy?.push()

    expect(pushed?.output).toContain(
      'registry.invalid does not lead to a registry on the internet. Remove the Dockerfile: this is a Node.js app that Vastrox builds itself.',
    )
    expect(pushed?.output).toContain('vastrox registry --allow <host>')
  })
})

describe('the Spring Boot example', () => {
  it('is built with real packages, and its libraries are a layer of their own', async () => {
    const copy = await copyOf('notes', 'spring-boot')

    const pushed = await copy.push()

    expect(pushed.exitCode, pushed.output).toBe(0)
    expect(pushed.output).toContain('Spring Boot, Java 21 (java.version in pom.xml is 21)')
    expect(pushed.output).toMatch(/Vastrox: \d+ libraries in a layer of their own/)
    const page = await vastrox.visit('notes')
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('<h1>Notes</h1>')])
    const health = await vastrox.visit('notes', '/actuator/health')
    expect(JSON.parse(health.body)).toMatchObject({ status: 'UP' })
  })
})

/** Every name of the images of an app. */
async function tagsOf(app: string): Promise<string[]> {
  const tags = await docker('images', '--format', '{{.Repository}}:{{.Tag}}', `vastrox-*/${app}`)
  return tags.split('\n').filter((tag) => tag !== '')
}

async function historyOf(app: string): Promise<string> {
  const histories = (await tagsOf(app)).map((tag) => docker('history', '--no-trunc', tag))
  return (await Promise.all(histories)).join('\n')
}
