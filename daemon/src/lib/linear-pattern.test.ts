import { describe, expect, it } from 'vitest'
import { linearPattern } from '#lib/linear-pattern.ts'
import { parsePattern } from '#lib/linear-pattern-parse.ts'
import { windowOf } from '#lib/pattern-window.ts'
import { withoutPattern } from '#test/random-letters.ts'

/** Small enough that V8 answers all of them, and rich enough to meet every kind of step. */
const PATTERNS = [
  'a', 'ab', 'a|b', 'a*b', 'a+b', 'a?b', '(ab)+c', '(?:a|bc)*d', '^a', 'a$', '^$', '^a*$', '\\bab\\b',
  'a\\B', '[ab]c', '[^a]c', 'a.c', 'a{2}', 'a{2,}b', 'a{1,2}c', '(a|b){2,3}$', '\\d+', '\\w\\s\\w', '\\D',
  '(a*)*b', '(a|a)*$', 'x*', '[a-c]+$', '[^a-c]', '\\.', 'a\\|b', '\\x61b', '(^a|b$)', '(|a)b', 'a*?b',
] // biome-ignore format: a list
const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'aab',
  'ba',
  'abab',
  'ababc',
  'bcd',
  'd',
  'aa',
  'aaa',
  'a b',
  'ab ab',
  'ac',
  'bc',
  'xc',
  'a.c',
  'abd',
  '12',
  'a1',
  'a_b',
  'aaaab',
  'c',
  'a|b',
  'zwölf',
  'b a',
  'aab c',
  'ccc a',
]

describe('expressions that take one pass', () => {
  it('find what V8’s find', () => {
    for (const source of PATTERNS) {
      const ours = linearPattern(source)
      const theirs = new RegExp(source)
      for (const text of TEXTS)
        expect([source, text, ours.test(text)]).toEqual([source, text, theirs.test(text)])
    }
  })

  it('find what V8’s find, made up at random', () => {
    let seed = 7
    const next = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const atoms = ['a', 'b', '.', '[ab]', '[^b]', '^', '$', '\\b', '\\w', 'c']
    const make = (depth: number): string => {
      const kind = depth === 0 ? 0 : next(6)
      if (kind <= 1) return atoms[next(atoms.length)] ?? 'a'
      if (kind === 2) return make(depth - 1) + make(depth - 1)
      if (kind === 3) return `(?:${make(depth - 1)}|${make(depth - 1)})`
      return `(?:${make(depth - 1)})${['*', '+', '?', '{2}', '{1,3}'][next(5)]}`
    }
    let windows = 0
    for (let round = 0; round < 1_500; round++) {
      const source = make(4)
      const ours = linearPattern(source)
      const window = windowOf(parsePattern(source), 0.1)
      const theirs = new RegExp(source)
      for (let count = 0; count < 8; count++) {
        const text = Array.from({ length: next(9) }, () => 'abc '[next(4)]).join('')
        const expected = theirs.test(text)
        expect([source, text, ours.test(text)]).toEqual([source, text, expected])
        const bytes = Buffer.from(` ${text} `)
        const inBytes = ours.testBytes(bytes, 1, bytes.length - 1)
        expect([source, text, inBytes]).toEqual([source, text, expected])
        if (!expected || !window) continue
        expect([source, text, window.indexIn(bytes, 1)]).not.toEqual([source, text, -1])
        windows += 1
      }
    }
    expect(windows).toBeGreaterThan(1_000)
  })

  it('take no time to speak of for what would take others for ever', () => {
    const long = 'x'.repeat(16_384)
    const began = performance.now()
    for (const source of ['(x+x+)+y', '(x*)*$y', '(x|x)*y', '(.*)(.*)(.*)(.*)(.*)y', '(x?){200}y'])
      expect(linearPattern(source).test(long)).toBe(false)
    // V8 takes longer than the universe has been there.
    expect(performance.now() - began).toBeLessThan(20_000)
  })

  it('are refused in words once they cost too much, before they have held anybody up', () => {
    const text = withoutPattern(16_384)
    const pattern = linearPattern('[ae].{900}!')
    const began = performance.now()

    for (let line = 0; line < 50; line += 1)
      expect(() => pattern.test(text)).toThrow(
        expect.objectContaining({ code: 'LOG_FILTER_INVALID' }),
      )

    // All of it would take a minute and a half.
    expect(performance.now() - began).toBeLessThan(20_000)
    const usual = 'a Timeout of 30 s for user=anna, time out again\n'.repeat(20_000)
    expect(linearPattern('(?i)time.?out.{0,40}user=[0-9]+').test(usual)).toBe(false)
    expect(linearPattern('(?i)time.?out.{0,40}user=\\w+,').test(usual)).toBe(true)
  })

  it('know letters in both cases where asked, a part of a text, and what must stand in it', () => {
    expect(linearPattern('(?i)ErRor [É]').test('an eRROR é')).toBe(true)
    expect(linearPattern('^b$').test('abc', 1, 2)).toBe(true)
    expect(linearPattern('a.*status=5\\d\\d').literals).toEqual(['a', 'status=5'])
    expect(linearPattern('(?i)abc').literals).toEqual([])
    expect(linearPattern('abc|def').literals).toEqual([])
  })

  it('know what stands in a row in all that they find, and go past the rest', () => {
    const indexIn = (source: string, text: string): number | undefined =>
      linearPattern(source).window?.indexIn(Buffer.from(text), 0)
    expect(indexIn('\\d{9,}', 'id=12345678 or 1234567890')).toBe(15)
    expect(indexIn('"user":\\{"id":[0-9]{7}', '{"user":{"id":12}} {"user":{"id":1234567}}')).toBe(
      20,
    )
    expect(indexIn('timeout|refused', 'it was refused')).toBe(7)
    expect(indexIn('x*(GET|PUT) +/v\\d', 'PUT  /v2')).toBe(0)
    expect(indexIn('(?i)no route', 'No ROUTE')).toBe(0)
    // Nothing that leads to fewer than all lines.
    for (const source of ['.*', 'a?b?', '\\d+', 'a|.', '\\w{3}'])
      expect([source, linearPattern(source).window]).toEqual([source, undefined])
  })
})
