import { describe, expect, it } from 'vitest'
import { canAskFor, isLive, logSearch, queryOf, withField } from './log-filter.ts'

const NOON = new Date('2026-11-26T12:00:00.000Z')

describe('what is looked for in a log', () => {
  it('is read from the address, what nobody understands apart', () => {
    expect(
      logSearch({ q: 404, level: 'error', source: 'web.1', last: '1h', regex: true, x: 1 }),
    ).toEqual({ q: '404', level: 'error', source: 'web.1', last: '1h', regex: true })
    expect(logSearch({ level: 'loud', source: 'a b', from: 'yesterday', line: 'x' })).toEqual({})
    expect(logSearch({ line: 'x', at: NOON.toISOString() })).toEqual({
      line: 'x',
      at: NOON.toISOString(),
    })
  })

  it('is asked for by what is filled in', () => {
    expect(queryOf({}, NOON).toString()).toBe('')
    expect(queryOf({ q: 'a b', last: '1h', level: 'warning' }, NOON).toString()).toBe(
      'text=a+b&level=warning&from=2026-11-26T11%3A00%3A00.000Z',
    )
    expect(queryOf({ q: '^GET', regex: true, fields: 'status=500' }, NOON).toString()).toBe(
      'regex=%5EGET&fields=status%3D500',
    )
  })

  it('is live unless it ends in the past', () => {
    expect(isLive({ q: 'x', last: '1h' })).toBe(true)
    expect(isLive({ to: NOON.toISOString() })).toBe(false)
    expect(isLive({ line: 'x', at: NOON.toISOString() })).toBe(false)
  })

  it('takes fields of JSON from a line', () => {
    expect(withField({}, 'status', '500').fields).toBe('status=500')
    expect(withField({ fields: 'status=500' }, 'user.id', '7').fields).toBe('status=500,user.id=7')
    expect(withField({ fields: 'status=500' }, 'status', '500').fields).toBe('status=500')
    expect(canAskFor('status', '500')).toBe(true)
    expect(canAskFor('note', 'a, b')).toBe(false)
  })
})
