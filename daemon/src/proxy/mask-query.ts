/** Names whose values are for nobody's eyes, wherever in the name they stand. */
const SECRET_NAME =
  /token|secret|passw|pwd|passcode|api.?key|auth|credential|signature|^sig$|session|^sid$|jwt|saml|otp|^code$|^key$|^state$|nonce|^k$|access|private/i
/** Long, and of letters and digits mixed, as keys are and words are not. */
const SECRET_VALUE = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=.~-]{20,}$/
const MAX_CHARACTERS = 512

/**
 * The query of a request's target with what may be a secret masked; empty where there is none. Names
 * stay, so that a log says what was asked for.
 */
export function maskQuery(target: string): string {
  const from = target.indexOf('?')
  if (from === -1) return ''
  const query = target.slice(from + 1, from + 1 + MAX_CHARACTERS)
  const isCut = target.length > from + 1 + MAX_CHARACTERS
  const masked = query.split('&').map(maskPair)
  return `${masked.join('&')}${isCut ? '…' : ''}`
}

function maskPair(pair: string): string {
  const at = pair.indexOf('=')
  // A bare word may be a token of its own: `?eyJhbGciOi…`.
  if (at === -1) return SECRET_VALUE.test(decoded(pair)) ? '***' : pair
  const name = pair.slice(0, at)
  const value = pair.slice(at + 1)
  if (value === '') return pair
  const text = decoded(value)
  const isSecret =
    SECRET_NAME.test(decoded(name)) ||
    SECRET_VALUE.test(text) ||
    // An address within an address may carry a secret of its own.
    (/[?&#]/.test(text) && SECRET_NAME.test(text))
  return isSecret ? `${name}=***` : pair
}

/** What cannot be decoded is judged as it stands. */
function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
