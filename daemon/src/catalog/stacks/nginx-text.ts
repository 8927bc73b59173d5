/** The name of a variable of ours whose value is `$`, which nginx cannot write otherwise. */
const DOLLAR = '${dollar}'

/**
 * Any text as a double-quoted argument of nginx in which variables count: none of what is in it ends
 * the argument, and no `$` of it begins a variable. Throws where it has control characters.
 */
export const nginxText = (text: string): string => `"${nginxPart(text)}"`

/** The same without the quotes, to be put together with variables of ours. */
export function nginxPart(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new Error('a control character in a text for nginx')
  return text.replaceAll(/[\\"]/g, '\\$&').replaceAll('$', DOLLAR)
}

/** The one that `nginxText` relies on. */
export const dollarVariable: readonly string[] = ['geo $dollar {', '  default "$";', '}']

/** A regular expression that matches the text and nothing else, byte by byte. */
export const nginxLiteral = (text: string): string =>
  [...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      if (/[\w/~-]/.test(character)) return character
      return character === '.' ? '\\.' : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')

/** What a decoded path may have and still be written in an address as it is. */
const PLAIN_IN_PATH = "A-Za-z0-9._~!$&'()*+,;=:@/-"

/** A class of characters for regular expressions of nginx. */
export const plainPathClass = `[${PLAIN_IN_PATH}]`

/** As a browser sends it: everything but plain characters as %XX. */
export const encodedPath = (path: string): string => encodeExcept(path, PLAIN_IN_PATH)

/** For an address that may have a query, a fragment and encoded characters already. */
export const encodedTarget = (target: string): string =>
  encodeExcept(target, `%?#${PLAIN_IN_PATH}`).replaceAll('$', '%24')

const encodeExcept = (text: string, plain: string): string =>
  text.replaceAll(new RegExp(`[^${plain}]+`, 'gu'), (other) =>
    [...new TextEncoder().encode(other)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  )
