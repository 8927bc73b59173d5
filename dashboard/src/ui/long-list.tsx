import { type ComponentType, useRef } from 'react'
import { useMeasuredRows } from '#lib/use-window-rows.ts'

/** Where a row stands in its list, for those who do not see it, and which it is: for its `li`. */
export interface RowPlace {
  'data-row': string
  'aria-setsize': number
  'aria-posinset': number
}

interface Props<Item> {
  items: readonly Item[]
  /** How high a row is, more or less. */
  guess: number
  /** Whether there are more of them than were read. */
  hasMore?: boolean
  /** An `li` with that place. */
  Row: ComponentType<{ item: Item; place: RowPlace }>
}

/** A list that scrolls with its page; of very many rows only those that are seen are drawn. */
export function LongList<Item extends { id: string | number }>({
  items,
  guess,
  hasMore = false,
  Row,
}: Props<Item>) {
  const list = useRef<HTMLUListElement>(null)
  const ids = items.map(({ id }) => String(id))
  const { first, last, above, below } = useMeasuredRows(list, ids, guess)
  return (
    <ul ref={list} style={{ paddingTop: above, paddingBottom: below }}>
      {items.slice(first, last).map((item, at) => (
        <Row
          key={item.id}
          item={item}
          place={{
            'data-row': String(item.id),
            'aria-setsize': hasMore ? -1 : items.length,
            'aria-posinset': first + at + 1,
          }}
        />
      ))}
    </ul>
  )
}
