/*
 * What of an answer two people may edit: the rest of it moves by itself, and is no conflict.
 */

/** Fields of an object. */
export const fields =
  (...names: readonly string[]) =>
  (answer: unknown): unknown =>
    pick(answer, (name) => names.includes(name))

/** An object without some of its fields. */
export const without =
  (...names: readonly string[]) =>
  (answer: unknown): unknown =>
    pick(answer, (name) => !names.includes(name))

/** Each item of a list, without some of its fields. */
export const itemsWithout =
  (...names: readonly string[]) =>
  (answer: unknown): unknown => {
    const items: unknown = new Map(Object.entries(Object(answer))).get('items')
    return Array.isArray(items) ? items.map(without(...names)) : []
  }

const pick = (value: unknown, isWanted: (name: string) => boolean): unknown =>
  Object.fromEntries(Object.entries(Object(value)).filter(([name]) => isWanted(name)))
