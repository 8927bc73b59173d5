import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { HostKind } from '@vastrox/shared/external-source.ts'
import { z } from 'zod'

export type HookHeaders = Readonly<Record<string, string | undefined>>

export interface HookRequest {
  /** Names in lower case. */
  headers: HookHeaders
  /** As it came: it is verified before it is read (rule C13). */
  body: Buffer
}

export interface HookEvent {
  /** `delete`: a branch or tag has gone. */
  kind: 'push' | 'delete' | 'ping' | 'other'
  /** As the host calls it. */
  name: string
  ref: string | null
  sha: string | null
}

/** Who has sent it, as it says: Gitea and Forgejo say that they are GitHub too. */
export function kindOfHook(headers: HookHeaders): HostKind {
  if (headers['x-gitea-event'] ?? headers['x-forgejo-event'] ?? headers['x-gogs-event'])
    return 'gitea'
  if (headers['x-gitlab-event'] ?? headers['x-gitlab-token']) return 'gitlab'
  if (headers['x-github-event']) return 'github'
  return 'generic'
}

/**
 * True where whoever sent it knows the secret: by an HMAC-SHA256 of the body, or, with GitLab, by the
 * secret itself. Takes the same time whatever is wrong.
 */
export function isSigned({ headers, body }: HookRequest, secret: string): boolean {
  if (kindOfHook(headers) === 'gitlab') return isEqual(headers['x-gitlab-token'] ?? '', secret)
  const hmac = createHmac('sha256', secret).update(body).digest('hex')
  const given =
    headers['x-hub-signature-256'] ??
    headers['x-forgejo-signature'] ??
    headers['x-gitea-signature'] ??
    headers['x-gogs-signature'] ??
    headers['x-vastrox-signature-256'] ??
    // Bitbucket's; elsewhere the name is that of a SHA-1, which is none of ours.
    headers['x-hub-signature'] ??
    ''
  return isEqual(given.replace(/^sha256=/, ''), hmac)
}

export const digestOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

/** The host's number of the delivery; its body where it numbers none. */
export const deliveryIdOf = ({ headers, body }: HookRequest): string =>
  numberOf(headers) ?? digestOf(body)

/** False where nothing but the body tells it from another: a script may send the same one each time. */
export const isNumbered = ({ headers }: HookRequest): boolean => numberOf(headers) !== undefined

function numberOf(headers: HookHeaders): string | undefined {
  const given =
    headers['x-gitea-delivery'] ??
    headers['x-forgejo-delivery'] ??
    headers['x-gogs-delivery'] ??
    headers['x-github-delivery'] ??
    headers['x-gitlab-event-uuid'] ??
    headers['x-vastrox-delivery']
  return given !== undefined && /^[\x21-\x7e]{1,100}$/.test(given) ? given : undefined
}

/** Says what a verified webhook tells. Throws WEBHOOK_INVALID. */
export function readHook({ headers, body }: HookRequest): HookEvent {
  const kind = kindOfHook(headers)
  const name = eventName(kind, headers)
  if (name === 'ping') return { kind: 'ping', name, ref: null, sha: null }
  const payload = parse(kind, headers, body)
  const ref = fullRef(payload)
  const sha = shaOf(payload.after) ?? shaOf(payload.checkout_sha) ?? shaOf(payload.sha)
  const isGone =
    payload.deleted === true || name === 'delete' || /^0{40,64}$/.test(payload.after ?? '')
  if (isGone) return { kind: 'delete', name, ref, sha: null }
  return { kind: PUSHES.has(name) ? 'push' : 'other', name, ref, sha }
}

const PUSHES = new Set(['push', 'Push Hook', 'Tag Push Hook'])
/** What of it we read; the rest may be as it likes. */
const Payload = z.looseObject({
  ref: z.string().max(1_000).nullish(),
  ref_type: z.string().max(20).nullish(),
  after: z.string().max(100).nullish(),
  checkout_sha: z.string().max(100).nullish(),
  sha: z.string().max(100).nullish(),
  deleted: z.boolean().nullish(),
})
type Payload = z.infer<typeof Payload>

function eventName(kind: HostKind, headers: HookHeaders): string {
  const given =
    kind === 'gitea'
      ? (headers['x-gitea-event'] ?? headers['x-forgejo-event'] ?? headers['x-gogs-event'])
      : kind === 'gitlab'
        ? headers['x-gitlab-event']
        : headers['x-github-event']
  const name = given ?? headers['x-vastrox-event'] ?? 'push'
  return /^[\w .-]{1,60}$/.test(name) ? name : 'unknown'
}

function parse(kind: HostKind, headers: HookHeaders, body: Buffer): Payload {
  if (body.length === 0 && kind === 'generic') return {}
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const text = isForm
    ? (new URLSearchParams(body.toString()).get('payload') ?? '')
    : body.toString()
  try {
    return Payload.parse(JSON.parse(text))
  } catch (cause) {
    throw new CodedError(
      'WEBHOOK_INVALID',
      { reason: 'Its body is not the JSON of a push.' },
      { cause },
    )
  }
}

/** Only names that could be refs are kept; what else was said is nothing to us. */
function fullRef({ ref, ref_type: type }: Payload): string | null {
  if (typeof ref !== 'string') return null
  const full = ref.startsWith('refs/') ? ref : `refs/${type === 'tag' ? 'tags' : 'heads'}/${ref}`
  return full.replaceAll(/\p{C}/gu, '?').slice(0, 300)
}

const shaOf = (text: string | null | undefined): string | null =>
  typeof text === 'string' && /^[0-9a-f]{40,64}$/.test(text) ? text : null

function isEqual(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
