/** Of each list: a thousand and more of whatever it is, and no host keeps us longer. */
const MAX_PAGES = 30

/**
 * One page after the other, from 1 on, until one is not full or there is enough. `take` gives what of
 * a page counts.
 */
export async function collectPages<Item, Taken>(
  pageSize: number,
  ask: (page: number) => Promise<readonly Item[]>,
  take: (items: readonly Item[]) => readonly Taken[],
  isEnough: (taken: readonly Taken[]) => boolean,
): Promise<Taken[]> {
  const taken: Taken[] = []
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const items = await ask(page)
    taken.push(...take(items))
    if (items.length < pageSize || isEnough(taken)) break
  }
  return taken
}

const ENOUGH = 100

/** Of repositories that are searched for: the very one, or a list that is long enough to choose from. */
export const enoughFor =
  (search: string) =>
  (found: readonly { name: string }[]): boolean =>
    found.length >= ENOUGH || found.some(({ name }) => name === search)
