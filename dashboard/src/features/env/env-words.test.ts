import { describe, expect, it } from 'vitest'
import { sayChange } from './env-words.ts'

const change = {
  number: 3,
  at: '2026-11-22T12:00:00.000Z',
  actor: 'anna',
  set: [],
  unset: [],
  marked: [],
  restored: null,
}

describe('a change of env variables in words', () => {
  it('has the names of what was set, unset and marked', () => {
    expect(sayChange({ ...change, set: ['A', 'B'], unset: ['C'], marked: ['D'] })).toBe(
      'set A, B · unset C · marked D',
    )
  })

  it('says what was brought back, and what was there before the first change', () => {
    expect(sayChange({ ...change, set: ['A'], restored: 1 })).toBe('as after change 1 · set A')
    expect(sayChange(change)).toBe('what was set before')
  })
})
