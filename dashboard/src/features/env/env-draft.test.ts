import { describe, expect, it } from 'vitest'
import {
  addEntries,
  NO_CHANGES,
  removeVariable,
  rowsOf,
  sayChanges,
  setVariable,
  undoVariable,
} from './env-draft.ts'

const at = '2026-11-22T12:00:00.000Z'
const plain = { changedAt: at, phase: 'runtime', neverReveal: false, isReference: false } as const
const saved = [
  { key: 'B', ...plain },
  { key: 'A', ...plain },
]

describe('changes of env variables before they are saved', () => {
  it('show what each variable would become, by name', () => {
    const draft = setVariable(removeVariable(NO_CHANGES, 'A', true), 'C', { value: 'new' })
    expect(rowsOf(saved, setVariable(draft, 'B', { value: '' }))).toMatchObject([
      { key: 'A', status: 'removed', value: undefined, changedAt: at },
      { key: 'B', status: 'changed', value: '', changedAt: at },
      { key: 'C', status: 'added', value: 'new', changedAt: undefined, phase: 'runtime' },
    ])
    expect(sayChanges(draft)).toBe('1 set, 1 removed')
  })

  it('forget a new variable that is removed again, and change nothing by it', () => {
    const draft = removeVariable(setVariable(NO_CHANGES, 'C', { value: 'x' }), 'C', false)
    expect(draft.size).toBe(0)
    expect(rowsOf(saved, draft).map(({ status }) => status)).toEqual(['kept', 'kept'])
  })

  it('can be undone one by one', () => {
    const draft = setVariable(setVariable(NO_CHANGES, 'A', { value: '1' }), 'B', { value: '2' })
    expect([...undoVariable(draft, 'A')]).toEqual([['B', { value: '2' }]])
  })

  it('take a whole file, its values before those typed earlier', () => {
    const draft = addEntries(setVariable(NO_CHANGES, 'A', { value: 'typed', phase: 'build' }), [
      { key: 'A', value: 'file', line: 1 },
      { key: 'D', value: 'file', line: 2 },
    ])
    expect(Object.fromEntries(draft)).toEqual({
      A: { value: 'file', phase: 'build' },
      D: { value: 'file' },
    })
  })

  it('say more of a variable than a value, and one thing does not undo the other', () => {
    let draft = setVariable(NO_CHANGES, 'A', { phase: 'both', neverReveal: true })
    expect(rowsOf(saved, draft)[0]).toMatchObject({ status: 'changed', value: undefined })
    draft = setVariable(draft, 'A', { generate: 'hex' })
    expect(draft.get('A')).toEqual({ phase: 'both', neverReveal: true, generate: 'hex' })
    draft = setVariable(draft, 'A', { value: '${{ env.B }}', isReference: true })
    expect(rowsOf(saved, draft)[0]).toMatchObject({
      value: '${{ env.B }}',
      generate: undefined,
      phase: 'both',
      neverReveal: true,
      isReference: true,
    })
  })
})
