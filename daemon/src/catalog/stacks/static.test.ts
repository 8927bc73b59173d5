import { describe, expect, it } from 'vitest'
import { type Files, planFile, planOf, planText } from '#test/stacks/source-tree.ts'

const HOME = { 'index.html': '<h1>Home</h1>' }

const TREES: Record<string, [Files, said?: Parameters<typeof planOf>[1]]> = {
  'index.html in the root': [{ ...HOME, 'about.html': '', 'style.css': '' }],
  'a folder named public': [{ 'public/index.html': '', 'README.md': '' }],
  'a build that was committed': [{ 'dist/index.html': '', 'docs/index.html': '', LICENSE: '' }],
  'a documentation folder': [{ 'docs/index.html': '', 'README.md': '' }],
  'the root and public': [{ ...HOME, 'public/index.html': '' }],
  'a Staticfile': [
    {
      Staticfile: 'root: web/site/\npushstate: enabled\ndirectory: visible # listing\n',
      'web/site/index.html': '',
    },
  ],
  'a Staticfile that leads out': [{ Staticfile: 'root: ../../etc\n', ...HOME }],
  'a document root in the settings': [
    { ...HOME, 'sites/main/index.html': '' },
    { documentRoot: 'sites/main' },
  ],
  'rules of its own': [
    {
      ...HOME,
      _redirects: '/old /new\n/api/* https://api.example/:splat 200\n',
      _headers: '/*\n  X-Frame-Options: DENY\n  Server: mine\n',
      '404.html': '',
    },
  ],
  'a script of the page named index.js': [
    { ...HOME, 'index.js': 'document.querySelector("h1").textContent = "Hi"' },
  ],
  'a package.json for its tools alone': [
    {
      ...HOME,
      'package.json': { scripts: { format: 'prettier -w .' }, devDependencies: { prettier: '3' } },
      'package-lock.json': '{}',
    },
  ],
  'a package.json, with the stack said': [
    { ...HOME, 'package.json': { scripts: { build: 'vite build', start: 'vite' } } },
    { stack: 'static' },
  ],
}

describe('the plan for a static site', () => {
  it.each(Object.keys(TREES))('of %s', async (name) => {
    const [files, said] = TREES[name] ?? [{}]
    const plan = planOf(files, said)

    expect(plan.stack).toBe('static')
    await expect(withoutServer(planText(plan))).toMatchFileSnapshot(planFile('static', name))
  })

  it('refuses a folder that is not there, in words', () => {
    expect(() => planOf(HOME, { stack: 'static', documentRoot: 'missing' })).toThrow(
      expect.objectContaining({
        details: { reason: 'The source has no missing/index.html (documentRoot: missing).' },
      }),
    )
  })

  it.each([
    ['documentation of a project in Rust', { 'Cargo.toml': '', 'docs/index.html': '' }],
    ['documentation of a project in Ruby', { Gemfile: '', 'docs/index.html': '' }],
  ])('is not what is meant by %s', (_what, files) => {
    expect(() => planOf(files)).toThrow(expect.objectContaining({ code: 'STACK_NOT_DETECTED' }))
  })
})

/** The programs that are the same for all are compared in tests of their own. */
const withoutServer = (text: string): string =>
  text.replace(/--- \.vastrox\/prepare-site\.mjs[^]*$/, '').trimEnd()
