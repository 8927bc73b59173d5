import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { explainFailure, rules } from '#core/failures/explain.ts'
import type { Failure } from '#core/failures/rule.ts'

const folder = new URL('outputs/', import.meta.url)
const recorded = readdirSync(folder).map((file) => file.replace('.txt', ''))

const linesOf = (rule: string): string[] =>
  readFileSync(new URL(`${rule}.txt`, folder), 'utf8').split('\n')

/** As the platform would ask: the stage that the rule is about. */
const explain = (name: string) => {
  const rule = rules.find((one) => one.name === name)
  const stage: Failure['stage'] = rule?.stages?.includes('start') ? 'start' : 'build'
  return explainFailure({ stage, lines: linesOf(name) })
}

describe('the rules that explain a failure', () => {
  it('have each a real output that they were written from, and no output is without its rule', () => {
    const names = rules.map(({ name }) => name)

    expect(recorded.toSorted()).toEqual(names.toSorted())
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(30)
  })

  it.each(recorded)('%s is named from what was printed', (name) => {
    expect(explain(name)?.rule).toBe(name)
  })

  it('say the cause and what to do, in one line each', async () => {
    const said = recorded.toSorted().map((name) => {
      const { reason = '', hint = '' } = explain(name) ?? {}
      return `${name}\n  ${reason}\n  ${hint}\n`
    })

    await expect(said.join('\n')).toMatchFileSnapshot('explained.txt')
    for (const text of said) expect(text.split('\n').every((line) => line.length < 305)).toBe(true)
  })

  it('say nothing about what they do not know', () => {
    expect(explainFailure({ stage: 'build', lines: ['added 65 packages', 'all is well'] })).toBe(
      undefined,
    )
  })

  it('are not led astray by a line that steers a terminal (rule C15)', () => {
    const said = explainFailure({
      stage: 'start',
      lines: ["Error: Cannot find module 'x\u001b]0;title\u0007y'"],
    })

    expect(said?.reason).not.toMatch(/\p{Cc}/u)
  })

  it('take no time over hostile output', () => {
    const lines = ['sh: '.repeat(50_000), 'a'.repeat(200_000), 'Missing '.repeat(20_000)]
    const startedAt = performance.now()

    for (let turn = 0; turn < 10; turn += 1)
      explainFailure({
        stage: 'start',
        lines: Array.from({ length: 400 }, (_, at) => lines[at % 3] ?? ''),
      })

    expect((performance.now() - startedAt) / 10).toBeLessThan(1_000)
  })
})
