import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { destroyApp } from '#support/apps.ts'
import { echoOnce } from '#support/echo-socket.ts'
import { connectInstallation } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'
import { runOpenLoop } from '../bench/open-loop.ts'

const vastrox = connectInstallation()
const ROOT = join(import.meta.dirname, '../..')
const copies = new Map<string, WorkingCopy>()

afterAll(async () => {
  for (const [app, copy] of copies) {
    await destroyApp(vastrox, app)
    copy.remove()
  }
})

/** Pushes a folder of the repository as an app of its own, as its README says. */
async function pushed(app: string, folder: string): Promise<{ copy: WorkingCopy; output: string }> {
  const copy = createWorkingCopy(vastrox.remote(app))
  copies.set(app, copy)
  await copy.init()
  copy.copyFrom(join(ROOT, folder))
  await copy.commit('first')
  const { exitCode, output } = await copy.push('--force', 'main')
  expect(exitCode, output).toBe(0)
  await vastrox.api('PATCH', `/apps/${app}`, { watchMs: 1_000, drainMs: 1_000 })
  return { copy, output }
}

describe('the example of Flask', () => {
  const APP = 'py-flask'

  it('is found to be app:app, and served by gunicorn', async () => {
    const { output } = await pushed(APP, 'examples/flask')

    expect(output).toContain('-----> Python app detected (requirements.txt)')
    expect(output).toContain('Flask: app:app (found in app.py)')
    expect(output).toContain('web: gunicorn app:app (app.py)')
    const page = await vastrox.visit(APP)
    expect(page.status).toBe(200)
    expect(page.body).toContain(`${APP} is running`)
    expect((await vastrox.visit(APP, '/static/style.css')).headers['content-type']).toContain('css')
    expect((await vastrox.visit(APP, '/health')).status).toBe(200)
  })

  it('takes a change of code with no step of the packages run again, and drops no request', async () => {
    const copy = copies.get(APP)
    const template = readFileSync(join(ROOT, 'examples/flask/templates/index.html'), 'utf8')
    copy?.write({ 'templates/index.html': template.replace('is running</h1>', 'goes on</h1>') })
    await copy?.commit('second')
    const visitors = runOpenLoop({
      port: vastrox.config.httpPort,
      host: vastrox.hostOf(APP),
      ratePerSecond: 30,
      durationMs: 6_000,
      accept: (status) => status === 200,
    })

    const second = await copy?.push('-o', 'verbose', 'main')

    expect(second?.exitCode, second?.output).toBe(0)
    expect(second?.output).toMatch(/uv pip install .*\(cached\)/)
    expect((await vastrox.visit(APP)).body).toContain('goes on')
    expect((await visitors).failed).toBe(0)
  })
})

describe('the example of FastAPI', () => {
  const APP = 'py-fastapi'

  it('answers a page and its documentation, and echoes over a WebSocket', async () => {
    const { output } = await pushed(APP, 'examples/fastapi')

    expect(output).toContain('FastAPI: main:app (found in main.py)')
    expect(output).toContain('one worker: main.py takes WebSockets')
    expect((await vastrox.visit(APP)).body).toContain(`${APP} is running`)
    expect((await vastrox.visit(APP, '/docs')).status).toBe(200)
    const ticks = await vastrox.visit(APP, '/api/ticks?count=2')
    expect(JSON.parse(ticks.body)).toHaveLength(2)
    const place = { port: vastrox.config.httpPort, host: vastrox.hostOf(APP), path: '/echo' }
    expect(await echoOnce(place, 'hé')).toBe('hé')
  })
})

describe('the example of Django', () => {
  const APP = 'py-django'

  /** As a browser sends the form: with the cookie and the token that the page came with. */
  async function write(text: string): Promise<number> {
    const page = await vastrox.visit(APP)
    const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(page.body)?.[1] ?? ''
    const cookie = [page.headers['set-cookie']].flat()[0]?.split(';')[0] ?? ''
    const answer = await vastrox.ask('POST', `http://127.0.0.1:${vastrox.config.httpPort}/`, {
      headers: {
        host: vastrox.hostOf(APP),
        cookie,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ csrfmiddlewaretoken: token, text }).toString(),
      timeoutMs: 20_000,
    })
    return answer.status
  }

  it('migrates before it goes live, and serves the files of its admin', async () => {
    const { output } = await pushed(APP, 'examples/django')

    expect(output).toContain('build: python manage.py collectstatic')
    expect(output).toContain('release: python manage.py migrate --noinput (Django)')
    expect(output).toContain('Applying notes.0001_initial... OK')
    const admin = await vastrox.visit(APP, '/admin/login/')
    expect(admin.status).toBe(200)
    const style = /href="(\/static\/admin\/css\/base\.[0-9a-f]+\.css)"/.exec(admin.body)?.[1] ?? ''
    const file = await vastrox.visit(APP, style)
    expect(file.status).toBe(200)
    expect(file.headers['cache-control']).toContain('immutable')
  })

  it('keeps what is written over the next deployment', async () => {
    expect(await write('milk & bread')).toBe(302)

    const copy = copies.get(APP)
    await copy?.commit('second')
    const second = await copy?.push()

    expect(second?.exitCode, second?.output).toBe(0)
    expect((await vastrox.visit(APP)).body).toContain('milk &amp; bread')
  })
})

describe('a lock file of Poetry', () => {
  it('decides what is installed, without what is only for development', async () => {
    const { output } = await pushed('py-poetry', 'e2e/apps/python-poetry')

    expect(output).toContain('what poetry.lock pins, installed by uv')
    expect(output).toContain('gunicorn is added: the project does not ask for it')
    const { body } = await vastrox.visit('py-poetry')
    expect(body).toMatch(/^bottle-0\.13\.4 gunicorn-[\d.]+( packaging-[\d.]+)?$/)
  })
})
