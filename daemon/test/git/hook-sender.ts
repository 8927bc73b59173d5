import { createHmac, randomUUID } from 'node:crypto'
import type { FullServer } from '../full-server.ts'

export type HookHost = 'github' | 'gitlab' | 'gitea' | 'forgejo' | 'generic'

interface Hook {
  host: HookHost
  event?: 'push' | 'tag' | 'delete' | 'ping'
  ref?: string
  sha?: string
  /** null: the message has no number. */
  id?: string | null
  /** In place of the body that the host would send. */
  body?: string
  /** In place of the right one. */
  secret?: string
}

const ZERO = '0'.repeat(40)

/** Sends webhooks as the hosts do, signed as they sign. */
export const hookSender =
  (server: FullServer, url: string, secret: string) =>
  async ({
    host,
    event = 'push',
    ref,
    sha = 'a'.repeat(40),
    id = randomUUID(),
    body,
    secret: other,
  }: Hook) => {
    const fullRef = ref ?? (event === 'tag' ? 'refs/tags/v1' : 'refs/heads/main')
    const text = body ?? JSON.stringify(payloadOf(host, event, fullRef, sha))
    return server.fastify.inject({
      method: 'POST',
      url: new URL(url).pathname,
      headers: {
        host: 'example.com:8443',
        ...headersOf(host, event, { id, text, secret: other ?? secret }),
      },
      body: text,
    })
  }

function payloadOf(host: HookHost, event: string, ref: string, sha: string): object {
  const isGone = event === 'delete'
  if (event === 'ping') return { zen: 'Keep it logically awesome.', hook_id: 1, at: Math.random() }
  if (host === 'gitlab')
    return {
      object_kind: event === 'tag' ? 'tag_push' : 'push',
      ref,
      before: 'b'.repeat(40),
      after: isGone ? ZERO : sha,
      checkout_sha: isGone ? null : sha,
      at: Math.random(),
    }
  if (isGone && (host === 'gitea' || host === 'forgejo'))
    return { ref: ref.split('/').slice(2).join('/'), ref_type: 'branch', at: Math.random() }
  return {
    ref,
    before: 'b'.repeat(40),
    after: isGone ? ZERO : sha,
    deleted: isGone,
    head_commit: { message: 'x' },
    at: Math.random(),
  }
}

function headersOf(
  host: HookHost,
  event: string,
  { id: given, text, secret }: { id: string | null; text: string; secret: string },
): Record<string, string> {
  const hmac = createHmac('sha256', secret).update(text).digest('hex')
  const id = given ?? ''
  const json = { 'content-type': 'application/json' }
  const name = event === 'tag' ? 'push' : event
  const headers: Record<HookHost, Record<string, string>> = {
    github: {
      'x-github-event': event === 'delete' ? 'push' : name,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${hmac}`,
    },
    gitlab: {
      'x-gitlab-event': event === 'tag' ? 'Tag Push Hook' : 'Push Hook',
      'x-gitlab-event-uuid': id,
      'idempotency-key': id,
      'x-gitlab-token': secret,
    },
    gitea: {
      'x-gitea-event': name,
      'x-github-event': name,
      'x-gitea-delivery': id,
      'x-gitea-signature': hmac,
    },
    forgejo: {
      'x-forgejo-event': name,
      'x-github-event': name,
      'x-forgejo-delivery': id,
      'x-forgejo-signature': hmac,
    },
    generic: { 'x-vastrox-delivery': id, 'x-vastrox-signature-256': `sha256=${hmac}` },
  }
  return { ...json, ...headers[host] }
}
