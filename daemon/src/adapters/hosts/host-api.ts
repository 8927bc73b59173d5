import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import type { HttpClient, HttpRequest } from '#ports/http-client.ts'

export interface ApiCall<Reply> {
  method: HttpRequest['method']
  url: string
  headers: Record<string, string>
  body?: unknown
  reply: z.ZodType<Reply>
}

/** One call of a host's API: JSON both ways, failures in the host's own words. */
export async function callApi<Reply>(
  http: HttpClient,
  { method, url, headers, body, reply }: ApiCall<Reply>,
): Promise<Reply> {
  const answer = await http.send({
    method,
    url,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const { host } = new URL(url)
  if (answer.status < 200 || answer.status >= 300)
    throw new CodedError(answer.status >= 500 ? 'HOST_UNREACHABLE' : 'GIT_HOST_REFUSED', {
      status: answer.status,
      reason: `${host} answers ${answer.status}${wordsOf(answer.body)}`,
    })
  const parsed = reply.safeParse(answer.body === '' ? null : parseJson(answer.body))
  if (parsed.success) return parsed.data
  throw new CodedError('HOST_UNREACHABLE', {
    reason: `${host} answers something else than its API does.`,
  })
}

/** `message` or `error`, as most hosts have it; one line of a stranger's text. */
function wordsOf(body: string): string {
  const json = parseJson(body)
  const said =
    typeof json === 'object' && json !== null
      ? (Reflect.get(json, 'message') ??
        Reflect.get(json, 'error_description') ??
        Reflect.get(json, 'error'))
      : undefined
  const text = typeof said === 'string' ? said : said === undefined ? '' : JSON.stringify(said)
  return text === '' ? '.' : `: ${text.replaceAll(/\p{C}/gu, ' ').slice(0, 150)}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
