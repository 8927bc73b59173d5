import { randomBytes } from 'node:crypto'
import { EnvVariable } from '@vastrox/shared/env.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { Release } from '@vastrox/shared/release.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deploymentsOf, destroyApp, pushTinyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { filesWith, formsOf, leaksIn, ownLayersOf, watchArguments } from '#support/canary.ts'
import { containersOf, docker } from '#support/engine.ts'
import { type Answer, connectInstallation, until } from '#support/installation.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const IS_LONG = process.env['VASTROX_LONG'] === '1'
const APP = 'secretive'
const SECRET = 'p@ss w0rd/+?&=%"\'$HOME`id`\n2nd line ✓'

let copy: WorkingCopy
beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0, drainMs: 500, stopGraceMs: 500 })
})
afterAll(async () => {
  await destroyApp(vastrox, APP)
  copy.remove()
})

describe('env variables', () => {
  it('reach the process byte by byte, and a change is a new release', async () => {
    const values = {
      SECRET,
      QUOTES: `"'\\\``,
      DOLLAR: '$PATH ${HOME} $$',
      LONG: 'x'.repeat(65_536),
      EMPTY: '',
    }
    const answer = await vastrox.api('PATCH', `/apps/${APP}/env`, { set: values })
    expect(answer.status, answer.body).toBeLessThan(300)
    await untilSettled(vastrox, APP)
    copy.write({
      ...tinyApp('v2'),
      'server.js': `
        require('node:http').createServer((q, r) => {
          if (q.url === '/leak') {
            console.log('leaked ' + process.env.SECRET)
            console.log('base64 ' + Buffer.from(process.env.SECRET).toString('base64'))
            console.log('encoded ' + encodeURIComponent(process.env.SECRET))
          }
          r.end(JSON.stringify(process.env))
        }).listen(process.env.PORT)`,
    })
    await copy.commit('show env')
    const pushed = await copy.push()
    expect(pushed.exitCode, pushed.output).toBe(0)

    const seen = z.record(z.string(), z.string()).parse(JSON.parse((await vastrox.visit(APP)).body))

    for (const [key, value] of Object.entries(values)) expect(seen[key], key).toBe(value)
  })

  it('are listed without their values', async () => {
    const { items: listed } = await vastrox.read(pageOf(EnvVariable), `/apps/${APP}/env`)

    expect(listed.map(({ key }) => key)).toContain('SECRET')
    expect(listed.every(({ value }) => value === null)).toBe(true)
  })

  it('never show in the log, in any form', async () => {
    await vastrox.visit(APP, '/leak')

    const log = await until('the leak to be logged', async () => {
      const { body } = await vastrox.api('GET', `/apps/${APP}/logs?limit=200`)
      return body.includes('leaked') && body.includes('encoded') ? body : undefined
    })
    expect(log).not.toContain('p@ss')
    expect(log).not.toContain('w0rd')
    expect(log).not.toContain(Buffer.from(SECRET).toString('base64').slice(4, 24))
    expect(log).not.toContain(encodeURIComponent(SECRET).slice(2, 30))
  })

  it('are in no image', async () => {
    const images = (
      await docker(
        'images',
        '-q',
        '--no-trunc',
        '--filter',
        `label=vastrox.instance=${vastrox.config.instance}`,
      )
    ).split('\n')
    for (const image of new Set(images.filter((id) => id !== '')))
      expect(await docker('image', 'inspect', image)).not.toContain('2nd line')
  })
})

describe('20 secrets in every place that takes one (promise 8)', () => {
  const random = (): string => randomBytes(12).toString('hex').replace(/^./, 'c')
  const PEM = `-----BEGIN PRIVATE KEY-----\n${random()}${random()}\n${random()}${random()}\n-----END PRIVATE KEY-----`
  const planted = {
    run: `run-${random()}`,
    build: `build-${random()}`,
    both: `both-${random()}`,
    hidden: `hidden-${random()}`,
    odd: `odd "${random()}" $HOME \\ & é`,
    url: `postgres://shop:${random()}@db.example/shop?x=1`,
    long: `${random()}-${'long'.repeat(300)}-${random()}`,
    pem: PEM,
    group: `group-${random()}`,
    groupBuild: `group-build-${random()}`,
    loose: `loose-${random()}`,
    registry: `registry-${random()}`,
    otherRegistry: `other-registry-${random()}`,
    source: `source-${random()}`,
    remote: `remote-${random()}`,
    oauth: `oauth-${random()}`,
    visitors: `visitors-${random()}`,
  }
  const GROUP = `canary-${randomBytes(3).toString('hex')}`
  const LOOSE = `${GROUP}-loose`
  const OTHER = 'canary-other'
  const seen: [where: string, text: string][] = []
  let secrets: string[] = []
  let forms: string[] = []
  let watcher: ReturnType<typeof watchArguments>
  const cleanUp: (() => Promise<unknown>)[] = []

  /** A call whose answer is looked through afterwards. */
  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await vastrox.api(method, path, body)
    seen.push([`${method} ${path}`, `${JSON.stringify(answer.headers)}\n${answer.body}`])
    return answer
  }
  /** One whose answer is the place to show a secret, once. */
  async function shownOnce(method: string, path: string, body: unknown): Promise<string> {
    const { status, body: text } = await vastrox.api(method, path, body)
    expect(status, text).toBeLessThan(300)
    const answer = z.record(z.string(), z.unknown()).parse(JSON.parse(text))
    const secret = answer['token'] ?? answer['webhookSecret']
    if (typeof secret !== 'string') throw new Error(`${path} shows nothing`)
    const { id } = answer
    if (path === '/tokens') cleanUp.push(() => vastrox.api('DELETE', `/tokens/${String(id)}`))
    return secret
  }
  const fine = async (answer: Promise<Answer>): Promise<void> => {
    const { status, body } = await answer
    expect(status, body).toBeLessThan(300)
  }

  beforeAll(async () => {
    const { run, build, both, hidden, odd, url, long, pem } = planted
    // Watched from the first moment; what is made at random is added below.
    watcher = watchArguments(formsOf(Object.values(planted)))
    await fine(
      call('POST', '/env-groups', {
        name: GROUP,
        set: {
          GROUP_SECRET: planted.group,
          GROUP_BUILD: { value: planted.groupBuild, phase: 'build' },
        },
      }),
    )
    await fine(call('POST', '/env-groups', { name: LOOSE, set: { LOOSE: planted.loose } }))
    await fine(call('POST', '/apps', { name: OTHER }))
    await fine(call('PUT', `/apps/${APP}/env-groups`, { groups: [GROUP] }))
    await fine(
      call('PATCH', `/apps/${APP}/env`, {
        set: {
          RUN: run,
          BUILD: { value: build, phase: 'build' },
          BOTH: { value: both, phase: 'both' },
          HIDDEN: { value: hidden, neverReveal: true },
          ODD: odd,
          DATABASE_URL: url,
          LONG: long,
          PEM: pem,
          MADE: { generate: 'hex' },
          POINTS: { value: `<\${{ group.${GROUP}.GROUP_SECRET }}>`, isReference: true },
        },
      }),
    )
    await untilSettled(vastrox, APP)
    const password = (value: string) => ({ username: 'canary', password: value })
    await fine(call('PUT', '/registries/one.registry.example', password(planted.registry)))
    await fine(call('PUT', '/registries/two.registry.example', password(planted.otherRegistry)))
    await fine(call('PUT', `/apps/${APP}/basic-auth-users/canary`, { password: planted.visitors }))
    await fine(call('DELETE', `/apps/${APP}/basic-auth-users/canary`))
    const account = await call('POST', '/git-accounts', {
      kind: 'oauth',
      hostKind: 'gitea',
      baseUrl: 'https://git.example',
      clientId: 'canary',
      clientSecret: planted.oauth,
    })
    const { id } = z
      .object({ account: z.object({ id: z.string() }) })
      .parse(JSON.parse(account.body)).account
    cleanUp.push(() => vastrox.api('DELETE', `/git-accounts/${id}`))
    await call('PUT', `/apps/${OTHER}/sources/sftp`, {
      host: 'files.example',
      username: 'canary',
      folder: '/site',
      access: 'password',
      password: planted.remote,
    })
    const webhook = await shownOnce('PUT', `/apps/${OTHER}/sources/git`, {
      url: 'https://git.example/canary/app.git',
      access: 'token',
      token: planted.source,
    })
    const permissions = ['app.read']
    const token = await shownOnce('POST', '/tokens', { name: 'canary', permissions })
    const made = (await docker('inspect', '-f', '{{json .Config.Env}}', await instance())).match(
      /"MADE=([0-9a-f]{64})"/,
    )?.[1]
    if (made === undefined) throw new Error('no value was generated')

    secrets = [...Object.values(planted), webhook, token, made]
    forms = formsOf(secrets)
  })
  afterAll(async () => {
    await destroyApp(vastrox, OTHER)
    await vastrox.api('PATCH', `/apps/${APP}/env`, { set: { POINTS: null } })
    await vastrox.api('PUT', `/apps/${APP}/env-groups`, { groups: [] })
    for (const undo of cleanUp) await undo()
    for (const path of ['/registries/one.registry.example', '/registries/two.registry.example'])
      await vastrox.api('DELETE', path)
    for (const group of [GROUP, LOOSE]) await vastrox.api('DELETE', `/env-groups/${group}`)
  })

  const instance = async (): Promise<string> => {
    const names = await containersOf(vastrox.config.instance, APP)
    return names.find((name) => name.includes('web')) ?? names[0] ?? ''
  }

  /** Prints everything it knows, in every form. */
  const TELL = `
    const tell = (say, what) => {
      for (const value of Object.values(process.env)) {
        const bytes = Buffer.from(value)
        say(what + ' ' + value)
        say(what + ' base64 ' + bytes.toString('base64') + ' hex ' + bytes.toString('hex'))
        say(what + ' url ' + encodeURIComponent(value) + ' json ' + JSON.stringify({ value }))
      }
      process.stdout.write(what + ' in two ')
      for (const value of Object.values(process.env)) {
        process.stdout.write(value.slice(0, 9))
        process.stdout.write(value.slice(9) + '\\n')
      }
    }`

  it('are twenty', () => {
    expect(new Set(secrets).size).toBe(20)
  })

  it('reach what needs them through build, release, logs, runs and failures', async () => {
    copy.write({
      ...tinyApp('canary'),
      'package.json': JSON.stringify({
        name: 'tiny',
        version: '1.0.0',
        private: true,
        scripts: { build: 'node build.js' },
      }),
      Procfile: 'web: node server.js\nrelease: node release.js\n',
      'build.js': `${TELL}
        require('node:fs').writeFileSync('built', String(Boolean(process.env.BUILD && process.env.GROUP_BUILD && process.env.BOTH && !process.env.RUN)))
        tell(console.log, 'build')`,
      'release.js': `${TELL}
        tell(console.error, 'release')`,
      'server.js': `${TELL}
        tell(console.log, 'start')
        require('node:http').createServer((q, r) => {
          if (q.url === '/crash') {
            tell(console.error, 'crash')
            setTimeout(() => process.exit(3), 20)
          }
          // What is no HTTP at all: the proxy answers with a page of its own.
          if (q.url === '/broken') return q.socket.end('HTTP/9 ' + JSON.stringify(process.env))
          const e = process.env
          const built = require('node:fs').readFileSync('built', 'utf8')
          const points = e.POINTS === '<' + e.GROUP_SECRET + '>'
          r.end(JSON.stringify({ built, run: !!e.RUN, both: !!e.BOTH, build: !!e.BUILD, points }))
        }).listen(process.env.PORT)`,
    })
    await copy.commit('tells all it knows')
    const pushed = await copy.push()
    expect(pushed.exitCode, pushed.output).toBe(0)
    seen.push(['the push', pushed.output])
    expect(JSON.parse((await vastrox.visit(APP)).body)).toEqual({
      built: 'true',
      run: true,
      both: true,
      build: false,
      points: true,
    })

    await call('POST', `/apps/${APP}/runs`, { command: 'env; env | base64' })
    const broken = await vastrox.visit(APP, '/broken')
    expect(broken.status).toBe(502)
    seen.push(['the page of a broken answer', `${JSON.stringify(broken.headers)} ${broken.body}`])
    await vastrox.visit(APP, '/crash')
    await until('the crash to be written down', async () => {
      const { body } = await call('GET', `/apps/${APP}/crashes`)
      return body.includes('"exitCode":3')
    })
    const fails = `throw new Error('cannot go on with ' + JSON.stringify(process.env))`
    const settings = JSON.stringify({ healthTimeout: '4s' })
    for (const [what, files] of [
      ['start', { 'server.js': fails, 'vastrox.json': settings }],
      ['build', { 'build.js': fails }],
    ] as const) {
      copy.write(files)
      await copy.commit(`fails to ${what}`)
      const failed = await copy.push()
      expect(failed.exitCode).not.toBe(0)
      expect(failed.output).toContain('cannot go on with')
      seen.push([`the push that fails to ${what}`, failed.output])
    }
  })

  it('are in no answer, log, page or audit event', async () => {
    const lists = ['', '/env', '/env-changes', '/env-groups', '/releases', '/deployments', '/runs']
    const more = ['/logs?limit=1000', '/processes', '/crashes', '/access-log', '/traffic']
    for (const path of [...lists, ...more, '/build-plan']) await call('GET', `/apps/${APP}${path}`)
    for (const path of ['', '/sources/git', '/sources/sftp', '/env'])
      await call('GET', `/apps/${OTHER}${path}`)
    for (const path of ['/env-groups', '/registries', '/git-accounts', '/tokens', '/apps'])
      await call('GET', path)
    await call('GET', '/audit-events?limit=200')
    await call('GET', `/env-groups/${GROUP}/changes`)
    for (const { number } of (await deploymentsOf(vastrox, APP)).slice(0, 6))
      await call('GET', `/apps/${APP}/deployments/${number}/log`)
    const runs = z.object({ items: z.array(z.object({ number: z.int() })) })
    for (const { number } of (await vastrox.read(runs, `/apps/${APP}/runs`)).items)
      await call('GET', `/apps/${APP}/runs/${number}/log`)
    const releases = await vastrox.read(pageOf(Release), `/apps/${APP}/releases`)
    for (const { number } of releases.items.slice(0, 3))
      for (const path of ['env-difference', 'dockerfile', 'build'])
        await call('GET', `/apps/${APP}/releases/${number}/${path}`)
    // A wrong value comes back with what is wrong, not with the value.
    await call('PATCH', `/apps/${APP}/env`, { set: { RUN: `${planted.run}\0` } })
    await call('PATCH', `/apps/${APP}/env`, { set: { '1NO': planted.run } })
    await call('GET', `/apps/${APP}/env/HIDDEN`)

    const told = seen.map(([, text]) => text).join('\n')
    for (const what of ['build', 'release', 'start', 'crash'])
      expect(told, `what ${what} printed`).toMatch(new RegExp(`${what} (\\[redacted\\]|base64)`))
    expect(leaksIn(seen, forms)).toEqual([])
  })

  it('are in no argument list, file of Vastrox, image history or layer', async () => {
    const { found, looks } = await watcher.stop()
    expect(found).toEqual([])
    expect(looks).toBeGreaterThan(20)

    const text = await docker(
      'images',
      '-q',
      '--no-trunc',
      '--filter',
      `label=vastrox.instance=${vastrox.config.instance}`,
    )
    const images = [...new Set(text.split('\n').filter(Boolean))]
    const described = images.map(
      async (image): Promise<[string, string]> => [
        image,
        `${await docker('image', 'inspect', image)} ${await docker('history', '--no-trunc', image)}`,
      ],
    )
    expect(leaksIn(await Promise.all(described), forms)).toEqual([])
    const { items } = await vastrox.read(pageOf(Release), `/apps/${APP}/releases`)
    const [newest] = items
    const layers = await ownLayersOf(newest?.imageId ?? '', 'vastrox/node:26')
    expect(layers.length).toBeGreaterThan(0)
    expect(await filesWith(forms, layers)).toEqual([])

    const files = await filesWith(forms, [vastrox.dataDir])
    expect(files).toEqual([])
    // The search itself finds what is there.
    const listed = await filesWith([vastrox.config.baseDomain], [vastrox.paths.config])
    expect(listed).toEqual([vastrox.paths.config])
  })
})

describe('another master key', () => {
  const KeyStatus = z.object({
    keys: z.array(z.object({ id: z.string(), values: z.int() })),
    isUnderWay: z.boolean(),
    values: z.int(),
    done: z.int(),
    unreadable: z.array(z.string()),
  })
  const status = async () => {
    const said = await vastrox.command('secrets', '--json')
    if (said.exitCode !== 0) throw new Error(said.stderr)
    return KeyStatus.parse(JSON.parse(said.stdout.toString()))
  }

  /** Each of them in core's tests; here the process itself, by SIGKILL. */
  const POINTS = IS_LONG
    ? ['keyMade', 'resealed', 'resealedAll', 'beforeDrop', 'dropped']
    : ['resealed']

  it.each(POINTS)(
    'takes over every stored secret, though the daemon is killed at secrets.%s',
    async (point) => {
      const before = await vastrox.command('env:get', APP, 'SECRET')
      const [old] = (await status()).keys
      const pid = await vastrox.pidOf('daemon')
      const session = await vastrox.read(z.unknown(), '/me')

      await vastrox.command('debug:crash-at', `secrets.${point}`)
      await vastrox.command('secrets:rotate', '--detach')
      await vastrox.command('up')
      await until('the daemon to be another process', async () => {
        const now = (await vastrox.status()).processes.find(({ name }) => name === 'daemon')
        return now?.state === 'running' && now.pid !== pid
      })
      const ended = await until('every secret to be sealed with the new key', async () => {
        const now = await status().catch(() => undefined)
        return now && now.done === now.values && now.keys[0]?.id !== old?.id ? now : undefined
      })

      expect(ended.unreadable).toEqual([])
      expect(ended.values).toBeGreaterThan(0)
      const after = await vastrox.command('env:get', APP, 'SECRET')
      expect(after.stdout.toString()).toBe(before.stdout.toString())
      expect(after.stdout.toString()).toContain('2nd line')
      expect(await vastrox.read(z.unknown(), '/me')).toEqual(session)
      const audit = await vastrox.command('audit:verify')
      expect(audit.exitCode, audit.stderr).toBe(0)
      if (!IS_LONG) return
      await until(
        'the old key to be gone',
        async () => {
          const { keys, isUnderWay } = await status()
          return keys.length === 1 && !isUnderWay
        },
        90_000,
      )
    },
  )
})
