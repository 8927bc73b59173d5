/** A host name as it is stored and compared: A-labels, lower-case, no trailing dot. */
export type HostReading =
  | { host: string; isWildcard: boolean; problem?: undefined }
  | { host?: undefined; problem: string }

const MAX_HOST = 253
const MAX_PASTED = 500
/** What nobody writes into a host name, and a URL parser would take for something else. */
const FOREIGN = /[\s\p{Cc}<>"'`{}|\\^[\]%@?#,;!$&()+=]/u
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

/**
 * Reads what a person typed or pasted: `https://Bücher.example/shop` means `xn--bcher-kva.example`.
 * What is left over and means something else (a port, a path of its own) is said, not dropped, unless
 * it came with a scheme: then it was copied from a browser.
 */
export function readHostName(typed: string): HostReading {
  const text = typed.trim()
  if (text === '') return { problem: 'Type a host name such as www.example.com.' }
  if (text.length > MAX_PASTED) return { problem: 'That is too long for a host name.' }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)
  if (scheme && !/^https?$/i.test(scheme[1] ?? ''))
    return { problem: 'Type the host name alone, such as www.example.com.' }
  const authority = scheme ? text.slice(scheme[0].length).split(/[/?#]/, 1).join('') : text
  if (authority.includes('@')) return { problem: 'That looks like a mail address.' }
  if (/^\[?[0-9a-f]*:[0-9a-f:.]+\]?$/i.test(authority) && authority.split(':').length > 2)
    return { problem: 'That is an IP address: a domain is a host name.' }
  const [name = '', port] = authority.split(':')
  if (port !== undefined && !scheme)
    return { problem: `Leave the port away: every port of ${name || 'it'} leads to the app.` }
  if (authority.includes('/'))
    return {
      problem: 'Leave the path away: a domain is a host name, and all of its paths are the app’s.',
    }
  return readLabels(name.replace(/[.。]$/, ''))
}

function readLabels(name: string): HostReading {
  const isWildcard = name.startsWith('*.')
  const rest = isWildcard ? name.slice(2) : name
  if (rest.includes('*'))
    return { problem: 'A star stands for the first label alone: *.example.com.' }
  if (rest.includes('_')) return { problem: 'An underscore cannot be part of a host name.' }
  if (FOREIGN.test(rest)) return { problem: 'That has characters that no host name has.' }
  if (rest.split(/[.。．｡]/).includes(''))
    return { problem: 'There is a dot too many: labels are parted by one dot each.' }
  const ascii = toAscii(rest)
  if (ascii === undefined) return { problem: 'That is not a host name that the DNS knows.' }
  if (/^\d+(?:\.\d+){0,3}$/.test(ascii) || /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(ascii))
    return { problem: 'That is an IP address: a domain is a host name.' }
  const labels = ascii.split('.')
  if (!labels.every((label) => LABEL.test(label)))
    return {
      problem:
        'Labels have 1 to 63 letters, digits and hyphens, and neither begin nor end with one.',
    }
  if (labels.length < 2)
    return { problem: 'A host name has a dot in it: example.com, not example.' }
  const host = isWildcard ? `*.${ascii}` : ascii
  if (host.length > MAX_HOST) return { problem: 'A host name has at most 253 characters.' }
  return { host, isWildcard }
}

/** By the rules of browsers (UTS 46); undefined where they know no such name. */
function toAscii(name: string): string | undefined {
  // A number would be read as an address of other notation.
  if (/^[0-9a-z.-]+$/i.test(name) && !/xn--/i.test(name)) return name.toLowerCase()
  try {
    return new URL(`http://${name}`).hostname
  } catch {
    return undefined
  }
}

/** `www.example.com` for `example.com`, and the other way round. */
export const counterpartOf = (host: string): string =>
  host.startsWith('www.') ? host.slice('www.'.length) : `www.${host}`
