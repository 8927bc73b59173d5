import type { FoundLine } from '@vastrox/shared/log.ts'
import { describe, expect, it, vi } from 'vitest'
import { createLogStore } from './log-store.ts'

const line = (id: number): FoundLine => ({
  id: String(id),
  at: '2026-11-26T12:00:00.000Z',
  source: 'web.1',
  release: 1,
  stream: 'stdout',
  level: null,
  text: `line ${id}`,
})
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(from + index))

describe('the lines that a page holds', () => {
  it('are put behind and before one another, and whoever draws them is told', () => {
    const store = createLogStore()
    const told = vi.fn<() => void>()
    store.subscribe(told)

    store.append(lines(10, 12))
    expect(store.prepend(lines(8, 10))).toBe(true)
    store.append([])

    expect(store.all().map(({ id }) => id)).toEqual(['8', '9', '10', '11'])
    expect(store.moved()).toBe(2)
    expect(store.indexOf('11')).toBe(3)
    expect(told).toHaveBeenCalledTimes(2)
  })

  it('let go of the oldest, many at a time, and take no older ones then', () => {
    const store = createLogStore(100, 20)
    store.append(lines(0, 100))
    store.append(lines(100, 101))

    expect(store.count()).toBe(81)
    expect(store.oldest()?.id).toBe('20')
    expect(store.moved()).toBe(-20)
    expect(store.prepend(lines(0, 20))).toBe(false)
    expect(store.count()).toBe(81)
  })
})
