import { z } from 'zod'

/** A list as the API sends it, reduced to its items: `{ items, nextCursor }`. */
export const itemsOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item) }).transform(({ items }) => items)

/** A reply that nobody reads: what changed is read again by its own query. */
export const ignored = z.unknown()
