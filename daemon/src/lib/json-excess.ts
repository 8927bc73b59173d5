const MAX_DEPTH = 32
const MAX_KEYS = 10_000
const MAX_ITEMS = 50_000

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const COLON = 58
const OPEN = new Set([91, 123])
const CLOSE = new Set([93, 125])

/**
 * What a text of JSON has too much of, in words: depth, keys or items. It is counted before the text
 * is parsed, so that nothing is built of what nobody could have meant.
 */
export function excessOf(text: string): string | undefined {
  let depth = 0
  let keys = 0
  let items = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
      continue
    }
    if (OPEN.has(code)) depth += 1
    else if (CLOSE.has(code)) depth -= 1
    else if (code === COLON) keys += 1
    else if (code === COMMA) items += 1
    if (depth > MAX_DEPTH) return `The JSON is nested more than ${MAX_DEPTH} deep.`
    if (keys > MAX_KEYS) return `The JSON has more than ${MAX_KEYS} keys.`
    if (items > MAX_ITEMS) return `The JSON has more than ${MAX_ITEMS} items.`
  }
  return undefined
}

/** Where the string that begins there ends; the end of the text for one that does not. */
function endOfString(text: string, from: number): number {
  let at = text.indexOf('"', from + 1)
  while (at !== -1) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return at
    at = text.indexOf('"', at + 1)
  }
  return text.length
}
