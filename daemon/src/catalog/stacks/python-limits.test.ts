import { describe, expect, it } from 'vitest'
import { planOf } from '#test/stacks/source-tree.ts'
import { readModule } from './python-source.ts'

const FLASK_APP = 'from flask import Flask\napp = Flask(__name__)\n'
const SECONDS = 1_000
const ESCAPE = '\u001b'

const took = (work: () => unknown): number => {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

describe('a source that means to stall the daemon', () => {
  it.each([
    ['brackets that never close', '('.repeat(200_000)],
    ['dots', `a${'.a'.repeat(100_000)}(`],
    ['blanks', `app${' '.repeat(199_000)}=`],
    ['quotes', '"'.repeat(200_000)],
    ['backslashes', `'${'\\'.repeat(199_000)}`],
    ['functions', 'def create_app(a=(1,2)):\n  x()\n'.repeat(6_000)],
    ['assignments', 'a = b.c(d)\n'.repeat(18_000)],
    ['imports', `import ${'a as b,'.repeat(20_000)}\n`],
    ['arrows', `def f() ${'->'.repeat(90_000)}:\n`],
    ['assignments of annotated names', `a: ${'b['.repeat(90_000)} = c(`],
  ])('is read in time by its length, with %s', (_what, text) => {
    expect(took(() => readModule('app.py', text))).toBeLessThan(2 * SECONDS)
  })

  it('is planned with 2,000 files of Python, of which 300 are read', () => {
    const files = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [
        `pkg${at}/mod.py`,
        `${Array.from({ length: 60 }, (__, line) => `from pkg${line} import name${line}`).join('\n')}\nx = name1()\n`,
      ]),
    )

    expect(
      took(() => planOf({ ...files, 'requirements.txt': 'flask\n', 'app.py': FLASK_APP })),
    ).toBeLessThan(5 * SECONDS)
  })

  it('is planned with requirements of 10,000 lines, and a lock file of 1 MB', () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `package-${at}==1.0`).join('\n')
    const lock = '[[package]]\nname = "aaaaaaaaaaaaaaaaaaaa"\n'.repeat(23_000)

    expect(took(() => planOf({ 'requirements.txt': lines, 'app.py': FLASK_APP }))).toBeLessThan(
      2 * SECONDS,
    )
    expect(
      took(() =>
        planOf({
          'pyproject.toml': '[project]\nname = "a"\ndependencies = ["flask"]\n',
          'uv.lock': lock,
          'app.py': FLASK_APP,
        }),
      ),
    ).toBeLessThan(2 * SECONDS)
  })

  it('is planned with settings of Django that assign a name 10,000 times', () => {
    const settings = `INSTALLED_APPS = ["django.contrib.staticfiles"]\n${'DEBUG = True\nX = os.environ["NAME"]\nfrom .settings import *\n'.repeat(10_000)}`

    expect(
      took(() =>
        planOf({
          'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
          'shop/settings.py': settings,
          'requirements.txt': 'django\n',
        }),
      ),
    ).toBeLessThan(2 * SECONDS)
  })

  it('is refused where its requirements include more than 50 files', () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`requirements/${at}.txt`, `-r ${at + 1}.txt\n`]),
    )

    expect(() =>
      planOf({ ...files, 'requirements.txt': '-r requirements/0.txt\n', 'app.py': FLASK_APP }),
    ).toThrow(
      expect.objectContaining({
        details: { reason: 'requirements.txt includes more than 50 files.' },
      }),
    )
  })

  it('is refused where pyproject.toml is nested too deeply to be meant', () => {
    expect(() =>
      planOf({ 'pyproject.toml': `a = ${'['.repeat(5_000)}`, 'app.py': FLASK_APP }),
    ).toThrow(expect.objectContaining({ code: 'STACK_NOT_DETECTED' }))
  })
})

it('shows nothing of a source that steers a terminal (rule C15)', () => {
  const plan = planOf(
    {
      'requirements.txt': `flask\n./x${ESCAPE}[2J\n`,
      'runtime.txt': `python-3.11${ESCAPE}`,
      'app.py': FLASK_APP,
      'setup.py': '',
    },
    { version: '3.11' },
  )

  expect([...plan.summary, ...(plan.alternatives ?? [])].join('')).not.toMatch(
    /[\p{Cc}\p{Bidi_Control}]/u,
  )
})

it('puts no text of a source into the Dockerfile where it could end a line (rule C1)', () => {
  const plan = planOf({
    "requirements'; touch x;.txt": 'flask\n',
    'requirements.txt': "-r requirements'; touch x;.txt\n",
    'app.py': FLASK_APP,
  })

  expect(plan.dockerfile).toContain(`COPY ["requirements.txt","requirements'; touch x;.txt","./"]`)
  expect(plan.dockerfile).not.toContain("uv pip install -r requirements'; touch")
})
