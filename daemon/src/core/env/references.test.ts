import { describe, expect, it } from 'vitest'
import { type EnvLayer, resolveEnv } from '#core/env/references.ts'
import type { Variable } from '#core/env/variable.ts'

const plain = (value: string): Variable => ({
  value,
  phase: 'runtime',
  neverReveal: false,
  isReference: false,
})
const reference = (value: string): Variable => ({ ...plain(value), isReference: true })
const layer = (group: string | null, variables: Record<string, Variable>): EnvLayer => ({
  group,
  variables: new Map(Object.entries(variables)),
})
const platform = ([name]: readonly string[]) =>
  name === 'PUBLIC_URL' ? 'https://shop.example' : undefined

function valuesOf(...layers: EnvLayer[]): Record<string, string> {
  const found = resolveEnv(layers, { platform })
  return Object.fromEntries([...found].map(([key, { value }]) => [key, value]))
}
const refused = (reason: RegExp) =>
  expect.objectContaining({
    code: 'ENV_REFERENCE_INVALID',
    details: expect.objectContaining({ reason: expect.stringMatching(reason) }),
  })

describe('what an app gets of its variables', () => {
  it('is those of its groups in their order, and its own over all', () => {
    const layers = [
      layer('first', { A: plain('first'), B: plain('first'), C: plain('first') }),
      layer('second', { B: plain('second'), C: plain('second') }),
      layer(null, { C: plain('own') }),
    ]

    expect(valuesOf(...layers)).toEqual({ A: 'first', B: 'second', C: 'own' })
    expect([...resolveEnv(layers, {})].map(([key, { group }]) => [key, group])).toEqual([
      ['A', 'first'],
      ['B', 'second'],
      ['C', null],
    ])
  })

  it('never looks into text that is no reference', () => {
    const text = '${{ env.A }} $${{ x }} ${{'
    expect(valuesOf(layer(null, { A: plain('secret'), B: plain(text) }))['B']).toBe(text)
  })
})

describe('a reference', () => {
  it('is filled in with other variables, those of groups, and what the platform knows', () => {
    const values = valuesOf(
      layer('db', { URL: plain('postgres://db'), POOL: reference('${{ env.SIZE }}') }),
      layer(null, {
        SIZE: plain('5'),
        URL: reference('${{ group.db.URL }}?pool=${{group.db.POOL}}&at=${{ platform.PUBLIC_URL }}'),
        COPY: reference('<${{ env.URL }}>'),
        LITERAL: reference('$${{ env.SIZE }} and ${HOME} and $$'),
      }),
    )

    expect(values).toMatchObject({
      URL: 'postgres://db?pool=5&at=https://shop.example',
      COPY: '<postgres://db?pool=5&at=https://shop.example>',
      LITERAL: '${{ env.SIZE }} and ${HOME} and $$',
    })
  })

  it.each([
    ['to itself', { A: reference('${{ env.A }}') }, /A refers to itself/],
    [
      'in a circle',
      { A: reference('${{ env.B }}'), B: reference('${{ env.A }}') },
      /refers to itself/,
    ],
    ['to nothing', { A: reference('${{ env.GONE }}') }, /A refers to env\.GONE, which/],
    ['to a group it has not got', { A: reference('${{ group.db.URL }}') }, /group\.db\.URL/],
    ['to an add-on that there is not', { A: reference('${{ addon.db.URL }}') }, /addon\.db\.URL/],
    ['without a source', { A: reference('${{ URL }}') }, /no reference: write/],
    ['with odd words', { A: reference('${{ env.`id` }}') }, /no reference/],
    ['to what every object has', { A: reference('${{ env.constructor }}') }, /env\.constructor/],
    ['to a source that every object has', { A: reference('${{ __proto__.x }}') }, /__proto__\.x/],
    ['to another one of those', { A: reference('${{ toString.x }}') }, /toString\.x/],
  ])('%s is refused with the variable and the reason', (_, variables, reason) => {
    expect(() => valuesOf(layer(null, variables))).toThrow(refused(reason))
  })

  it('cannot grow without end', () => {
    const variables: Record<string, Variable> = { V0: plain('x'.repeat(1_000)) }
    for (let at = 1; at < 30; at++)
      variables[`V${at}`] = reference(`\${{ env.V${at - 1} }}`.repeat(10))
    expect(() => valuesOf(layer(null, variables))).toThrow(refused(/larger than 64 KB/))
  })

  it('cannot have one long text in each of a thousand short ones', () => {
    const variables: Record<string, Variable> = { BIG: plain('x'.repeat(60_000)) }
    for (let at = 0; at < 1_000; at++) variables[`V${at}`] = reference('${{ env.BIG }}.')

    expect(() => valuesOf(layer(null, variables))).toThrow(
      expect.objectContaining({ code: 'ENV_TOO_LARGE' }),
    )
  })

  it('cannot be thousands deep', () => {
    const variables: Record<string, Variable> = { V20000: plain('x') }
    for (let at = 0; at < 20_000; at++) variables[`V${at}`] = reference(`\${{ env.V${at + 1} }}`)

    expect(() => valuesOf(layer(null, variables))).toThrow(refused(/references in a row/))
  })
})
