import { expect, it } from 'vitest'
import { pageBy } from '#http/page-by.ts'

const letters = (text: string) => text.split('')
const page = (text: string, limit: number, cursor?: string) =>
  pageBy(letters(text), { limit, cursor }, (letter) => letter)

it('gives a list page by page, and an end', () => {
  const first = page('abcde', 2)
  const second = page('abcde', 2, first.nextCursor ?? '')
  const third = page('abcde', 2, second.nextCursor ?? '')

  expect([first.items, second.items, third.items]).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  expect(third.nextCursor).toBeNull()
  expect(page('ab', 2).nextCursor).toBeNull()
  expect(page('', 2)).toEqual({ items: [], nextCursor: null })
})

it('leaves nothing out when items come and go in between', () => {
  const { nextCursor } = page('abcd', 2)

  expect(page('0abcd', 9, nextCursor ?? '').items).toEqual(['c', 'd'])
  expect(page('acd', 9, nextCursor ?? '').items).toEqual(['c', 'd'])
})

it('takes any text for a cursor', () => {
  for (const cursor of ['x', '', '..', '-1.a', '999999999999.z', '1e3.q'])
    expect(page('ab', 9, cursor).items.length).toBeLessThanOrEqual(2)
})
