import type { Readable } from 'node:stream'
import { TerminalEvent } from '@vastrox/shared/terminal.ts'
import { afterEach, expect, it, vi } from 'vitest'
import { createFullServer } from '#test/full-server.ts'

const streams: Readable[] = []
afterEach(() => {
  for (const stream of streams.splice(0)) stream.destroy()
})

async function setUp() {
  const server = await createFullServer()
  server.queue.start()
  server.addApp('hello')
  await server.deploy('a1')
  await server.clock.pass(61_000)
  const user = server.addUser('anna', 'owner')
  const actor = { ...server.actor, id: user.id, userId: user.id }
  const token = () =>
    server.access.tokens.create(actor, { name: 't', kind: 'api', apps: null, expiresInDays: null })
      .token
  const mine = token()

  async function ask(method: 'POST' | 'DELETE', path: string, body?: object, as = mine) {
    const reply = await server.fastify.inject({
      method,
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${as}` },
      ...(body && { body }),
    })
    return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
  }

  /** Everything that has come out so far, and how it ended. */
  async function watch(path: string, after = 0) {
    const reply = await server.fastify.inject({
      url: `/api/v1${path}/output?after=${after}`,
      headers: { authorization: `Bearer ${mine}` },
      payloadAsStream: true,
    })
    const stream = reply.stream()
    streams.push(stream)
    const seen = { text: '', ended: false }
    stream.on('data', (chunk: Buffer) => void (seen.text += chunk.toString()))
    stream.on('end', () => void (seen.ended = true))
    stream.on('error', () => {})
    const events = () =>
      [...seen.text.matchAll(/data: (.*)\n\n/g)].map(([, data]) =>
        TerminalEvent.parse(JSON.parse(data ?? '')),
      )
    const printed = () =>
      events()
        .map((event) => (event.type === 'output' ? Buffer.from(event.base64, 'base64') : ''))
        .join('')
    return { seen, stream, events, printed }
  }
  return { ...server, mine, token, ask, watch }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

it('a shell in the browser: what is typed goes in, what is printed comes out, to its exit', async () => {
  const { ask, watch, node } = await setUp()
  const opened = await ask('POST', '/apps/hello/terminals', { size: { columns: 120, rows: 40 } })
  expect(opened).toMatchObject({ status: 201, body: { title: 'hello' } })
  const path = `/apps/hello/terminals/${opened.body.id}`
  const session = node.sessions.at(-1)
  expect(session?.spec).toMatchObject({ terminal: { columns: 120, rows: 40 }, stdin: true })

  const seen = await watch(path)
  expect(await ask('POST', `${path}/input`, { base64: base64('ls\r') })).toMatchObject({
    status: 204,
  })
  expect(session?.typed()).toBe('ls\r')
  await ask('POST', `${path}/input`, { size: { columns: 90, rows: 20 } })
  expect(session?.received).toContain('window 90x20')

  session?.print('one two ')
  await vi.waitFor(() => expect(seen.printed()).toBe('one two '), 15_000)
  // The page is loaded anew, and goes on behind what it has.
  seen.stream.destroy()
  session?.print('three')
  const again = await watch(path, 1)
  await vi.waitFor(() => expect(again.printed()).toBe('three'), 15_000)
  session?.exit(3)
  await vi.waitFor(() => expect(again.seen.ended).toBe(true), 15_000)
  expect(again.events().at(-1)).toEqual({ type: 'exit', exitCode: 3, reason: null })
})

it('belongs to who opened it, and to what it was opened for', async () => {
  const server = await setUp()
  const { ask } = server
  server.addApp('other')
  const { body } = await ask('POST', '/apps/hello/terminals', {})
  const input = { base64: base64('x') }

  const elsewhere = await ask('POST', `/apps/other/terminals/${body.id}/input`, input)
  expect(elsewhere).toMatchObject({ status: 404, body: { error: { code: 'TERMINAL_NOT_FOUND' } } })
  const otherToken = server.token()
  expect(
    await ask('POST', `/apps/hello/terminals/${body.id}/input`, input, otherToken),
  ).toMatchObject({ status: 404 })
})

it('is ended when nobody has looked at it for a minute, and when somebody closes it', async () => {
  const { ask, node, clock, watch } = await setUp()
  const first = await ask('POST', '/apps/hello/terminals', {})
  const forgotten = node.sessions.at(-1)
  await clock.pass(90_000)
  await vi.waitFor(() => expect(forgotten?.isAborted()).toBe(true), 15_000)
  expect(
    await ask('POST', `/apps/hello/terminals/${first.body.id}/input`, { base64: '' }),
  ).toMatchObject({ status: 404 })

  const second = await ask('POST', '/apps/hello/terminals', {})
  const path = `/apps/hello/terminals/${second.body.id}`
  const seen = await watch(path)
  await clock.pass(90_000)
  const session = node.sessions.at(-1)
  expect(session?.isAborted()).toBe(false)
  expect(await ask('DELETE', path)).toMatchObject({ status: 204 })
  expect(session?.isAborted()).toBe(true)
  await vi.waitFor(() => expect(seen.seen.ended).toBe(true), 15_000)
})

it('there are at most five of one user', async () => {
  const { ask } = await setUp()
  for (let at = 0; at < 5; at += 1)
    expect((await ask('POST', '/apps/hello/terminals', {})).status).toBe(201)
  expect(await ask('POST', '/apps/hello/terminals', {})).toMatchObject({
    status: 429,
    body: { error: { code: 'TERMINALS_TOO_MANY' } },
  })
})

it('there are no more of them when all are asked for at once', async () => {
  const { ask } = await setUp()
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => ask('POST', '/apps/hello/terminals', {})),
  )
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(5)
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(3)
})

it('a program that prints without end waits for its reader', async () => {
  const { ask, node, watch } = await setUp()
  const { body } = await ask('POST', '/apps/hello/terminals', {})
  const session = node.sessions.at(-1)
  const piece = 'x'.repeat(64 * 1_024)
  for (let at = 0; at < 40; at += 1) session?.print(piece)
  session?.exit(0)
  const seen = await watch(`/apps/hello/terminals/${body.id}`)
  await vi.waitFor(() => expect(seen.seen.ended).toBe(true), { timeout: 10_000 })
  expect(seen.printed()).toHaveLength(40 * piece.length)
})

it('the console of a database, as the platform', async () => {
  const { ask, watch, clock, node } = await setUp()
  await ask('POST', '/addons', { name: 'shop-db', kind: 'redis' })
  await clock.pass(5_000)
  const opened = await ask('POST', '/addons/shop-db/terminals', {})
  expect(opened).toMatchObject({ status: 201, body: { title: 'shop-db' } })
  const seen = await watch(`/addons/shop-db/terminals/${opened.body.id}`)
  const session = node.addons.sessions.at(-1)
  session?.print('127.0.0.1:6379> ')
  await vi.waitFor(() => expect(seen.printed()).toBe('127.0.0.1:6379> '), 15_000)
  session?.exit(0)
  await vi.waitFor(() => expect(seen.seen.ended).toBe(true), 15_000)
})
