import { errorFrom, unexpectedReply, unreachable } from '#lib/api-error.ts'
import { api } from '#lib/api.ts'
import type { z } from 'zod'
import { t } from '#lib/words.ts'

interface Options<T> {
  schema: z.ZodType<T>
  /** From 0 to 1. */
  onProgress: (share: number) => void
  signal: AbortSignal
  method?: 'PUT' | 'POST'
}

/** Sends a file as it is and tells how far it has come, which fetch cannot. Failures are ApiErrors. */
export async function sendBody<T>(path: string, body: Blob, options: Options<T>): Promise<T> {
  const first = await send(path, body, options)
  const reply =
    first.status === 401 && (await api.keepSignedIn()) ? await send(path, body, options) : first
  if (!reply.ok) throw await errorFrom(reply)
  const text = await reply.text()
  const parsed = options.schema.safeParse(text === '' ? undefined : JSON.parse(text))
  if (!parsed.success) throw unexpectedReply(reply.status, parsed.error)
  return parsed.data
}

function send<T>(
  path: string,
  body: Blob,
  { onProgress, signal, method = 'PUT' }: Options<T>,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const request = new XMLHttpRequest()
  request.open(method, `/api/v1${path}`)
  request.setRequestHeader('content-type', 'application/octet-stream')
  request.upload.addEventListener('progress', ({ loaded, total }) =>
    onProgress(total === 0 ? 1 : loaded / total),
  )
  request.addEventListener('load', () =>
    resolve(
      new Response(request.status === 204 ? null : request.responseText, {
        status: request.status,
      }),
    ),
  )
  request.addEventListener('error', () => reject(unreachable(t('the connection broke off'))))
  request.addEventListener('abort', () => reject(signal.reason))
  signal.addEventListener('abort', () => request.abort())
  request.send(body)
  return promise
}
