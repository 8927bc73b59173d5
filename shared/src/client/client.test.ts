import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { createClient, dataOf, ProblemError } from './client.ts'
import { follow, StreamRefused } from './follow.ts'

interface Sent {
  url: string
  method: string
  headers: Record<string, string>
  body: unknown
}

/** A client whose calls are answered one after the other. */
function setUp(...answers: (Response | Error)[]) {
  const sent: Sent[] = []
  const client = createClient({
    baseUrl: 'https://example.com:8443',
    token: 'vxt_api_x',
    async fetch(url, { method = '', headers, body }) {
      sent.push({
        url,
        method,
        headers: Object.fromEntries(new Headers(headers)),
        body: typeof body === 'string' ? JSON.parse(body) : undefined,
      })
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      return (
        answer ??
        Response.json({ error: { code: 'INTERNAL', message: 'No.', details: {} } }, { status: 500 })
      )
    },
  })
  return { client, sent }
}

const problem = (status: number, code: string, headers = {}) =>
  Response.json(
    { error: { code, message: 'No.', hint: 'Try.', details: { a: 1 } } },
    { status, headers },
  )

describe('the client', () => {
  it('fills addresses and queries, and sends who it is', async () => {
    const { client, sent } = setUp(Response.json({ items: [], nextCursor: null }))

    const result = await client.get('/apps/{name}/deployments', {
      path: { name: 'a/b c' },
      query: { limit: 3 },
    })

    expect(sent).toEqual([
      {
        url: 'https://example.com:8443/api/v1/apps/a%2Fb%20c/deployments?limit=3',
        method: 'GET',
        headers: { accept: 'application/json', authorization: 'Bearer vxt_api_x' },
        body: undefined,
      },
    ])
    expect(dataOf(result).items).toEqual([])
  })

  it('asks no other operation by a name that leads upwards', async () => {
    const { client, sent } = setUp(Response.json({ items: [], nextCursor: null }))

    await client.get('/apps/{name}/deployments', { path: { name: '..' } })

    const { pathname } = new URL(sent[0]?.url ?? '')
    expect(pathname).toBe('/api/v1/apps/%252E%252E/deployments')
  })

  it('gives a failure as a value, with the codes of the operation', async () => {
    const { client } = setUp(problem(409, 'APP_NAME_TAKEN'))

    const result = await client.post('/apps', { body: { name: 'blog' } })

    expect(result).toEqual({
      ok: false,
      problem: {
        status: 409,
        code: 'APP_NAME_TAKEN',
        message: 'No.',
        hint: 'Try.',
        details: { a: 1 },
        retryAfterSeconds: undefined,
      },
    })
    expect(() => dataOf(result)).toThrow(ProblemError)
    if (!result.ok) expectTypeOf<'APP_NAME_TAKEN'>().toExtend<typeof result.problem.code>()
  })

  it('makes a write that got no answer again, with the same Idempotency-Key', async () => {
    const { client, sent } = setUp(
      new TypeError('fetch failed'),
      problem(503, 'AGENT_UNREACHABLE'),
      Response.json({ name: 'blog' }, { status: 201, headers: { etag: '"x"' } }),
    )

    const result = await client.post('/apps', { body: { name: 'blog' } })

    expect(result).toMatchObject({ ok: true, status: 201, etag: '"x"' })
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(sent[0]?.headers['idempotency-key']).toMatch(/^[\w-]{36}$/)
  })

  it('makes no call again that was refused, and gives up after a few', async () => {
    const refused = setUp(problem(412, 'PRECONDITION_FAILED'))
    const reply = await refused.client.patch('/apps/{name}', {
      path: { name: 'blog' },
      body: { drainMs: 1 },
      ifMatch: '"seen"',
    })
    const away = setUp(new Error('a'), new Error('b'), new Error('c'), new Error('d'))

    expect(reply).toMatchObject({ ok: false, problem: { code: 'PRECONDITION_FAILED' } })
    expect(refused.sent).toHaveLength(1)
    expect(refused.sent[0]?.headers['if-match']).toBe('"seen"')
    expect(await away.client.get('/apps')).toMatchObject({
      ok: false,
      problem: { code: 'UNREACHABLE', status: 0, message: 'c' },
    })
  })

  it('says what answered when it was not the API, and stops when it is told to', async () => {
    const { client } = setUp(new Response('<html>', { status: 502 }))
    const stopped = setUp(new Error('away'))

    expect(await client.get('/apps')).toMatchObject({
      ok: false,
      problem: { code: 'ANSWER_UNREADABLE', status: 502 },
    })
    await expect(
      stopped.client.get('/apps', { signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('away')
  })

  it('goes through a list page by page', async () => {
    const app = (name: string) => ({ name })
    const { client, sent } = setUp(
      Response.json({ items: [app('a'), app('b')], nextCursor: 'b' }),
      Response.json({ items: [app('c')], nextCursor: null }),
    )

    const names: string[] = []
    for await (const { name } of client.each('/apps', { query: { limit: 2 } })) names.push(name)

    expect(names).toEqual(['a', 'b', 'c'])
    expect(sent.map(({ url }) => url.split('?')[1])).toEqual(['limit=2', 'limit=2&cursor=b'])
  })
})

describe('following a stream', () => {
  async function serve(listener: RequestListener) {
    const server = createServer(listener)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    return createClient({ baseUrl: `http://127.0.0.1:${port}`, token: 'x' })
  }

  it('goes on from the last event when the connection ends or falls silent', async () => {
    const asked: (string | string[] | undefined)[] = []
    const client = await serve((request, response) => {
      asked.push(request.headers['last-event-id'])
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const next = asked.length
      response.write(`: hello\n\nid: ${next}\ndata: {"n":\ndata: ${next}}\n\n`)
      // The second connection stays open and says nothing more.
      if (next !== 2) response.end()
    })

    const seen: unknown[] = []
    for await (const { data } of follow(client.stream('/events'), { silentMs: 3_000 })) {
      seen.push(data)
      if (seen.length === 3) break
    }

    expect(seen).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect(asked).toEqual([undefined, '1', '2'])
  })

  it('ends when it is told to, and says when it is refused', async () => {
    const client = await serve((request, response) => {
      const isOpen = request.url?.endsWith('/events')
      response.writeHead(isOpen ? 200 : 403, { 'content-type': 'text/event-stream' })
      if (isOpen) response.write('data: 1\n\n')
      else response.end()
    })
    const stop = new AbortController()

    for await (const { data } of follow(client.stream('/events'), { signal: stop.signal })) {
      expect(data).toBe(1)
      stop.abort()
    }
    await expect(follow(client.stream('/none')).next()).rejects.toThrow(StreamRefused)
  })
})
