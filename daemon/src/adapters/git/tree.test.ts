import { describe, expect, it } from 'vitest'
import { findUnsafeLinks, parseTree, submodulesOf, symlinksOf } from './tree.ts'

const unsafe = (links: Record<string, string>): string[] =>
  findUnsafeLinks(new Map(Object.entries(links))).map((link) => link.path)

/** A busy machine takes seconds; without the limits these take far longer. */
const MUCH_TOO_LONG_MS = 20_000

describe('the links of a tree (rule C6)', () => {
  it('may point at each other, at what is not there, and round in a circle', () => {
    expect(
      unsafe({ a: 'b', 'x/y': '../a', gone: 'not/there', me: 'me', one: 'two', two: 'one' }),
    ).toEqual([])
  })

  it.each([
    ['x', '../../etc'],
    ['x', '/etc/passwd'],
    ['a/b/c', '../../../x'],
    ['a/x', 'b/../../..'],
    ['x', '..'],
  ])('may not lead out: %s -> %s', (path, target) => {
    expect(unsafe({ [path]: target })).toEqual([path])
  })

  it('are followed through other links, as the kernel does', () => {
    // Lexically deep/x/../.. is the root; really deep/x is the root already.
    expect(unsafe({ 'deep/x': '..', y: 'deep/x/..' })).toEqual(['y'])
  })

  it('are reported with at most 20 of them', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`l${at}`, '/etc']))

    expect(unsafe(many)).toHaveLength(20)
  })

  it('may not be longer or deeper than a kernel follows', () => {
    expect(unsafe({ x: 'a'.repeat(4_095), y: 'a'.repeat(4_096) })).toEqual(['y'])
    expect(unsafe({ x: 'a/'.repeat(256), y: 'a/'.repeat(257) })).toEqual(['y'])
    expect(unsafe({ [`${'d'.repeat(5_000)}/x`]: 'y' })).toHaveLength(1)
  })

  it('are checked in time that does not grow with the square of a target', () => {
    const startedAt = performance.now()

    expect(unsafe({ x: 'a/'.repeat(500_000), y: `${'a/../'.repeat(500_000)}b` })).toEqual([
      'x',
      'y',
    ])
    expect(unsafe({ z: 'a/../'.repeat(800) })).toEqual([])
    expect(performance.now() - startedAt).toBeLessThan(MUCH_TOO_LONG_MS)
  })

  it('are refused as too many where all of them take more than 200,000 steps', () => {
    const long = 'a/../'.repeat(800)
    const chained = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, at) => [`l${at}`, `${long}l${at + 1}`]),
    )
    const startedAt = performance.now()

    expect(() => unsafe(chained)).toThrow(expect.objectContaining({ code: 'SOURCE_TOO_LARGE' }))
    expect(performance.now() - startedAt).toBeLessThan(MUCH_TOO_LONG_MS)
  })
})

it('reads ls-tree, whatever the paths are called', () => {
  const oid = 'a'.repeat(40)
  const entries = parseTree(
    Buffer.from(
      [
        `100644 blob ${oid}\twith space\n and line`,
        `120000 blob ${oid}\tlink`,
        `160000 commit ${oid}\tlib/sub`,
        '',
      ].join('\0'),
    ),
  )

  expect(entries.map((entry) => entry.path)).toEqual(['with space\n and line', 'link', 'lib/sub'])
  expect(symlinksOf(entries)).toEqual([{ mode: '120000', oid, sizeBytes: 0, path: 'link' }])
  expect(submodulesOf(entries)).toEqual(['lib/sub'])
})
