import { expect, it } from 'vitest'
import { planOf, treeOf } from '#test/stacks/source-tree.ts'
import { neededDevDependency } from './node-dev-dependencies.ts'
import { readManifest } from './node-manifest.ts'

const START = { scripts: { start: 'node server.js' } }
const ESCAPE = '\u001b'

it('does not read a wish for a version that is longer than 200 characters, and says so', () => {
  const node = Array.from({ length: 20_000 }, (_, at) => `>=${at}.0.0 <${at}.1.0`).join(' || ')
  const startedAt = performance.now()

  const plan = planOf({
    'package.json': JSON.stringify({ ...START, engines: { node } }),
    '.nvmrc': '22',
  })

  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(plan.images).toEqual([{ stack: 'node', version: '22' }])
  expect(plan.summary[0]).toBe(
    'Node.js 22 (.nvmrc says 22; engines.node in package.json is longer than 200 characters, which is not read)',
  )
})

it('looks for dev dependencies once, however many names and words there are', () => {
  const names = Array.from({ length: 60_000 }, (_, at) => `dev${at}`)
  const devDependencies = Object.fromEntries([...names, 'nodemon'].map((name) => [name, '1']))
  const manifest = readManifest(treeOf({ 'package.json': JSON.stringify({ devDependencies }) }))
  if (!manifest) throw new Error('it was not read')
  const words = Array.from({ length: 100_000 }, (_, at) => `w${at}`).join(' ')
  const startedAt = performance.now()

  expect(neededDevDependency([`nodemon ${words}`, words], manifest)).toBe('nodemon')
  expect(neededDevDependency([`${words} nodemon`], manifest)).toBeUndefined()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})

it('takes 190 patterns of .slugignore, of 200 characters each, and says what it left', () => {
  const lines = ['x'.repeat(201), ...Array.from({ length: 300 }, (_, at) => `file${at}`)]

  const plan = planOf({ 'package.json': JSON.stringify(START), '.slugignore': lines.join('\n') })

  expect(plan.ignore).toHaveLength(193)
  expect(plan.ignore).toContain('file189')
  expect(plan.ignore).not.toContain('file190')
  expect(plan.summary.at(-1)).toBe(
    '.slugignore: 111 of its patterns are not used (at most 190, of 200 characters each)',
  )
})

it('shows nothing of a source that steers a terminal (rule C15)', () => {
  const start = `node a.js '${ESCAPE}]0;owned\u0007' \u009b2J \u202e`
  const shared = `file:../x\n${ESCAPE}[2J`
  const plan = planOf({
    'package.json': JSON.stringify({ scripts: { start }, dependencies: { shared } }),
  })

  expect(plan.processes['web']).toBe(start.trim())
  expect(plan.summary.join('\n')).toContain('file:../x')
  expect(plan.summary.join('')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
})

it.each([
  ['in JSON that is broken', { 'package.json': `{"a": ${ESCAPE}[2J\n\u009b}` }],
  ['in the name of a folder', { [`${ESCAPE}[2J/package.json`]: '{}' }],
  ['in the name of a nested app', { [`a/${ESCAPE}[2J.csproj`]: '' }],
])(
  'refuses in words that steer no terminal, with control characters %s (rule C15)',
  (_what, files) => {
    const reason = expect.not.stringMatching(/\p{Cc}/u)

    expect(() => planOf(files)).toThrow(expect.objectContaining({ details: { reason } }))
  },
)
