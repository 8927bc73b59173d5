import { createHmac, randomUUID } from 'node:crypto'
import type { Answer, Installation } from '#support/installation.ts'

export const HOST_KINDS = ['github', 'gitlab', 'gitea', 'generic'] as const
export type HookHost = (typeof HOST_KINDS)[number]

export interface Hook {
  event: 'push' | 'tag' | 'delete' | 'ping'
  sha: string
  ref?: string
}

interface Message {
  headers: Record<string, string>
  body: string
}

const ZERO = '0'.repeat(40)

/** A message as the host words and signs it. */
export function messageOf(host: HookHost, secret: string, hook: Hook): Message {
  const body = JSON.stringify(payloadOf(host, hook))
  const hmac = createHmac('sha256', secret).update(body).digest('hex')
  return {
    body,
    headers: { 'content-type': 'application/json', ...headersOf(host, hook, { hmac, secret }) },
  }
}

export const sendHook = (
  vastrox: Installation,
  url: string,
  { headers, body }: Message,
): Promise<Answer> => vastrox.ask('POST', url, { headers, body })

function payloadOf(host: HookHost, { event, sha, ref = refOf(event) }: Hook): object {
  if (event === 'ping') return { zen: 'Non-blocking is better than blocking.', hook_id: 7 }
  const isGone = event === 'delete'
  const after = isGone ? ZERO : sha
  if (host === 'gitlab')
    return {
      object_kind: event === 'tag' ? 'tag_push' : 'push',
      ref,
      before: ZERO,
      after,
      checkout_sha: isGone ? null : sha,
      project: { path_with_namespace: 'anna/blog' },
    }
  if (host === 'generic') return { ref, ...(isGone ? { deleted: true } : { sha }) }
  if (host === 'gitea' && isGone) return { ref: ref.replace('refs/heads/', ''), ref_type: 'branch' }
  return {
    ref,
    before: ZERO,
    after,
    deleted: isGone,
    head_commit: isGone ? null : { id: sha, message: 'push' },
    repository: { full_name: 'anna/blog' },
  }
}

const refOf = (event: Hook['event']): string =>
  event === 'tag' ? 'refs/tags/v1' : 'refs/heads/main'

function headersOf(
  host: HookHost,
  { event }: Hook,
  { hmac, secret }: { hmac: string; secret: string },
): Record<string, string> {
  const id = randomUUID()
  const name = event === 'ping' ? 'ping' : 'push'
  const headers: Record<HookHost, Record<string, string>> = {
    github: {
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-event': name,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${hmac}`,
    },
    gitlab: {
      'user-agent': 'GitLab/17.0',
      'x-gitlab-event': event === 'tag' ? 'Tag Push Hook' : 'Push Hook',
      'x-gitlab-event-uuid': id,
      'x-gitlab-token': secret,
    },
    gitea: {
      'x-gitea-event': event === 'delete' ? 'delete' : name,
      'x-github-event': event === 'delete' ? 'delete' : name,
      'x-gitea-delivery': id,
      'x-gitea-signature': hmac,
      'x-hub-signature-256': `sha256=${hmac}`,
    },
    generic: { 'x-vastrox-event': name, 'x-vastrox-signature-256': `sha256=${hmac}` },
  }
  return headers[host]
}
