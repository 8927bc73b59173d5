import type { CaaRecord, DnsView } from '#ports/dns.ts'
import type { ChallengeType } from '#ports/domain-preflight.ts'

export type CaaReading =
  /** The records that count, and whose name they stand at; none at all means everybody may. */
  | { kind: 'read'; at: string | undefined; records: readonly CaaRecord[] }
  /** Nobody may while they cannot be read. */
  | { kind: 'unreadable'; at: string }

const MAX_LABELS = 12
/** What strangers write is not told at any length. */
const MAX_SAID = 200
const KNOWN_TAGS = [
  'issue',
  'issuewild',
  'iodef',
  'contactemail',
  'contactphone',
  'issuemail',
  'issuevmc',
]

/** Climbs from the name upwards to the first that has any (RFC 8659, section 3). */
export async function readCaa(
  viewFor: (name: string) => DnsView,
  host: string,
  signal: AbortSignal,
): Promise<CaaReading> {
  const labels = host.replace(/^\*\./, '').split('.').slice(-MAX_LABELS)
  const names = labels.map((_label, at) => labels.slice(at).join('.'))
  for (const name of names) {
    const answer = await viewFor(name).caa(name, signal)
    if (answer.kind === 'found') return { kind: 'read', at: name, records: answer.values }
    if (answer.kind === 'failed' || answer.kind === 'timeout')
      return { kind: 'unreadable', at: name }
  }
  return { kind: 'read', at: undefined, records: [] }
}

interface Wish {
  isWildcard: boolean
  challenge: ChallengeType
  /** Any of these is allowed to be the issuer; empty: it is not known who will be. */
  caaDomains: readonly string[]
}

/** Why they forbid it, in words; undefined where they do not. */
export function forbiddenBy(
  records: readonly CaaRecord[],
  { isWildcard, challenge, caaDomains }: Wish,
): string | undefined {
  const strange = records.find(({ critical, tag }) => critical && !KNOWN_TAGS.includes(tag))
  if (strange)
    return `a CAA record with the tag "${strange.tag.slice(0, 20)}" is marked critical, which no CA passes over`
  const wild = isWildcard ? records.filter(({ tag }) => tag === 'issuewild') : []
  const counting = wild.length > 0 ? wild : records.filter(({ tag }) => tag === 'issue')
  if (counting.length === 0) return undefined
  const allowed = counting.map(readValue).filter(({ issuer }) => issuer !== '')
  const names = [...new Set(allowed.map(({ issuer }) => issuer))].join(', ').slice(0, MAX_SAID)
  if (allowed.length === 0) return 'they let nobody issue a certificate'
  if (caaDomains.length === 0) return undefined
  const ours = allowed.filter(({ issuer }) => caaDomains.includes(issuer))
  if (ours.length === 0) return `they allow only ${names}`
  const methods = ours.map(({ methods }) => methods)
  if (methods.some((list) => list === undefined || list.includes(challenge))) return undefined
  return `they allow ${names} only by ${methods.flat().join(', ')}`
}

function readValue({ value }: CaaRecord): { issuer: string; methods: string[] | undefined } {
  const [issuer = '', ...parameters] = value.split(';').map((part) => part.trim())
  const methods = parameters
    .map((each) => /^validationmethods\s*=\s*(.*)$/i.exec(each)?.[1])
    .find((each) => each !== undefined)
  return {
    issuer: issuer.toLowerCase(),
    methods: methods?.split(',').map((each) => each.trim().toLowerCase()),
  }
}
