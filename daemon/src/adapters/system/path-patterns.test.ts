import { expect, it } from 'vitest'
import { pathMatcher } from '#adapters/system/path-patterns.ts'

const isNamed = (pattern: string, path: string): boolean => pathMatcher([pattern])(path)

it.each([
  ['node_modules', 'node_modules'],
  ['node_modules', 'a/node_modules/b'],
  ['node_modules/', 'a/node_modules/b'],
  ['/docs', 'docs/page.md'],
  ['docs/*.md', 'docs/page.md'],
  ['*.log', 'deep/in/x.log'],
  ['*', 'anything'],
  ['**/cache', 'a/b/cache/c'],
  ['a**z', 'a/b/c/z'],
  ['a***z', 'a/b/z'],
  ['src/**', 'src/a/b'],
  ['a.b', 'a.b'],
  ['[x]+(y)', '[x]+(y)'],
  [`${'x'.repeat(31)}*y`, `${'x'.repeat(31)}12y`],
])('%s names %s', (pattern, path) => {
  expect(isNamed(pattern, path)).toBe(true)
})

it.each([
  ['node_modules', 'node_modules2/a'],
  ['node_modules', 'my_node_modules'],
  ['/docs', 'a/docs'],
  ['docs/*.md', 'docs/deep/page.md'],
  ['docs/*.md', 'a/docs/page.md'],
  ['a*z', 'a/z'],
  ['**/cache', 'cache'],
  ['a.b', 'axb'],
  ['src/**', 'src'],
])('%s does not name %s', (pattern, path) => {
  expect(isNamed(pattern, path)).toBe(false)
})

it('is the same as a regular expression would be, for patterns and paths of all kinds', () => {
  const words = (letters: string, length: number): string[] =>
    length === 0
      ? ['']
      : words(letters, length - 1).flatMap((word) => letters.split('').map((one) => word + one))
  const patterns = [1, 2, 3, 4].flatMap((length) => words('a*/', length))
  const paths = [1, 3, 5].flatMap((length) => words('ab/', length))

  const differ = patterns.flatMap((pattern) => {
    const expected = asRegExp(pattern)
    const named = pathMatcher([pattern])
    return paths.filter((path) => named(path) !== expected.test(path))
  })

  expect(differ).toEqual([])
})

/** What the matcher stands in for: right, but of any length of time. */
function asRegExp(pattern: string): RegExp {
  const trimmed = pattern.replace(/\/$/, '')
  const body = trimmed
    .replace(/^\//, '')
    .split('**')
    .map((part) => part.replaceAll('*', '[^/]*'))
    .join('.*')
  return new RegExp(`${trimmed.includes('/') ? '^' : '(^|/)'}${body}(/|$)`)
}

it('looks at each pattern of many', () => {
  const named = pathMatcher(Array.from({ length: 200 }, (_, at) => `/dir${at}/*.txt`))

  for (const at of [0, 1, 77, 199]) expect(named(`dir${at}/a.txt`)).toBe(true)
  expect(named('dir200/a.txt')).toBe(false)
  expect(named('dir7/a.txd')).toBe(false)
})

it('takes 200 patterns of 200 characters and no more', () => {
  const many = Array.from({ length: 201 }, (_, at) => `file${at}`)

  expect(pathMatcher(many)('file199')).toBe(true)
  expect(pathMatcher(many)('file200')).toBe(false)
  expect(isNamed('x'.repeat(200), 'x'.repeat(200))).toBe(true)
  expect(isNamed('x'.repeat(201), 'x'.repeat(201))).toBe(false)
})

it('takes time by the length of the path, whatever the patterns are', () => {
  const named = pathMatcher(Array.from({ length: 200 }, () => `${'*a'.repeat(99)}b`))
  const startedAt = performance.now()

  expect(named('a'.repeat(4_000))).toBe(false)
  expect(named(`${'a'.repeat(255)}/`.repeat(15))).toBe(false)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})
