import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lockProgram } from './python-lock.ts'

const PYTHON = '/usr/bin/python3'
/** pip brings `packaging` and `tomli`, which a build gets from uv. */
const VENDORED = 'import pip, os; print(os.path.join(os.path.dirname(pip.__file__), "_vendor"))'

let vendored = ''
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vastrox-lock-'))
  writeFileSync(join(folder, 'python-lock.py'), lockProgram)
  const found = await run(PYTHON, ['-c', VENDORED], { env: {}, timeoutMs: 20_000 })
  vendored = found.stdout.toString().trim()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the program makes of a folder's files, a line a requirement. */
async function requirementsOf(files: Record<string, string>, name: string): Promise<string[]> {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  const result = await run(PYTHON, ['python-lock.py', name], {
    cwd: folder,
    env: { PYTHONPATH: vendored },
    timeoutMs: 20_000,
  })
  if (result.exitCode !== 0) throw new Error(result.stderr)
  return result.stdout.toString().trim().split('\n')
}

const POETRY = `[tool.poetry.dependencies]
python = "^3.9"
shop = {version = "^1.2", extras = ["fast"]}
old = [{version = "<1", python = "<3.0"}, {version = "^1", python = ">=3.0"}]
windows = {version = "*", platform = "win32"}
spare = {version = "*", optional = true}
[tool.poetry.group.dev.dependencies]
lint = "*"
`
/** As Poetry 1 writes it: no word of groups or markers beside a package. */
const POETRY_LOCK = `[[package]]
name = "Shop"
version = "1.4.0"
python-versions = ">=3.9"
files = [{file = "a", hash = "sha256:aa"}, {file = "b", hash = "sha256:bb"}]
[package.dependencies]
base = ">=2"
quick = {version = ">=1", optional = true, markers = "extra == 'fast'"}
slow = {version = ">=1", optional = true, markers = "extra == 'slow'"}
colors = {version = "*", markers = "sys_platform == 'win32'"}
[package.extras]
fast = ["quick (>=1)"]
slow = ["slow (>=1)"]

[[package]]
name = "base"
version = "2.0"
python-versions = "<3.0"
files = []

[[package]]
name = "base"
version = "2.1"
python-versions = ">=3.0"
files = []

[[package]]
name = "base"
version = "2.2"
python-versions = ">=3.0"
files = []

[[package]]
name = "quick"
version = "1.0"
python-versions = "*"
files = []
[package.dependencies]
shop = "*"
[package.source]
type = "git"
url = "git@example.org:team/quick.git"
reference = "main"
resolved_reference = "0123abc"

[[package]]
name = "old"
version = "1.1"
python-versions = "*"
files = []

${['slow', 'colors', 'windows', 'spare', 'lint'].map((name) => `[[package]]\nname = "${name}"\nversion = "1.0"\npython-versions = "*"\nfiles = []\n`).join('\n')}
`

describe('a lock file as requirements', () => {
  it('of Poetry has what is reached from the main group, here and now', async () => {
    const lines = await requirementsOf(
      { 'pyproject.toml': POETRY, 'poetry.lock': POETRY_LOCK },
      'poetry.lock',
    )

    expect(lines).toEqual([
      'base==2.2',
      'old==1.1',
      'quick @ git+ssh://git@example.org/team/quick.git@0123abc',
      'Shop==1.4.0 --hash=sha256:aa --hash=sha256:bb',
    ])
  })

  it('of Poetry that is out of step says which package it lacks', async () => {
    const lock = requirementsOf(
      {
        'pyproject.toml': `${POETRY}late = "*"\n`.replace(
          '[tool.poetry.group.dev.dependencies]\nlint = "*"\n',
          '',
        ),
        'poetry.lock': POETRY_LOCK,
      },
      'poetry.lock',
    )

    await expect(lock).rejects.toThrow(
      'poetry.lock has no late: it is out of step with pyproject.toml; run `poetry lock`',
    )
  })

  it('of Poetry in the project’s own table is read the same way', async () => {
    const pyproject = `[project]\nname = "x"\ndependencies = ["shop[fast] (>=1.2)", "old>=1; python_version >= '3'", "windows; sys_platform == 'win32'"]\n`

    const lines = await requirementsOf(
      { 'pyproject.toml': pyproject, 'poetry.lock': POETRY_LOCK },
      'poetry.lock',
    )

    expect(lines).toHaveLength(4)
  })

  it('of PDM has the extras that are asked for, and nothing of another system', async () => {
    const lines = await requirementsOf(
      {
        'pyproject.toml':
          '[project]\nname = "x"\ndependencies = ["shop[fast]", "windows; sys_platform == \'win32\'"]\n',
        'pdm.lock': `[[package]]
name = "shop"
version = "1.0"
dependencies = ["base>=1", "colors; sys_platform == 'win32'"]
files = [{file = "a", hash = "sha256:aa"}]

[[package]]
name = "shop"
version = "1.0"
extras = ["fast"]
dependencies = ["quick", "shop==1.0"]
files = [{file = "a", hash = "sha256:aa"}]

[[package]]
name = "base"
version = "1.5"
requires_python = ">=3.0"

[[package]]
name = "quick"
version = "2"
marker = "python_version >= '3.0'"

[[package]]
name = "quick"
version = "1"
marker = "python_version < '3.0'"
`,
      },
      'pdm.lock',
    )

    expect(lines).toEqual(['base==1.5', 'quick==2', 'shop==1.0 --hash=sha256:aa'])
  })

  it('of Pipenv keeps markers, hashes, extras and an index of one’s own', async () => {
    const lock = {
      _meta: { sources: [{ name: 'own', url: 'https://packages.example.org/simple' }] },
      default: {
        shop: { version: '==1.0', extras: ['fast'], hashes: ['sha256:bb', 'sha256:aa'] },
        base: { version: '==2', markers: "python_version >= '3.8'" },
        tool: { git: 'https://example.org/tool.git', ref: 'abc', subdirectory: 'src' },
      },
      develop: { lint: { version: '==1' } },
    }

    const lines = await requirementsOf({ 'Pipfile.lock': JSON.stringify(lock) }, 'Pipfile.lock')

    expect(lines).toEqual([
      '--index-url https://packages.example.org/simple',
      'shop[fast]==1.0 --hash=sha256:aa --hash=sha256:bb',
      "base==2 ; python_version >= '3.8'",
      'tool @ git+https://example.org/tool.git@abc#subdirectory=src',
    ])
  })

  it('of a Pipfile, and of Poetry’s own table, turns their ranges into those that all know', async () => {
    const pipfile =
      '[packages]\nshop = "~=1.2"\nbase = "*"\nold = {version = ">=1", sys_platform = "== \'linux\'"}\nwindows = {version = "*", sys_platform = "== \'win32\'"}\n'
    const pyproject =
      '[tool.poetry.dependencies]\npython = "^3.9"\na = "^1.2.3"\nb = "^0.2"\nc = "~1.2"\nd = "1.2.*"\ne = ">=1, <2"\nf = "1.0"\n'

    expect(await requirementsOf({ Pipfile: pipfile }, 'Pipfile')).toEqual([
      'shop~=1.2',
      'base',
      'old>=1',
    ])
    expect(await requirementsOf({ 'pyproject.toml': pyproject }, 'pyproject.toml')).toEqual([
      'a>=1.2.3,<2',
      'b>=0.2,<0.3',
      'c>=1.2,<1.3',
      'd==1.2.*',
      'e>=1,<2',
      'f==1.0',
    ])
  })

  it('that is broken is refused in one line', async () => {
    await expect(
      requirementsOf({ 'pyproject.toml': '', 'poetry.lock': '[[package]\n' }, 'poetry.lock'),
    ).rejects.toThrow(/^error: poetry\.lock cannot be read: [^\n]+\n?$/)
    await expect(
      requirementsOf({ 'pyproject.toml': POETRY, 'poetry.lock': 'package = [1]\n' }, 'poetry.lock'),
    ).rejects.toThrow(/^error: poetry\.lock is not as it should be: [^\n]+\n?$/)
  })
})
