/** Header fields as they travel through the proxy: name, value, name, value …, changed in place. */

const isField = (found: string | undefined, lower: string): boolean =>
  found?.length === lower.length && found.toLowerCase() === lower

/** The first of that lower-case name; several are joined, as they may be. */
export function fieldOf(headers: readonly string[], lower: string): string | undefined {
  let value: string | undefined
  for (let index = 0; index < headers.length; index += 2) {
    if (!isField(headers[index], lower)) continue
    const next = headers[index + 1] ?? ''
    value = value === undefined ? next : `${value}, ${next}`
  }
  return value
}

export function removeFields(headers: string[], lowers: readonly string[]): void {
  for (let index = headers.length - 2; index >= 0; index -= 2)
    if (lowers.some((lower) => isField(headers[index], lower))) headers.splice(index, 2)
}

/** Instead of every one of that name. */
export function setField(headers: string[], name: string, value: string): void {
  removeFields(headers, [name.toLowerCase()])
  headers.push(name, value)
}

export function addVary(headers: string[], name: string): void {
  const vary = fieldOf(headers, 'vary')
  if (vary === undefined) {
    headers.push('Vary', name)
    return
  }
  const named = vary.toLowerCase().split(',')
  if (named.some((each) => each.trim() === '*' || each.trim() === name.toLowerCase())) return
  setField(headers, 'Vary', `${vary}, ${name}`)
}
