import { describe, expect, it } from 'vitest'
import { filterOf, NO_DRAFT } from './filter-draft.ts'
import { queryOf } from './queries.ts'

describe('the filter of the audit page', () => {
  it('asks for nothing while nothing is said', () => {
    expect(filterOf(NO_DRAFT)).toEqual({})
    expect(filterOf({ ...NO_DRAFT, actor: '  ' })).toEqual({})
    expect(queryOf({}).toString()).toBe('')
  })

  it('asks for what is said, with both days whole in the calendar of the reader', () => {
    const filter = filterOf({
      ...NO_DRAFT,
      actor: ' anna ',
      result: 'denied',
      since: '2026-11-01',
      until: '2026-11-02',
    })

    expect(filter).toMatchObject({ actor: 'anna', result: 'denied' })
    const [since, until] = [new Date(filter.since ?? ''), new Date(filter.until ?? '')]
    expect([since.getDate(), since.getHours()]).toEqual([1, 0])
    expect(until.getTime() - since.getTime()).toBe(2 * 86_400_000)
    expect(queryOf(filter).get('actor')).toBe('anna')
  })
})
