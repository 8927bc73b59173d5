import { NO_APP_CONFIG } from '@vastrox/shared/app-config.ts'
import { type BuildSettings, DEFAULT_BUILD_SETTINGS } from '@vastrox/shared/build-settings.ts'
import { describe, expect, it } from 'vitest'
import { rootDirectoryOf, whatIsSaid } from '#core/builds/app-config.ts'
import { NO_PROCESS_CONFIG } from '#core/builds/file-says.ts'
import type { SourceTree } from '#ports/stack.ts'

type Files = Record<string, string | object>

const treeOf = (files: Files): SourceTree => ({
  paths: new Set(Object.keys(files)),
  read: (path) => {
    const content = files[path]
    return typeof content === 'object' ? JSON.stringify(content) : content
  },
})

function said(files: Files, settings: Partial<BuildSettings> = {}) {
  const all = { ...DEFAULT_BUILD_SETTINGS, ...settings }
  const tree = treeOf(files)
  return whatIsSaid(tree, all, rootDirectoryOf(tree, all), ['node', 'php', 'dockerfile'])
}
const configOf = (vastrox: object) => said({ 'vastrox.json': vastrox }).config
const heroku = (app: object, files: Files = {}) => said({ ...files, 'app.json': app })
const why = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error instanceof Error && 'details' in error ? error.details : error
  }
}

describe('who is right', () => {
  it('says nothing where nobody said anything', () => {
    expect(said({ 'server.js': '' })).toEqual({
      build: DEFAULT_BUILD_SETTINGS,
      where: {},
      processes: {},
      config: NO_APP_CONFIG,
      lines: [],
    })
  })

  it('is the settings, then vastrox.json, then app.json; and it is told who', () => {
    const { build, where } = said(
      {
        'vastrox.json': {
          build: { version: '24', startCommand: 'node b.js' },
          release: 'node r.js',
        },
        'app.json': { stack: 'php', scripts: { dokku: { predeploy: 'php x' } } },
      },
      { version: '22' },
    )

    expect(build).toMatchObject({
      stack: 'php',
      version: '22',
      startCommand: 'node b.js',
      releaseCommand: 'node r.js',
    })
    expect(where).toEqual({
      stack: 'app.json',
      version: 'settings',
      startCommand: 'vastrox.json',
      releaseCommand: 'vastrox.json',
    })
  })

  it('puts build arguments and build env keys of both together', () => {
    const { build } = said(
      { 'vastrox.json': { build: { buildArguments: { A: '1', B: '1' }, buildEnvKeys: ['NPM'] } } },
      { buildArguments: { B: '2' }, buildEnvKeys: ['GIT'] },
    )

    expect(build.buildArguments).toEqual({ A: '1', B: '2' })
    expect(build.buildEnvKeys).toEqual(['GIT', 'NPM'])
  })

  it('takes the command of processes.web for the start command', () => {
    const { build, where, processes } = said({
      'vastrox.json': {
        processes: { web: { command: 'node a.js' }, mail: { command: 'node m.js' } },
      },
    })

    expect(build.startCommand).toBe('node a.js')
    expect(where.startCommand).toBe('vastrox.json')
    expect(processes).toEqual({ mail: { command: 'node m.js', where: 'vastrox.json' } })
  })

  it('takes the files of the root directory before those of the repository', () => {
    const { build, where, config } = said({
      'vastrox.json': { build: { rootDirectory: 'apps/web', version: '22' }, healthPath: '/outer' },
      'apps/web/vastrox.json': { build: { version: '24', rootDirectory: 'elsewhere' } },
      'app.json': { env: { OUTER: '1' } },
    })

    expect(build).toMatchObject({ rootDirectory: 'apps/web', version: '24' })
    expect(where.version).toBe('apps/web/vastrox.json')
    expect(config.healthPath).toBeNull()
    expect(Object.keys(config.env)).toEqual(['OUTER'])
  })
})

describe('vastrox.json', () => {
  it('says how processes run', () => {
    expect(
      configOf({
        processes: {
          web: { scale: 2, memory: '512MB', cpu: 0.5, stopGrace: '30s' },
          mail: { command: 'node mail.js' },
        },
        healthPath: '/up',
        healthTimeout: '2m',
      }),
    ).toEqual({
      ...NO_APP_CONFIG,
      processes: {
        web: {
          scale: 2,
          memoryBytes: 512 * 2 ** 20,
          cpuMillis: 500,
          stopGraceMs: 30_000,
          exclusive: false,
        },
      },
      healthPath: '/up',
      healthTimeoutMs: 120_000,
    })
  })

  it('names env variables, in short and in full', () => {
    const { env } = configOf({
      env: {
        LOG_LEVEL: 'info',
        SECRET_KEY: { generator: 'secret' },
        STRIPE_KEY: { description: 'Key of the payment provider' },
        SENTRY: { required: false },
      },
    })

    const variable = { value: null, generate: null, required: true, description: null }
    expect(env).toEqual({
      LOG_LEVEL: { ...variable, value: 'info', required: false },
      SECRET_KEY: { ...variable, generate: 'secret' },
      STRIPE_KEY: { ...variable, description: 'Key of the payment provider' },
      SENTRY: { ...variable, required: false },
    })
  })

  it('names jobs, and makes names of the commands that have none', () => {
    const { cron } = configOf({
      cron: [
        { schedule: '@daily', command: 'node clean.js --all' },
        { schedule: '0 3 * * *', command: 'node clean.js --all', overlap: 'allow' },
        {
          name: 'report',
          schedule: '0 8 * * mon',
          command: 'node report.js',
          timeZone: 'Europe/Berlin',
          timeout: '10m',
          memory: '256MB',
        },
        { schedule: '@hourly', command: '/2' },
      ],
    })

    expect(cron.map(({ name, overlap }) => [name, overlap])).toEqual([
      ['node-clean-js-all', 'skip'],
      ['node-clean-js-all-2', 'allow'],
      ['report', 'skip'],
      ['job', 'skip'],
    ])
    expect(cron[2]).toMatchObject({
      timeZone: 'Europe/Berlin',
      timeoutMs: 600_000,
      memoryBytes: 256 * 2 ** 20,
    })
  })

  it('names volumes; one that is exclusive makes its processes so', () => {
    const { volumes, processes } = configOf({
      volumes: {
        uploads: '/srv/app/uploads',
        data: { path: '/data', processes: ['web', 'constructor'], exclusive: true },
      },
    })

    expect(volumes).toEqual({
      uploads: { path: '/srv/app/uploads', processes: null, exclusive: false },
      data: { path: '/data', processes: ['web', 'constructor'], exclusive: true },
    })
    const exclusive = { ...NO_PROCESS_CONFIG, exclusive: true }
    expect(processes).toEqual({ web: exclusive, constructor: exclusive })
  })

  it('tells keys that it does not know, and goes on', () => {
    expect(said({ 'vastrox.json': { build: { verison: '26', version: '24' } } })).toMatchObject({
      build: { version: '24' },
      lines: ['vastrox.json: build.verison is not known and left out'],
    })
  })

  it.each([
    [{ build: { version: 'latest' } }, 'build.version: use a number such as 26 or 3.13'],
    [{ build: { rootDirectory: '../x' } }, 'build.rootDirectory: use a path without `..`'],
    [{ processes: { Web: {} } }, 'processes.Web: use up to 63 lower-case letters'],
    [{ processes: { web: { memory: '512' } } }, 'processes.web.memory: write a size such as'],
    [{ processes: { web: { memory: '1MB' } } }, 'processes.web.memory: '],
    [{ processes: { web: { stopGrace: '1h' } } }, 'processes.web.stopGrace: '],
    [{ processes: { release: { command: 'x' } } }, 'processes.release is no process'],
    [{ cron: [{ schedule: '* * *', command: 'x' }] }, 'cron[0].schedule: use five fields'],
    [{ volumes: { data: '/usr' } }, 'volumes.data: a volume cannot be put there'],
    [{ volumes: { aa: '/data', bb: '/data' } }, 'two volumes are at /data'],
    [
      {
        cron: [
          { name: 'a', schedule: '@daily', command: 'x' },
          { name: 'a', schedule: '@daily', command: 'y' },
        ],
      },
      'two jobs of cron are called a',
    ],
  ])('refuses %j', (vastrox, message) => {
    expect(why(() => configOf(vastrox))).toMatchObject({
      reason: expect.stringContaining(message),
    })
  })
})

describe('app.json', () => {
  it('of Heroku: env, formation and add-ons', () => {
    const { config, lines } = heroku({
      name: 'Shop',
      keywords: ['shop'],
      env: {
        WEB_CONCURRENCY: { value: 2, required: false },
        SECRET_KEY_BASE: { generator: 'secret' },
        STRIPE_KEY: { description: 'of the payment provider' },
        DEBUG: false,
      },
      formation: { web: { quantity: 2, size: 'Standard-2X' }, worker: { quantity: 1, size: 'L' } },
      addons: ['heroku-postgresql:essential-0', { plan: 'heroku-redis', as: 'CACHE' }],
      scripts: { postdeploy: 'node seed.js' },
      stack: 'heroku-24',
    })

    expect(config).toEqual({
      ...NO_APP_CONFIG,
      env: {
        WEB_CONCURRENCY: { value: '2', generate: null, required: false, description: null },
        SECRET_KEY_BASE: { value: null, generate: 'secret', required: true, description: null },
        STRIPE_KEY: {
          value: null,
          generate: null,
          required: true,
          description: 'of the payment provider',
        },
        DEBUG: { value: 'false', generate: null, required: false, description: null },
      },
      processes: {
        web: { ...NO_PROCESS_CONFIG, scale: 2, memoryBytes: 2 ** 30 },
        worker: { ...NO_PROCESS_CONFIG, scale: 1 },
      },
      firstDeployCommand: 'node seed.js',
      addons: [
        { kind: 'postgresql', plan: 'essential-0', version: null, as: null },
        { kind: 'redis', plan: null, version: null, as: 'CACHE' },
      ],
    })
    expect(lines).toEqual([
      'app.json: formation.worker.size L is not followed: set the memory yourself',
    ])
  })

  it('of Dokku: health checks, jobs and scripts', () => {
    const { build, config, lines } = heroku({
      healthchecks: {
        web: [
          { type: 'startup', path: '/health', attempts: 5, wait: 2, timeout: 10, initialDelay: 5 },
          { type: 'liveness', path: '/live' },
        ],
        worker: [{ type: 'startup', uptime: 10 }],
      },
      cron: [{ command: 'node a.js', schedule: '@daily', concurrency_policy: 'forbid' }],
      scripts: { dokku: { predeploy: 'node migrate.js', postdeploy: 'node b.js' } },
    })

    expect(config).toMatchObject({ healthPath: '/health', healthTimeoutMs: 65_000 })
    expect(config.cron).toMatchObject([{ name: 'node-a-js', overlap: 'skip' }])
    expect(build.releaseCommand).toBe('node migrate.js')
    expect(lines).toEqual([
      'app.json: scripts.dokku.postdeploy is not run: use a release command',
      'app.json: scripts.dokku.predeploy runs as the release command; files that it writes are not in the image',
      'app.json: healthchecks.worker: only web is asked',
      'app.json: healthchecks.web: the liveness check is not asked',
    ])
  })

  it('keeps the release line of a Procfile before a script of Dokku', () => {
    const { build, lines } = heroku(
      { scripts: { dokku: { predeploy: 'node a.js' } } },
      { Procfile: 'web: node server.js\nrelease: node migrate.js\n' },
    )

    expect(build.releaseCommand).toBeNull()
    expect(lines).toEqual([
      'app.json: scripts.dokku.predeploy is not run: the Procfile has a release line',
    ])
  })

  it('says what it does not follow: buildpacks, an image, another stack', () => {
    const { build, lines } = heroku({
      buildpacks: [{ url: 'heroku/nodejs' }],
      image: 'nginx',
      stack: 'ruby',
      surprise: 1,
    })

    expect(build.stack).toBeNull()
    expect(lines).toEqual([
      'app.json: surprise is not known and left out',
      'app.json: stack ruby is not known: it is detected',
      'app.json: buildpacks are not used: the stack is detected',
      'app.json: image is not used: vastrox deploy --image deploys an image',
    ])
  })

  it('means the Dockerfile where its stack is a container', () => {
    expect(heroku({ stack: 'container' }).build.stack).toBe('dockerfile')
  })

  it('takes a formation in its older form', () => {
    const { config } = heroku({ formation: [{ process: 'worker', quantity: 3, size: 'eco' }] })
    expect(config.processes).toEqual({
      worker: { ...NO_PROCESS_CONFIG, scale: 3, memoryBytes: 512 * 2 ** 20 },
    })
  })

  it.each([{ expo: { name: 'phone', env: {} } }, { pages: ['index'], window: {} }, []])(
    'of another tool is left alone: %j',
    (app) => {
      expect(heroku(app)).toMatchObject({ config: NO_APP_CONFIG, lines: [] })
    },
  )

  it('is refused when it is broken, with the line', () => {
    expect(why(() => said({ 'app.json': '{\n"env": {,}}' }))).toMatchObject({
      reason: expect.stringContaining('app.json is not valid JSON: line 2: '),
    })
    expect(why(() => heroku({ env: { 'MY-KEY': 'x' } }))).toMatchObject({
      reason: expect.stringContaining('app.json at env.MY-KEY: use letters'),
    })
  })

  it('gives way to vastrox.json variable by variable, process by process', () => {
    const { config } = said({
      'vastrox.json': { env: { A: '1' }, processes: { web: { memory: '1GB' } }, cron: [] },
      'app.json': {
        env: { A: '2', B: '2' },
        formation: { web: { quantity: 2, size: 'eco' } },
        cron: [{ command: 'x', schedule: '@daily' }],
      },
    })

    expect([config.env['A']?.value, config.env['B']?.value]).toEqual(['1', '2'])
    expect(config.processes['web']).toMatchObject({ scale: 2, memoryBytes: 2 ** 30 })
    expect(config.cron).toEqual([])
  })
})
