import { createHash, createPublicKey } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import { SshKeyType } from '@vastrox/shared/ssh-key.ts'

/** A public key, found to be whole. */
export interface PublicKey {
  type: SshKeyType
  /** As it goes over the wire and stands in `.pub` files, in base64. */
  blob: string
  fingerprint: string
  comment: string
}

interface Line {
  options: string
  type: string
  blob: string
  comment: string
}

const MAX_LINES = 500
const MAX_LINE = 16_384
const RSA_BITS = { least: 2_048, most: 8_192 }
const CURVES: Record<string, { name: string; jwk: string; bytes: number }> = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', jwk: 'P-256', bytes: 32 },
  'ecdsa-sha2-nistp384': { name: 'nistp384', jwk: 'P-384', bytes: 48 },
  'ecdsa-sha2-nistp521': { name: 'nistp521', jwk: 'P-521', bytes: 66 },
}
/** Options of authorized_keys that forbid or allow what is not to be had here anyway. */
const WITHOUT_EFFECT = [
  'agent-forwarding',
  'no-agent-forwarding',
  'no-port-forwarding',
  'no-user-rc',
  'no-x11-forwarding',
  'port-forwarding',
  'pty',
  'user-rc',
  'x11-forwarding',
]

/** As `ssh-keygen -l` prints it. */
export const fingerprintOf = (blob: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

/** Takes the line of a `.pub` file. Throws SSH_KEY_INVALID, with the reason in words. */
export function parsePublicKey(text: string): PublicKey {
  const line = text.trim()
  if (line.includes('PRIVATE KEY'))
    throw invalid('That is a private key: it stays with you. Give the file beside it, .pub.')
  if (line.startsWith('---- BEGIN'))
    throw invalid('Convert it first: ssh-keygen -i -f key.pub prints it in the form of OpenSSH.')
  if (/[\r\n]/.test(line)) throw invalid('Give one key at a time, on one line.')
  const parts = splitLine(line)
  if (parts.options !== '')
    throw invalid(`Leave the options in front of the key out: ${parts.options.slice(0, 60)}`)
  return keyOf(parts)
}

/**
 * The keys of an authorized_keys file. A line whose options limit what its key may do is left out,
 * as is one that we cannot check: here it could do more than there.
 */
export function parseAuthorizedKeys(text: string): {
  keys: (PublicKey & { line: number })[]
  skipped: { line: number; reason: string }[]
} {
  const keys: (PublicKey & { line: number })[] = []
  const skipped: { line: number; reason: string }[] = []
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (keys.length + skipped.length >= MAX_LINES) {
      skipped.push({ line: at + 1, reason: `Only ${MAX_LINES} keys are looked at.` })
      break
    }
    try {
      const parts = splitLine(line)
      const limits = limitsOf(parts.options)
      if (limits === undefined) keys.push({ ...keyOf(parts), line: at + 1 })
      else skipped.push({ line: at + 1, reason: `It is limited by ${limits}.` })
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      skipped.push({ line: at + 1, reason: reasonOf(error) })
    }
  }
  return { keys, skipped }
}

const invalid = (reason: string): CodedError => new CodedError('SSH_KEY_INVALID', { reason })

const reasonOf = ({ details, message }: CodedError): string =>
  typeof details['reason'] === 'string' ? details['reason'] : message

/** `[options] type base64 [comment]`; options have quotes, in which spaces and \" may stand. */
function splitLine(line: string): Line {
  if (line.length > MAX_LINE) throw invalid('That is too long for a public key.')
  const plain = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/.exec(line)
  if (plain?.[1] !== undefined && looksLikeType(plain[1]))
    return { options: '', type: plain[1], blob: plain[2] ?? '', comment: plain[3] ?? '' }
  const options = /^(?:[^\s"]|"(?:\\.|[^"\\])*")+/.exec(line)?.[0] ?? ''
  const rest = line.slice(options.length).trimStart()
  if (options === '' || !looksLikeType(rest.split(/\s/)[0] ?? ''))
    throw invalid('It is not a line of a .pub file: ssh-ed25519 AAAA… name')
  return { ...splitLine(rest), options }
}

const looksLikeType = (word: string): boolean => /^(ssh|ecdsa|sk)-[a-z0-9@.-]+$/.test(word)

/** The first option that means something here. */
function limitsOf(options: string): string | undefined {
  const names = options.match(/(?:[^,"]|"(?:\\.|[^"\\])*")+/g) ?? []
  const limit = names.find((option) => !WITHOUT_EFFECT.includes(option.toLowerCase()))
  return limit?.slice(0, 60)
}

function keyOf({ type: named, blob, comment }: Line): PublicKey {
  const type = SshKeyType.safeParse(named)
  if (!type.success) throw invalid(whyNot(named))
  const bytes = Buffer.from(blob, 'base64')
  const fields = fieldsOf(bytes)
  if (fields?.[0]?.toString('latin1') !== named) throw invalid('The key is damaged.')
  const problem = problemOf(type.data, fields.slice(1))
  if (problem !== undefined) throw invalid(problem)
  return {
    type: type.data,
    blob: bytes.toString('base64'),
    fingerprint: fingerprintOf(bytes),
    comment: nameable(comment),
  }
}

function whyNot(type: string): string {
  if (type.startsWith('sk-')) return 'Keys of hardware tokens (sk-…) cannot be checked here yet.'
  if (type.includes('-cert-')) return 'Certificates are not taken: give the key itself.'
  if (type === 'ssh-dss') return 'DSA keys are too weak: ssh-keygen -t ed25519 makes a good one.'
  return `Keys of the kind ${type.slice(0, 40)} are not known here.`
}

/** The parts of a blob, each with its length in front; undefined where they do not come out even. */
function fieldsOf(bytes: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return undefined
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length || fields.length > 4) return undefined
    fields.push(bytes.subarray(at + 4, end))
    at = end
  }
  return fields
}

function problemOf(type: SshKeyType, fields: readonly Buffer[]): string | undefined {
  const [first, second] = fields
  if (type === 'ssh-ed25519')
    return fields.length === 1 && first?.length === 32 ? undefined : 'The key is damaged.'
  if (!first || !second || fields.length !== 2) return 'The key is damaged.'
  if (type === 'ssh-rsa') return problemOfRsa(first, second)
  const curve = CURVES[type]
  const isPoint = curve && second.length === 1 + 2 * curve.bytes && second[0] === 4
  if (!isPoint || first.toString('latin1') !== curve.name) return 'The key is damaged.'
  return isOnCurve(curve.jwk, second.subarray(1)) ? undefined : 'The key is damaged.'
}

function problemOfRsa(exponent: Buffer, modulus: Buffer): string | undefined {
  const bits = bitsOf(modulus)
  if (bitsOf(exponent) > 33 || bitsOf(exponent) < 2 || isEven(exponent) || isEven(modulus))
    return 'The key is damaged.'
  if (bits < RSA_BITS.least || bits > RSA_BITS.most)
    return `RSA keys have ${RSA_BITS.least} to ${RSA_BITS.most} bits here, and this one has ${bits}. ssh-keygen -t ed25519 makes a good one.`
  return undefined
}

/** Of a positive number as SSH writes it; 0 for one that is none. */
function bitsOf(number: Buffer): number {
  if ((number[0] ?? 0) >= 0x80) return 0
  const hex = number.toString('hex').replace(/^0+/, '')
  return hex === ''
    ? 0
    : (hex.length - 1) * 4 + Number.parseInt(hex[0] ?? '0', 16).toString(2).length
}

const isEven = (number: Buffer): boolean => ((number.at(-1) ?? 0) & 1) === 0

function isOnCurve(crv: string, point: Buffer): boolean {
  const half = point.length / 2
  const [x, y] = [point.subarray(0, half), point.subarray(half)]
  try {
    createPublicKey({
      key: { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') },
      format: 'jwk',
    })
    return true
  } catch {
    return false
  }
}

/** Without what steers a terminal. */
const nameable = (comment: string): string =>
  comment
    .replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '')
    .trim()
    .slice(0, 80)
