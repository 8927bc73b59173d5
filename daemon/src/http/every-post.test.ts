import { CreateToken } from '@vastrox/shared/token.ts'
import { expect, it } from 'vitest'
import { type Operation, operationsOf, requestOf } from '#test/api/operations.ts'
import { createFullServer } from '#test/full-server.ts'

/** Its body is no JSON: what it stages is replaced by what comes again, with or without a key. */
const STREAMS = /\/(archive|content)$/

it('every POST that is sent again with its Idempotency-Key is done once, and answered the same', async () => {
  const server = await createFullServer()
  server.addApp('blog')
  const { tokens, rootActor } = server.access
  const { token } = tokens.create(rootActor(), CreateToken.parse({ name: 'again' }))
  const operations = operationsOf((await server.fastify.inject('/api/v1/openapi.json')).json())
  const posts = operations.filter(
    ({ method, path, isPublic }) => method === 'POST' && !isPublic && !STREAMS.test(path),
  )

  const send = (
    { path }: Operation,
    request: { url: string; body?: string },
    body = request.body,
  ) =>
    server.fastify.inject({
      method: 'POST',
      url: request.url,
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': `once ${path}`.replaceAll(/[^\w-]/g, '_'),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    })

  const wrong: string[] = []
  let replayed = 0
  for (const operation of posts) {
    const request = requestOf(operation, undefined, '')
    const first = await send(operation, request)
    const second = await send(operation, request)
    // What failed on our side, or before the key was looked at, is tried again.
    if (first.statusCode >= 500 || first.statusCode === 400) continue
    replayed += 1
    const isSame = second.statusCode === first.statusCode && second.body === first.body
    if (!isSame || second.headers['idempotency-replayed'] !== 'true')
      wrong.push(
        `${operation.path}: ${first.statusCode}, then ${second.statusCode} ${second.body.slice(0, 100)}`,
      )
    const other = await send(operation, { ...request, url: `${request.url}?other=1` })
    if (other.json().error?.code !== 'IDEMPOTENCY_KEY_REUSED')
      wrong.push(`${operation.path}: another request got ${other.statusCode} with the same key`)
  }

  expect(wrong).toEqual([])
  expect(replayed).toBeGreaterThan(20)
  await server.fastify.close()
})
