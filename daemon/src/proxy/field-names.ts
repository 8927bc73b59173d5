const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** A field that changes nothing about its message or connection. */
export const ORDINARY = 0
/** No name of a field at all (RFC 9110, 5.6.2). */
export const NO_NAME = -1

/** Nobody may fill the memory with new ones. */
const MAX_SEEN = 1_000
const MAX_SEEN_LENGTH = 40

/** Gives the kind of a field by its name, in lower case in `kinds`. Names come spelled in few ways; each is looked at once. */
export function createFieldKinds(kinds: ReadonlyMap<string, number>): (name: string) => number {
  const seen = new Map<string, number>()
  return (name) => {
    const known = seen.get(name)
    if (known !== undefined) return known
    const kind = TOKEN.test(name) ? (kinds.get(name.toLowerCase()) ?? ORDINARY) : NO_NAME
    if (name.length <= MAX_SEEN_LENGTH && seen.size < MAX_SEEN) seen.set(name, kind)
    return kind
  }
}
