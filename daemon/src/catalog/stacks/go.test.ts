import { describe, expect, it } from 'vitest'
import { type Files, planFile, planOf, planText } from '#test/stacks/source-tree.ts'

const MOD = 'module example.com/shop\n\ngo 1.24.0\n'
const MAIN =
  'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.ListenAndServe(":3000", nil)\n}\n'
const TOOL = 'package main\n\nfunc main() {}\n'
const CHI = `${MOD}\nrequire github.com/go-chi/chi/v5 v5.2.3\n`

const TREES: Record<string, Files> = {
  'a module with its main in the root': { 'go.mod': CHI, 'go.sum': '', 'main.go': MAIN },
  'cmd with a server, a worker and migrations': {
    'go.mod': CHI,
    'go.sum': '',
    'cmd/server/main.go': MAIN,
    'cmd/worker/main.go': TOOL,
    'cmd/migrate/main.go': TOOL,
    'internal/db/db.go': 'package db',
    'migrations/1.sql': '',
    'templates/index.html': '',
    'static/a.css': '',
    'config.yaml': '',
    'docs/a.md': '',
  },
  'the one that serves, whatever it is called': {
    'go.mod': MOD,
    'cmd/alpha/main.go': TOOL,
    'cmd/beta/beta.go': MAIN,
  },
  'a single program that is found by scanning': {
    'go.mod': MOD,
    'service/http/run.go': MAIN,
    'service/http/run_test.go': TOOL,
    'tools/gen.go': `//go:build ignore\n\n${TOOL}`,
    'examples/demo/main.go': MAIN,
    'vendor/github.com/x/y/main.go': MAIN,
  },
  'a workspace': {
    'go.work': 'go 1.25.1\n\nuse (\n\t./api // the server\n\t./lib\n)\nuse ./jobs\n',
    'api/go.mod': 'module example.com/api\n\ngo 1.24\n',
    'api/main.go': MAIN,
    'lib/go.mod': 'module example.com/lib\n',
    'lib/lib.go': 'package lib',
    'jobs/go.mod': 'module example.com/jobs\n',
    'jobs/cmd/nightly/main.go': TOOL,
    'other/go.mod': 'module example.com/other\n',
    'other/main.go': MAIN,
  },
  'vendored modules': {
    'go.mod': CHI,
    'go.sum': '',
    'main.go': MAIN,
    'vendor/modules.txt': '',
    'vendor/github.com/go-chi/chi/v5/chi.go': 'package chi',
  },
  'SQLite that is made of C': {
    'go.mod': `${MOD}\nrequire (\n\tgithub.com/mattn/go-sqlite3 v1.14.24\n\tgorm.io/gorm v1.25.0 // indirect\n)\n`,
    'go.sum': '',
    'main.go': MAIN,
  },
  'C of its own': {
    'go.mod': MOD,
    'main.go': MAIN,
    'native/c.go': 'package native\n\nimport "C"\n',
  },
  'a newer Go by the toolchain line': {
    'go.mod': 'module example.com/v2/shop/v2\n\ngo 1.25.0\n\ntoolchain go1.26.2\n',
    'main.go': MAIN,
  },
  'no go.mod': { 'main.go': MAIN },
  'no go.sum': { 'go.mod': CHI, 'main.go': MAIN },
  'a Procfile': {
    'go.mod': MOD,
    'cmd/api/main.go': MAIN,
    'cmd/sweep/main.go': TOOL,
    Procfile: 'web: bin/api --listen :$PORT\nworker: sweep -v\nrelease: bin/api migrate\n',
  },
}

describe('the plan for Go', () => {
  it.each(Object.keys(TREES))('of %s', async (name) => {
    await expect(planText(planOf(TREES[name] ?? {}))).toMatchFileSnapshot(planFile('go', name))
  })

  it('honours what the user said: version, build, start, and secrets that have a value', async () => {
    const plan = planOf(
      { 'go.mod': MOD, 'main.go': MAIN },
      {
        version: '1.22',
        buildCommand: 'make build',
        startCommand: 'bin/shop serve',
        buildEnvKeys: ['GOPRIVATE', 'NETRC'],
        envKeys: ['GOPRIVATE'],
      },
    )

    await expect(planText(plan)).toMatchFileSnapshot(planFile('go', 'wishes'))
  })
})

describe('what cannot be built or started is refused in words', () => {
  it.each<[what: string, files: Files, reason: string]>([
    [
      'a library',
      { 'go.mod': MOD, 'shop.go': 'package shop' },
      'No folder of this Go project has a package main with a func main: there is nothing to run.',
    ],
    [
      'programs of which none looks like a server',
      { 'go.mod': MOD, 'cmd/a/main.go': TOOL, 'cmd/b/main.go': TOOL },
      'There are 2 programs (a, b), and none is named or looks like a web server: write a Procfile such as "web: bin/a", or set startCommand.',
    ],
    [
      'a Go that is too old',
      { 'go.mod': MOD, 'main.go': MAIN, '.go-version': '1.20.3\n' },
      '.go-version says 1.20.3; Vastrox has Go 1.21 and later.',
    ],
  ])('%s', (_what, files, reason) => {
    expect(() => planOf(files)).toThrow(expect.objectContaining({ details: { reason } }))
  })
})

it('reads a hostile project in time by its length', () => {
  const startedAt = performance.now()
  const long = `use .\n${'use (\n'.repeat(100_000)}`

  planOf({
    'go.work': long,
    'go.mod': `${MOD}${'require ('.repeat(50_000)}${' '.repeat(200_000)}`,
    'main.go': `${MAIN}${'//go:build '.repeat(50_000)}`,
  })

  expect(performance.now() - startedAt).toBeLessThan(2_000)
})
