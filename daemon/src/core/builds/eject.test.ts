import type { BuildPlanRecord } from '@vastrox/shared/build-plan.ts'
import { type BuildSettings, DEFAULT_BUILD_SETTINGS } from '@vastrox/shared/build-settings.ts'
import { describe, expect, it } from 'vitest'
import { eject } from '#core/builds/eject.ts'

const PLAN: BuildPlanRecord = {
  because: 'composer.json',
  summary: [],
  notes: [],
  alternatives: [],
  rootDirectory: null,
  context: 'root-directory',
  documentRoot: null,
  template: 'FROM @BUILD:node:26@ AS assets\nFROM @RUNTIME@\nENV APP_ENV=prod\nCMD ["run"]\n',
  images: [
    { stack: 'php', version: '8.4' },
    { stack: 'node', version: '26' },
  ],
  files: { '.vastrox/nginx.conf': 'server {}\n' },
  ignore: ['.git', 'node_modules', '/storage/logs'],
  target: null,
  buildArguments: {},
  buildEnvKeys: [],
  env: { APP_ENV: 'prod', NOTE: 'a "$b" \\' },
  port: null,
}

interface Given {
  plan?: Partial<BuildPlanRecord>
  processes?: Record<string, string | null>
  releaseCommand?: string | null
  source?: Record<string, string>
  settings?: Partial<BuildSettings>
}

const ejected = ({
  plan = {},
  processes = { web: null },
  releaseCommand = null,
  source = {},
  settings = {},
}: Given = {}) =>
  eject(
    { plan: { ...PLAN, ...plan }, processes, releaseCommand },
    { has: (path) => path in source, read: (path) => source[path] },
    { ...DEFAULT_BUILD_SETTINGS, ...settings },
  )

describe('ejecting', () => {
  it('gives the Dockerfile with names that hold on every server, and its files', () => {
    const { files, notes } = ejected()

    expect(files).toEqual({
      Dockerfile: [
        'FROM vastrox/node-build:26 AS assets',
        'FROM vastrox/php:8.4',
        'ENV APP_ENV=prod',
        'CMD ["run"]',
        'ENV NOTE="a \\"\\$b\\" \\\\"',
        '',
      ].join('\n'),
      '.vastrox/nginx.conf': 'server {}\n',
      '.dockerignore': '**/.git\n**/node_modules\nstorage/logs\n',
    })
    expect(notes).toEqual([
      'Commit these files, then push: the Dockerfile is built in place of a generated one.',
    ])
  })

  it('says in vastrox.json what a Dockerfile cannot say', () => {
    const { files } = ejected({
      plan: { buildEnvKeys: ['NPM_TOKEN'] },
      processes: { web: 'x', worker: 'php work', clock: 'php clock', own: null },
      releaseCommand: 'php migrate',
      source: { Procfile: 'worker: php work\n' },
    })

    expect(JSON.parse(files['vastrox.json'] ?? '')).toEqual({
      build: { buildEnvKeys: ['NPM_TOKEN'] },
      release: 'php migrate',
      processes: { clock: { command: 'php clock' } },
    })
  })

  it('keeps what vastrox.json says, but for what the Dockerfile decides now', () => {
    const { files } = ejected({
      processes: { web: 'x', clock: 'php clock' },
      releaseCommand: 'php migrate',
      source: {
        'vastrox.json': JSON.stringify({
          build: { version: '8.3', documentRoot: 'web', releaseCommand: 'php migrate' },
          processes: { clock: { scale: 1 } },
          env: { A: '1' },
        }),
      },
    })

    expect(JSON.parse(files['vastrox.json'] ?? '')).toEqual({
      build: { releaseCommand: 'php migrate' },
      processes: { clock: { command: 'php clock', scale: 1 } },
      env: { A: '1' },
    })
  })

  it('changes no vastrox.json, and no .dockerignore, that can stay as it is', () => {
    const { files, notes } = ejected({
      releaseCommand: 'php migrate',
      source: { '.dockerignore': '', Procfile: 'release: php migrate\n', 'vastrox.json': '{}' },
    })

    expect(Object.keys(files)).toEqual(['Dockerfile', '.vastrox/nginx.conf'])
    expect(notes).toContain(
      '.dockerignore is there already: see that it leaves out .git, node_modules, /storage/logs.',
    )
  })

  it('puts the files into the root directory', () => {
    const { files } = ejected({ plan: { rootDirectory: 'apps/web' }, releaseCommand: 'x' })

    expect(Object.keys(files)).toEqual([
      'apps/web/Dockerfile',
      'apps/web/.vastrox/nginx.conf',
      'apps/web/.dockerignore',
      'apps/web/vastrox.json',
    ])
  })

  it('goes up to the root of the repository where the build needs all of it', () => {
    const { files, notes } = ejected({
      plan: { rootDirectory: 'apps/web', context: 'repository' },
      source: { 'vastrox.json': '{"build": {"rootDirectory": "apps/web"}, "healthPath": "/up"}' },
      settings: { rootDirectory: 'apps/web', stack: 'node' },
    })

    expect(files['Dockerfile']).toBeDefined()
    expect(JSON.parse(files['vastrox.json'] ?? '')).toEqual({ healthPath: '/up' })
    expect(notes).toContain('The settings say stack node, which goes first: set it to null.')
    expect(notes).toContain(
      'The build needs the whole repository: set rootDirectory to null in the settings.',
    )
  })

  it('says the port that the app listens on', () => {
    expect(ejected({ plan: { port: 8080 } }).files['Dockerfile']).toContain('\nEXPOSE 8080\n')
  })
})
