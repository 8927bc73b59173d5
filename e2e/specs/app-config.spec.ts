import { App } from '@vastrox/shared/app.ts'
import { BuildPlan, Ejected, ReleaseBuild } from '@vastrox/shared/build-plan.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { Process } from '@vastrox/shared/process.ts'
import { Starter } from '@vastrox/shared/starter.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, pushTinyApp, tinyApp, untilSettled, versionOf } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'configured'
const STARTED = 'started'

/** Tells what it was given, so that a visitor can see it. */
const TELLS = `
const { createServer } = require('node:http')
const { SECRET_KEY = '', LOG_LEVEL = '' } = process.env
createServer((request, response) => {
  if (request.url === '/up') return response.end('up')
  response.end(JSON.stringify({ secret: SECRET_KEY, level: LOG_LEVEL }))
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`
const CONFIG = {
  processes: {
    web: { scale: 2, memory: '96MB' },
    ticker: { command: 'node ticker.js', scale: 1, memory: '64MB' },
  },
  env: { SECRET_KEY: { generator: 'secret' }, LOG_LEVEL: 'info' },
  healthPath: '/up',
}
const files = (config: object): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'told', version: '1.0.0', private: true }),
  'server.js': TELLS,
  'ticker.js': 'setInterval(() => {}, 1_000); process.on("SIGTERM", () => process.exit(0))',
  'vastrox.json': JSON.stringify(config),
})
const told = async (): Promise<{ secret: string; level: string }> =>
  z
    .object({ secret: z.string(), level: z.string() })
    .parse(JSON.parse((await vastrox.visit(APP)).body))

let copy: WorkingCopy
beforeAll(async () => {
  copy = createWorkingCopy(vastrox.remote(APP))
  await copy.init()
})
afterAll(async () => {
  await Promise.all([APP, STARTED].map((app) => destroyApp(vastrox, app)))
  copy.remove()
})

describe('vastrox.json', () => {
  it('makes the env, the processes and the health check that it names', async () => {
    copy.write(files(CONFIG))
    await copy.commit('configured')

    const pushed = await copy.push()

    expect(pushed.exitCode, pushed.output).toBe(0)
    expect(pushed.output).toContain('ticker: node ticker.js (vastrox.json)')
    const { secret, level } = await told()
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(level).toBe('info')
    expect(pushed.output).not.toContain(secret)
    const { items } = await vastrox.read(pageOf(Process), `/apps/${APP}/processes`)
    expect(Object.fromEntries(items.map(({ name, scale }) => [name, scale]))).toEqual({
      ticker: 1,
      web: 2,
    })
    expect(items.find(({ name }) => name === 'web')?.limits.memoryBytes).toBe(96 * 2 ** 20)
  })

  it('keeps the secret over pushes, and fails before the build where something is required', async () => {
    const before = await told()
    copy.write(files({ ...CONFIG, env: { ...CONFIG.env, STRIPE_KEY: { description: 'to pay' } } }))
    await copy.commit('wants more')

    const pushed = await copy.push()

    expect(pushed.exitCode).not.toBe(0)
    expect(pushed.output).toContain('not set: STRIPE_KEY (to pay)')
    expect(pushed.output).not.toContain('-----> Building')
    expect(await told()).toEqual(before)
    const plan = await vastrox.read(BuildPlan, `/apps/${APP}/build-plan`)
    expect(plan.missingEnv).toEqual(['STRIPE_KEY'])
    await copy.git('reset', '-q', '--hard', 'HEAD~1')
  })

  it('is refused with its line where it is broken', async () => {
    copy.write({ 'vastrox.json': '{\n  "healthPath": "/up",\n}\n' })
    await copy.commit('broken')

    const pushed = await copy.push()
    await copy.git('reset', '-q', '--hard', 'HEAD~1')

    expect(pushed.exitCode).not.toBe(0)
    expect(pushed.output).toContain('vastrox.json is not valid JSON: line 3: a comma stands before')
  })

  it('has its schema for editors, without a token', async () => {
    const answer = await vastrox.ask('GET', `${vastrox.apiUrl}/schemas/vastrox.json`)
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ title: 'vastrox.json', type: 'object' })
  })
})

it('an ejected Dockerfile builds the same app', async () => {
  await destroyApp(vastrox, APP)
  const own = await pushTinyApp(vastrox, APP, 'v1')
  try {
    const app = await vastrox.read(App, `/apps/${APP}`)
    const number = app.liveRelease ?? 0
    const { files: ejected } = await vastrox.read(
      Ejected,
      `/apps/${APP}/releases/${number}/dockerfile`,
    )
    expect(ejected['Dockerfile']).toContain('FROM vastrox/node:')
    const byCommand = await vastrox.command('eject', APP)
    expect(byCommand.stdout.toString()).toBe(ejected['Dockerfile'])
    own.write({ ...tinyApp('v2'), ...ejected })
    await own.commit('a Dockerfile of our own')

    const pushed = await own.push()

    expect(pushed.exitCode, pushed.output).toBe(0)
    expect(await versionOf(vastrox, APP)).toBe('v2')
    const build = await vastrox.read(ReleaseBuild, `/apps/${APP}/releases/${number + 1}/build`)
    expect(build).toMatchObject({ stack: 'dockerfile', canEject: false })
  } finally {
    own.remove()
  }
})

it('a starter becomes an app in one call, and a clone gets its files', async () => {
  const { items } = await vastrox.read(pageOf(Starter), '/starters')
  expect(items.map(({ name }) => name)).toContain('static-site')

  const made = await vastrox.api('POST', '/apps', { name: STARTED, starter: 'static-site' })
  expect(made.status, made.body).toBe(201)
  await untilSettled(vastrox, STARTED)

  await until('the starter to answer', async () => (await vastrox.visit(STARTED)).status === 200)
  const clone = createWorkingCopy(vastrox.remote(STARTED))
  try {
    await clone.init()
    await clone.git('pull', '-q', 'vastrox', 'main')
    expect(await clone.git('log', '--format=%s')).toBe('Begin with the starter static-site')
    expect((await clone.git('ls-files')).split('\n')).toContain('index.html')
  } finally {
    clone.remove()
  }
})

it('an image inside of this network is refused in words (rule C11)', async () => {
  const answer = await vastrox.api('POST', `/apps/${STARTED}/sources/image`, {
    reference: '127.0.0.1:5000/team/app:1',
  })
  expect(answer.status, answer.body).toBe(202)

  const failed = await untilSettled(vastrox, STARTED)

  expect(failed).toMatchObject({ state: 'failed', trigger: 'image' })
  expect(failed.reason).toMatch(/127\.0\.0\.1/)
  expect((await vastrox.visit(STARTED)).status).toBe(200)
})
