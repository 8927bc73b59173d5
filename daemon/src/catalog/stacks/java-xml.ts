/**
 * As much of XML as a pom.xml needs, in time by the length of the text: elements are found by name,
 * nothing is resolved or fetched.
 */
export function withoutComments(text: string): string {
  const parts: string[] = []
  let at = 0
  for (;;) {
    const begin = text.indexOf('<!--', at)
    if (begin === -1) return parts.join('') + text.slice(at)
    parts.push(text.slice(at, begin))
    const end = text.indexOf('-->', begin)
    if (end === -1) return parts.join('')
    at = end + 3
  }
}

/** Everything between `<name>` and its end, for each that is not inside of another of that name. */
export function sections(text: string, name: string): string[] {
  const found: string[] = []
  const open = `<${name}>`
  const close = `</${name}>`
  let at = 0
  for (;;) {
    const begin = text.indexOf(open, at)
    if (begin === -1) return found
    const end = text.indexOf(close, begin)
    if (end === -1) return found
    found.push(text.slice(begin + open.length, end))
    at = end + close.length
  }
}

/** The text without the elements of these names. */
export function without(text: string, names: readonly string[]): string {
  let rest = text
  for (const name of names) {
    const parts: string[] = []
    let at = 0
    for (;;) {
      const begin = rest.indexOf(`<${name}>`, at)
      const end = begin === -1 ? -1 : rest.indexOf(`</${name}>`, begin)
      if (end === -1) break
      parts.push(rest.slice(at, begin))
      at = end + name.length + 3
    }
    rest = parts.join('') + rest.slice(at)
  }
  return rest
}

/** The first element of that name that holds plain text. */
export function textOf(text: string, name: string): string | undefined {
  const value = sections(text, name)
    .find((one) => !one.includes('<'))
    ?.trim()
  return value === '' ? undefined : value?.slice(0, 300)
}
