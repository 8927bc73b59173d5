/**
 * Things by their names, for files: of several that have one name the later ones of the list get a
 * number.
 */
export function byName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): Map<string, Item> {
  const found = new Map<string, Item>()
  for (const item of items) {
    const name = nameOf(item)
    let free = name
    for (let number = 2; found.has(free); number++) free = `${name} (${number})`
    found.set(free, item)
  }
  return found
}
