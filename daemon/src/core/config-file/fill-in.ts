import { isEntry } from '@vastrox/shared/config-shape.ts'

const NAMED = /\$(\$?)\{([A-Za-z_][A-Za-z0-9_]{0,127})\}/g

export interface Missing {
  name: string
  path: PropertyKey[]
}

/**
 * Puts the value of NAME in place of `${NAME}`, in values and not in keys; `$${NAME}` stands for the
 * letters themselves, and what Vastrox itself fills in, `${{ … }}`, is left alone.
 */
export function fillIn(
  value: unknown,
  values: Readonly<Record<string, string>>,
): { value: unknown; missing: Missing[] } {
  const missing: Missing[] = []
  function filled(each: unknown, path: PropertyKey[]): unknown {
    if (typeof each === 'string')
      return each.replaceAll(NAMED, (all, escape: string, name: string) => {
        if (escape !== '') return all.slice(1)
        const found = Object.hasOwn(values, name) ? values[name] : undefined
        if (found === undefined) missing.push({ name, path })
        return found ?? ''
      })
    if (Array.isArray(each)) return each.map((item: unknown, at) => filled(item, [...path, at]))
    if (!isEntry(each)) return each
    return Object.fromEntries(
      Object.entries(each).map(([key, item]) => [key, filled(item, [...path, key])]),
    )
  }
  return { value: filled(value, []), missing }
}

/** The other way round: text that is to come back as it is. */
export function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(NAMED, (all) => `$${all}`)
  if (Array.isArray(value)) return value.map(escaped)
  if (!isEntry(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escaped(item)]))
}

/** Values that came from `${NAME}` are shown by their names. */
export function createMask(values: Readonly<Record<string, string>>) {
  const known = Object.entries(values)
    .filter(([, value]) => value !== '')
    .toSorted(([, one], [, other]) => other.length - one.length)
  return (text: string): string => {
    for (const [name, value] of known) {
      if (text === value) return `\${${name}}`
      // A short one would be found in everything.
      if (value.length >= SHORTEST) text = text.replaceAll(value, `\${${name}}`)
    }
    return text
  }
}
const SHORTEST = 6
