import type { Page, PageQuery } from '@vastrox/shared/page.ts'

/**
 * One page of a list that is in memory. The cursor is the place and the key of the last item: when
 * that one has gone meanwhile the page begins where it was, and when others came before it, behind it.
 */
export function pageBy<Item>(
  items: readonly Item[],
  { cursor, limit }: PageQuery,
  keyOf: (item: Item) => string,
): Page<Item> {
  const begin = cursor === undefined ? 0 : placeAfter(items, cursor, keyOf)
  const page = items.slice(begin, begin + limit)
  const end = begin + page.length
  const last = page.at(-1)
  const hasMore = end < items.length && last !== undefined
  return { items: page, nextCursor: hasMore ? `${end}.${keyOf(last)}` : null }
}

function placeAfter<Item>(
  items: readonly Item[],
  cursor: string,
  keyOf: (item: Item) => string,
): number {
  const [count = ''] = cursor.split('.', 1)
  const key = cursor.slice(count.length + 1)
  const found = items.findIndex((item) => keyOf(item) === key)
  if (found !== -1) return found + 1
  return /^\d{1,9}$/.test(count) ? Math.max(0, Number(count) - 1) : items.length
}
