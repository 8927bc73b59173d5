import { parseDockerfile } from '@vastrox/shared/dockerfile.ts'
import { inspectDockerfile } from '@vastrox/shared/dockerfile-policy.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { type Files, planOf } from '#test/stacks/source-tree.ts'
import type { BuildPlan, Wishes } from '#ports/stack.ts'

/** The last line of what follows a line end is an instruction of its own, should it get out. */
const NAMES = [
  'my web',
  'a$HOME',
  'a"b',
  "it's",
  'a[0]*',
  'a\nRUN touch /got-out',
  'a;touch /got-out',
  '$(touch /got-out)',
  '`id`',
  '-rf',
  '--from=vastrox/base:trixie',
  'a\\b',
  '#a',
  '{a,b}',
  'a\tb',
  'constructor',
  '__proto__',
  'toString',
]

const NODE = { 'package.json': { scripts: { start: 'node .' } }, 'index.js': '' }
const FLASK = 'from flask import Flask\napp = Flask(__name__)\n'
const LOCK = { 'composer.lock': { packages: [], 'packages-dev': [] } }
const GRADLEW = {
  gradlew: '',
  'gradle/wrapper/gradle-wrapper.jar': '',
  'gradle/wrapper/gradle-wrapper.properties': '',
}

/** Where somebody's words stand in a source or in the settings, one place after the other. */
const PLACES: Record<string, (name: string) => [files: Files, wishes?: Partial<Wishes>]> = {
  'a member of a workspace': (name) => [
    {
      'package.json': { workspaces: ['packages/*'], scripts: { start: 'node .' } },
      'package-lock.json': { lockfileVersion: 3 },
      [`packages/${name}/package.json`]: { name: 'x' },
      'index.js': '',
    },
  ],
  'a script of Node.js': (name) => [
    {
      'package.json': { scripts: { [name]: 'x', build: `x ${name}`, start: `node ${name}` } },
      'package-lock.json': { lockfileVersion: 3 },
    },
  ],
  'a script that is called': (name) => [
    {
      'package.json': { scripts: { start: `npm run ${name} && yarn ${name}` } },
      'package-lock.json': { lockfileVersion: 3, packages: { [name]: { version: name } } },
      Procfile: `web: npm run ${name}\nconstructor: npm start`,
    },
  ],
  'a package in a folder': (name) => [
    {
      'package.json': { dependencies: { x: `file:./${name}` }, scripts: { start: 'node .' } },
      'package-lock.json': { lockfileVersion: 3 },
      [`${name}/package.json`]: { name: 'x' },
    },
  ],
  'versions of Node.js': (name) => [
    {
      'package.json': {
        engines: { node: name },
        packageManager: `pnpm@${name}`,
        scripts: { start: 'node .' },
      },
      '.nvmrc': name,
    },
  ],
  'the output directory': (name) => [
    { 'package.json': { scripts: { build: 'vite build' }, devDependencies: { vite: '5' } } },
    { outputDirectory: name },
  ],
  'the root directory': (name) => [NODE, { rootDirectory: name }],
  'the document root of PHP': (name) => [
    {
      'composer.json': {},
      ...LOCK,
      'package.json': { scripts: { build: 'vite build' } },
      [`${name}/index.php`]: '',
    },
    { documentRoot: name },
  ],
  'what composer.json says': (name) => [
    {
      'composer.json': {
        require: { [`ext-${name}`]: '*', php: name, 'a/b': '*' },
        repositories: [{ type: 'path', url: `lib/${name}` }],
        config: { 'vendor-dir': name, 'bin-dir': name },
        autoload: { files: [`${name}.php`], classmap: [`${name}/`] },
        scripts: { 'post-install-cmd': name },
        extra: { patches: { 'a/b': { x: `patches/${name}.patch` } } },
      },
      ...LOCK,
      [`lib/${name}/composer.json`]: {},
      [`${name}/index.php`]: '',
      'index.php': '',
    },
  ],
  'settings of PHP': (name) => [{ 'index.php': '', '.user.ini': name, Procfile: `web: ${name}` }],
  'files of requirements': (name) => [
    {
      'requirements.txt': `-r requirements/${name}.txt\nflask\n`,
      [`requirements/${name}.txt`]: 'x',
      'app.py': FLASK,
    },
  ],
  'a module of Python': (name) => [{ 'requirements.txt': 'flask', [`${name}/app.py`]: FLASK }],
  'a project of Django': (name) => [
    {
      'requirements.txt': 'django',
      'manage.py': `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${name}.settings")`,
      [`${name}/settings.py`]: '',
      [`${name}/wsgi.py`]: '',
    },
  ],
  'packages of Python in folders': (name) => [
    {
      'pyproject.toml': `[project]\nname = "x"\ndependencies = ["a @ file:./${name}"]\n[tool.uv.sources]\na = { path = "libs/${name}" }\n`,
      [`libs/${name}/pyproject.toml`]: '',
      'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
    },
  ],
  'versions of Python': (name) => [
    { 'requirements.txt': name, '.python-version': name, 'app.py': FLASK },
  ],
  'a module of Maven': (name) => [
    {
      'pom.xml': `<project><packaging>pom</packaging><modules><module>${name}</module></modules></project>`,
      [`${name}/pom.xml`]:
        '<project><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>',
    },
  ],
  'a subproject of Gradle': (name) => [
    {
      'settings.gradle': `include '${name}'\n`,
      [`${name}/build.gradle`]: "plugins { id 'application' }",
      'build.gradle': '',
      ...GRADLEW,
    },
  ],
  'a command of Go': (name) => [
    {
      'go.mod': 'module x\n\ngo 1.22\n',
      [`cmd/${name}/main.go`]: 'package main\nfunc main() {}\n',
    },
  ],
  'modules of Go': (name) => [
    {
      'go.work': `go 1.22\n\nuse (\n\t./${name}\n)\n`,
      [`${name}/go.mod`]: `module ${name}\ngo ${name}\n`,
      [`${name}/main.go`]: 'package main\nfunc main() {}\n',
    },
  ],
  'the root of a static site': (name) => [
    { [`${name}/index.html`]: '', Staticfile: `root: ${name}\n` },
    { documentRoot: name },
  ],
}

const COMMANDS: Record<string, Files> = {
  node: NODE,
  php: { 'index.php': '', 'composer.json': {}, ...LOCK },
  python: { 'requirements.txt': 'flask', 'app.py': FLASK },
  go: { 'go.mod': 'module x\n', 'main.go': 'package main\nfunc main() {}\n' },
  java: { 'pom.xml': '<project/>' },
}

/** undefined where it is refused, which has to be in words. */
function planned(files: Files, wishes: Partial<Wishes> = {}): BuildPlan | undefined {
  try {
    return planOf(files, wishes)
  } catch (error) {
    if (error instanceof CodedError) return undefined
    if (error instanceof Error && error.message === 'nothing detected it') return undefined
    throw error
  }
}

/** What got out of its name, one line each. */
function escapesOf({ dockerfile }: BuildPlan, name: string): string[] {
  const text = dockerfile.replaceAll(/@[A-Z][A-Z:a-z0-9.]*@/g, 'vastrox/node:26')
  const { problems } = inspectDockerfile(text, { buildArguments: {}, architecture: 'amd64' })
  const instructions = parseDockerfile(text, { escape: '\\', doubledContinues: true })
  const escaped = instructions.filter(({ keyword, rest, flags }) => {
    // Anything but a list is taken apart at its blanks.
    const isTakenApart = name === 'my web' && keyword !== 'RUN' && !rest.startsWith('[')
    return (
      `${keyword} ${rest}`.startsWith('RUN touch') ||
      flags.join(' ').includes('base:trixie') ||
      (isTakenApart && rest.includes(name))
    )
  })
  return [...problems, ...escaped.map(({ keyword, rest }) => `${keyword} ${rest}`)]
}

describe('names of others are written so that they stay names (rules C1, C2)', () => {
  it.each(Object.keys(PLACES))('%s', (place) => {
    const escapes = NAMES.flatMap((name) => {
      const plan = planned(...(PLACES[place]?.(name) ?? [{}]))
      return plan ? escapesOf(plan, name) : []
    })
    expect(escapes).toEqual([])
  })

  it.each(Object.keys(COMMANDS))('commands of %s', (stack) => {
    for (const name of NAMES) {
      const wishes = { buildCommand: `make ${name}`, startCommand: `run ${name}` }
      const plan = planned(COMMANDS[stack] ?? {}, wishes)
      if (!plan) throw new Error('a command is nothing to refuse')
      expect(escapesOf(plan, name)).toEqual([])
      const said = JSON.stringify(`run ${name}`).slice(1, -1)
      expect(`${plan.dockerfile}\n${JSON.stringify(plan.processes)}`).toContain(said)
    }
  })

  it.each(['constructor', 'toString', '__proto__'])('a variable %s of a Dockerfile', (name) => {
    const text = ['FROM scratch', `ARG ${name}`, `ENV PORT=\${${name}:-8081}`, 'CMD ["x"]'].join(
      '\n',
    )

    expect(planned({ Dockerfile: text })?.env).toEqual({ PORT: '8081' })
  })
})
