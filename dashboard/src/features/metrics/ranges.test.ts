import { describe, expect, it } from 'vitest'
import { rangeSearch, spanOf, windowOf, zoomed } from './ranges.ts'

const NOON = new Date('2026-11-26T12:00:00.000Z')

describe('the time that charts show', () => {
  it('is read from the address, what nobody understands apart', () => {
    expect(rangeSearch({ range: '7d' })).toEqual({ range: '7d' })
    expect(rangeSearch({ range: '7 years', from: 'yesterday' })).toEqual({})
    const part = { from: '2026-11-26T11:00:00.000Z', to: '2026-11-26T11:30:00.000Z' }
    expect(rangeSearch({ ...part, range: '6h' })).toEqual(part)
    expect(rangeSearch({ from: part.to, to: part.from })).toEqual({})
  })

  it('goes on with the clock, unless a part of the past is looked at', () => {
    expect(windowOf(spanOf({}), NOON)).toEqual({
      from: '2026-11-26T11:00:00.000Z',
      to: '2026-11-26T12:00:00.000Z',
    })
    const part = { from: '2026-11-26T11:00:00.000Z', to: '2026-11-26T11:30:00.000Z' }
    expect(windowOf(spanOf(part), NOON)).toEqual(part)
  })

  it('is what was dragged over, at least a minute and never the future', () => {
    const noon = NOON.getTime() / 1_000
    expect(zoomed(noon - 601.5, noon - 300.2, NOON)).toEqual({
      from: '2026-11-26T11:49:58.000Z',
      to: '2026-11-26T11:55:00.000Z',
    })
    expect(zoomed(noon - 101, noon - 99, NOON)).toEqual({
      from: '2026-11-26T11:57:50.000Z',
      to: '2026-11-26T11:58:50.000Z',
    })
    expect(zoomed(noon - 20, noon + 20, NOON)).toMatchObject({ to: NOON.toISOString() })
  })
})
