import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { type Files, planFile, planOf, planText } from '#test/stacks/source-tree.ts'

const START = { scripts: { start: 'node server.js' } }
const EXPRESS = { ...START, dependencies: { express: '^5.1.0' } }
const LOCK = { 'package-lock.json': '{}' }
const TYPESCRIPT = {
  scripts: { build: 'tsc', start: 'node dist/server.js' },
  dependencies: { express: '^5.1.0' },
  devDependencies: { typescript: '^5.9.0' },
}

const TREES: Record<string, Files> = {
  'npm with a lockfile': { 'package.json': EXPRESS, ...LOCK, '.npmrc': '', 'server.js': '' },
  'npm without a lockfile': { 'package.json': EXPRESS },
  'npm-shrinkwrap': { 'package.json': EXPRESS, 'npm-shrinkwrap.json': '{}' },
  'no dependencies': { 'package.json': START, 'server.js': '' },
  'server.js alone': { 'server.js': '' },
  'index.js alone': { 'index.js': '', 'README.md': '' },
  'main in package.json': { 'package.json': { main: './lib/app' }, 'lib/app.js': '' },
  'a main that is not there': { 'package.json': { main: 'index.js' }, 'server.js': '' },
  'a main that the build makes': {
    'package.json': { ...TYPESCRIPT, main: 'dist/server.js', scripts: { build: 'tsc' } },
    ...LOCK,
  },
  'TypeScript that Node runs itself': { 'package.json': {}, 'index.ts': '' },
  'a Procfile with a worker and a release command': {
    'package.json': { ...EXPRESS, scripts: { ...START.scripts, migrate: 'node migrate.js' } },
    ...LOCK,
    Procfile:
      '# what runs\nweb: npm start\nWorker: node worker.js --queue=$QUEUE\r\nrelease: npm run migrate\n',
  },
  'a Procfile without web': { 'package.json': START, Procfile: 'worker: node worker.js' },
  'only a worker': { 'package.json': {}, Procfile: 'bot: node bot.js' },
  'a build script': { 'package.json': TYPESCRIPT, ...LOCK },
  'heroku-postbuild': {
    'package.json': {
      ...TYPESCRIPT,
      scripts: { ...TYPESCRIPT.scripts, 'heroku-postbuild': 'tsc -p prod.json' },
    },
    ...LOCK,
  },
  'Next.js': {
    'package.json': {
      scripts: { dev: 'next dev', build: 'next build', start: 'next start' },
      dependencies: { next: '15.0.0', react: '19.0.0' },
    },
    ...LOCK,
  },
  'pnpm by packageManager': {
    'package.json': { ...TYPESCRIPT, packageManager: 'pnpm@9.15.4+sha512.abc' },
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - esbuild\n',
  },
  'pnpm by an old lockfile': {
    'package.json': EXPRESS,
    'pnpm-lock.yaml': "lockfileVersion: '6.0'\n",
  },
  'pnpm 12 by its settings': {
    'package.json': EXPRESS,
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'pnpm-workspace.yaml': 'allowBuilds:\n  esbuild: true\n',
  },
  'pnpm workspaces': {
    'package.json': EXPRESS,
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
  },
  'yarn classic': { 'package.json': TYPESCRIPT, 'yarn.lock': '', '.yarnrc': '' },
  'yarn berry that is committed': {
    'package.json': TYPESCRIPT,
    'yarn.lock': '',
    '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-4.9.1.cjs\n',
    '.yarn/releases/yarn-4.9.1.cjs': '',
  },
  'yarn 3 by packageManager': {
    'package.json': { ...TYPESCRIPT, packageManager: 'yarn@3.8.7' },
    'yarn.lock': '',
    '.yarnrc.yml': '',
  },
  'two lockfiles': {
    'package.json': { ...EXPRESS, packageManager: 'npm@11.0.0' },
    ...LOCK,
    'yarn.lock': '',
    'pnpm-lock.yaml': '',
  },
  'npm workspaces': { 'package.json': { ...EXPRESS, workspaces: ['packages/*'] }, ...LOCK },
  'a package beside it': {
    'package.json': { ...START, dependencies: { shared: 'file:./shared' } },
    ...LOCK,
  },
  Prisma: {
    'package.json': {
      scripts: { build: 'prisma generate && tsc', start: 'node dist/server.js' },
      dependencies: { '@prisma/client': '6' },
      devDependencies: { prisma: '6', typescript: '5' },
    },
    ...LOCK,
    'prisma/schema.prisma': '',
  },
  'husky in prepare': {
    'package.json': {
      ...EXPRESS,
      scripts: { ...START.scripts, prepare: 'husky' },
      devDependencies: { husky: '9' },
    },
    ...LOCK,
  },
  'a start that needs a dev dependency': {
    'package.json': { scripts: { start: 'nodemon server.js' }, devDependencies: { nodemon: '3' } },
    ...LOCK,
  },
  'a dev dependency that is loaded at the start': {
    'package.json': {
      scripts: { start: 'node -r dotenv/config server.js' },
      dependencies: { express: '5' },
      devDependencies: { dotenv: '16', jest: '29' },
    },
    ...LOCK,
  },
  'scripts within scripts': {
    'package.json': {
      scripts: {
        prestart: 'npm run -s migrate',
        migrate: 'node migrate.js',
        start: 'yarn serve -- --quiet',
        serve: 'cross-env NODE_OPTIONS=--trace-warnings node server.js',
      },
    },
  },
  'a script with npm’s own variables': {
    'package.json': { scripts: { start: 'node server.js --version $npm_package_version' } },
  },
  'pnpm at run time': {
    'package.json': { ...EXPRESS, scripts: { start: 'pnpm --filter web start' } },
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
  },
  'engines and .nvmrc that differ': {
    'package.json': { ...START, engines: { node: '^20.11 || ^22' } },
    '.nvmrc': 'v18.1.0\n',
  },
  'nvmrc with a code name': { 'package.json': START, '.nvmrc': '# long-term\nlts/Iron\n' },
  'node-version': { 'package.json': START, '.node-version': '24.1.0' },
  'tool-versions': { 'package.json': START, '.tool-versions': 'ruby 3.3.0\nnodejs 22.2.0\n' },
  'engines that say nothing': { 'package.json': { ...START, engines: { node: 'whatever' } } },
  slugignore: { 'package.json': START, '.slugignore': '# not needed\n/docs/\n*.psd\n!keep\n' },
  'a byte order mark': { 'package.json': `\u{feff}${JSON.stringify(START)}` },
  'assets of Django beside a server of Node': { 'package.json': START, 'requirements.txt': '' },
}

describe('the plan for Node.js', () => {
  it.each(Object.keys(TREES))('of %s', async (name) => {
    const plan = planOf(TREES[name] ?? {})

    await expect(planText(plan)).toMatchFileSnapshot(planFile('node', name))
  })

  it('does not change with a change of code', () => {
    const before = planOf({ 'package.json': EXPRESS, ...LOCK, 'server.js': 'one' })
    const after = planOf({ 'package.json': EXPRESS, ...LOCK, 'server.js': 'two' })

    expect(after).toEqual(before)
  })
})

const REFUSED: [what: string, files: Files, reason: string][] = [
  [
    'no start',
    { 'package.json': {} },
    'package.json has no "start" script, and there is no Procfile, server.js or index.js.',
  ],
  [
    'a server that nobody names',
    { 'package.json': {}, 'src/index.js': '' },
    'package.json has no "start" script. If src/index.js is the server, add: "start": "node src/index.js".',
  ],
  [
    'a package.json that is broken',
    { 'package.json': '{ "name": ' },
    'package.json cannot be read: Unexpected end of JSON input.',
  ],
  [
    'a package.json that is a list',
    { 'package.json': [] },
    'package.json cannot be read: it is not an object.',
  ],
  [
    'a Node.js that is too old',
    { 'package.json': { ...START, engines: { node: '16.x' } } },
    'engines.node in package.json is 16.x; there is no such Node.js here. Vastrox has 26, 24, 22, 20, 18.',
  ],
  [
    'a Node.js between ours',
    { 'package.json': START, '.nvmrc': '19' },
    '.nvmrc says 19; there is no such Node.js here. Vastrox has 26, 24, 22, 20, 18.',
  ],
  [
    'a merge that was not finished',
    { 'package.json': START, Procfile: 'web: a\n<<<<<<< HEAD\n' },
    'Line 2 of the Procfile is the mark of a merge conflict.',
  ],
]

describe('what cannot be built is refused in words', () => {
  it.each(REFUSED)('%s', (_what, files, reason) => {
    let refusal: unknown
    try {
      planOf(files)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(CodedError)
    expect(refusal).toMatchObject({ details: { reason } })
  })
})
