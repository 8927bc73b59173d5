import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { createFullServer } from '#test/full-server.ts'

async function setUp() {
  const server = await createFullServer()
  const user = server.addUser('anna', 'owner')
  const actor = { ...server.actor, id: user.id, userId: user.id }
  const { token } = server.access.tokens.create(actor, {
    name: 't',
    kind: 'api',
    apps: null,
    expiresInDays: null,
  })
  const app = server.addApp('hello')
  const ask = async (path: string) => {
    const reply = await server.fastify.inject({
      url: `/api/v1/apps/hello/logs${path}`,
      headers: { authorization: `Bearer ${token}` },
    })
    return reply
  }
  for (let count = 1; count <= 30; count++)
    await server.appLogs.add(app.id, {
      line: {
        at: `2026-11-22T12:00:00.${String(count).padStart(9, '0')}Z`,
        source: count % 3 === 0 ? 'worker.1' : 'web.1',
        release: 1,
        stream: 'stdout',
        text: count % 10 === 0 ? `{"level":"error","status":${count}}` : `line ${count}`,
      },
      instance: 'web-1',
    })
  return { ...server, ask }
}

it('logs are searched page by page, newest first, by everything that is known of a line', async () => {
  const { ask } = await setUp()

  const first = (await ask('/search?text=LINE&limit=10')).json()
  expect(first).toMatchObject({ items: { length: 10 }, nextCursor: expect.any(String) })
  expect(first.items[0]).toMatchObject({ text: 'line 29', id: '29', level: null })
  const next = (await ask(`/search?text=line&limit=100&cursor=${first.nextCursor}`)).json()
  expect(next).toMatchObject({ items: { length: 17 }, nextCursor: null })
  expect((await ask('/search?fields=status%3D20')).json().items).toMatchObject([
    { id: '20', level: 'error' },
  ])
  expect((await ask('/search?regex=^line.2$&source=worker')).json().items).toEqual([])
  expect((await ask('/search?regex=^line.1?2$&source=worker')).json().items).toMatchObject([
    { text: 'line 12' },
  ])
  expect((await ask('?level=warning&limit=2')).json().items).toMatchObject([
    { id: '20' },
    { id: '30' },
  ])
})

it('what cannot be looked for is refused in words', async () => {
  const { ask } = await setUp()
  const reply = await ask('/search?regex=%28')
  expect([reply.statusCode, reply.json().error.code]).toEqual([400, 'LOG_FILTER_INVALID'])
  expect(reply.json().error.message).toContain('a bracket is not closed')
  expect((await ask('/search?level=loud')).statusCode).toBe(400)
  expect((await ask('/search?cursor=x')).statusCode).toBe(400)
  expect((await ask('/download?regex=%28')).statusCode).toBe(400)
})

it('logs are downloaded whole, as text or as JSON, packed where asked', async () => {
  const { ask } = await setUp()

  const text = await ask('/download')
  expect(text.headers['content-disposition']).toBe('attachment; filename="hello.log"')
  expect(text.body.split('\n')).toHaveLength(31)
  expect(text.body).toMatch(/^2026-11-22T12:00:00.000000001Z web.1 \| line 1\n/)
  const json = await ask('/download?format=ndjson&level=error&gzip=true')
  const lines = gunzipSync(json.rawPayload).toString().trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(['10', '20', '30'])
})
