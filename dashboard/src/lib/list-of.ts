import { z } from 'zod'

/** A list as the API sends it, reduced to its items: `{ items, nextCursor }`. */
export const itemsOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item) }).transform(({ items }) => items)

/**
 * A page of a list of hundreds, of which the frame is checked: the daemon has checked each item by its schema
 * before it sent them, and doing so again takes a phone longer than fetching them.
 */
export const longPageOf = <Item>() =>
  z.object({ items: z.array(z.custom<Item>()), nextCursor: z.string().nullable() })

/** A reply that nobody reads: what changed is read again by its own query. */
export const ignored = z.unknown()
