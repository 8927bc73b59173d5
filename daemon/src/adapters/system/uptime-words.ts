import { CodedError, sayError } from '@vastrox/shared/errors.ts'

/** How far a look has come: a time-out is told by it. */
export type Phase = 'resolving' | 'connecting' | 'waiting' | 'reading'

const LATE: Record<Phase, string> = {
  resolving: 'The name was not resolved',
  connecting: 'No connection was made',
  waiting: 'The connection was made, but no answer came',
  reading: 'The answer began, but did not get so far',
}

/** Of Node's and OpenSSL's codes, what people ask about; where they stand in no order. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection is refused: nothing listens there.',
  ECONNRESET: 'The connection was cut off before an answer came.',
  EPIPE: 'The connection was cut off before an answer came.',
  EHOSTUNREACH: 'There is no way to that host from this server.',
  ENETUNREACH: 'There is no way to that network from this server.',
  ETIMEDOUT: 'No connection was made in time.',
  EPROTO: 'What answers there speaks no TLS that we do.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  CERT_NOT_YET_VALID: 'Its certificate is not valid yet.',
  CERT_REVOKED: 'Its certificate was revoked.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is signed by itself, and by no authority.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is signed by an authority that is not trusted.',
  UNABLE_TO_GET_ISSUER_CERT: 'Its certificate is signed by an authority that is not trusted.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'Its certificate is signed by an authority that is not trusted, or the certificate between is not sent along.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Its certificate is signed by an authority that is not trusted, or the certificate between is not sent along.',
}
const MAX_NAMES = 200
const MAX_LENGTH = 300

/** One sentence of why a look failed. */
export function sayFailure(error: unknown, phase: Phase, tookMs: number): string {
  if (!(error instanceof Error)) return 'No answer came.'
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return `${LATE[phase]} within ${(Math.round(tookMs / 100) / 10).toString()} s.`
  const [first] = error instanceof AggregateError ? error.errors : []
  const found: unknown = first ?? error
  const code =
    found instanceof Error && 'code' in found && typeof found.code === 'string' ? found.code : ''
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return sayNames(found)
  const known = WORDS[code]
  if (known !== undefined) return known
  if (code.startsWith('HPE_')) return 'What answers there speaks no HTTP.'
  if (code.startsWith('ERR_SSL')) return WORDS['EPROTO'] ?? ''
  if (error instanceof CodedError) return sayError(error).slice(0, MAX_LENGTH)
  return `It failed: ${(code || error.message).slice(0, MAX_LENGTH)}.`
}

function sayNames(error: unknown): string {
  const certificate =
    typeof error === 'object' && error !== null && 'cert' in error ? error.cert : undefined
  const names =
    typeof certificate === 'object' &&
    certificate !== null &&
    'subjectaltname' in certificate &&
    typeof certificate.subjectaltname === 'string'
      ? certificate.subjectaltname.replaceAll('DNS:', '').slice(0, MAX_NAMES)
      : 'other names'
  return `Its certificate is not for this name, but for ${names}.`
}
