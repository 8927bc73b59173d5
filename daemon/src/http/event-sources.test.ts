import { request } from 'node:http'
import { type Actor, isSameReach } from '@vastrox/shared/actor.ts'
import { fastify } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createEventSources, type EventSource, lastEventId } from '#http/event-sources.ts'
import { owner } from '#test/fakes/actors.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server with one stream, whose session a test can end. */
async function setUp(options: Parameters<typeof createEventSources>[0] = {}) {
  const sources = createEventSources(options)
  const opened: { source: EventSource; resumedAt: string | undefined }[] = []
  let caller = owner()
  let now: Actor | undefined = owner()
  const server = fastify()
  server.decorateRequest('actor', { getter: () => caller })
  server.decorateRequest('mayStill', () => now !== undefined && isSameReach(caller, now))
  server.addHook('preClose', async () => sources.closeAll())
  const access = { permission: 'app.read', scope: 'team' } as const
  server.get('/', { config: { access } }, async (request, reply) => {
    void reply.header('x-frame-options', 'DENY')
    opened.push({ source: sources.open(request, reply), resumedAt: lastEventId(request) })
  })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  closing.push(() => server.close())

  async function connect(headers: Record<string, string> = {}) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    const client = { text: '', status: 0, headers: {} as Record<string, unknown> }
    const asked = request(address, { headers, agent: false }, (response) => {
      client.status = response.statusCode ?? 0
      client.headers = response.headers
      response.on('data', (chunk: Buffer) => {
        client.text += chunk.toString()
      })
      response.on('close', () => ended.resolve())
      response.on('error', () => {})
      resolve()
    })
    asked.on('error', () => {})
    asked.end()
    await promise
    return { client, ended: ended.promise, hangUp: () => asked.destroy() }
  }
  return {
    server,
    opened,
    connect,
    source: () => {
      const last = opened.at(-1)
      if (!last) throw new Error('no stream is open')
      return last.source
    },
    /** Who comes next. */
    setCaller: (actor: Actor) => {
      caller = actor
    },
    setActor: (actor: Actor | undefined) => {
      now = actor
    },
  }
}

const SOON = { interval: 2, timeout: 2_000 }

describe('a stream of server-sent events', () => {
  it('sends JSON with ids, under the headers of every other reply', async () => {
    const { connect, source, opened } = await setUp()
    const { client } = await connect({ 'last-event-id': '41' })

    await source().send({ text: 'two\nlines' }, 42)

    await expect
      .poll(() => client.text, SOON)
      .toBe(': hello\n\nid: 42\ndata: {"text":"two\\nlines"}\n\n')
    expect(client.status).toBe(200)
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
    })
    expect(opened[0]?.resumedAt).toBe('41')
  })

  it('beats while there is nothing to say', async () => {
    const { connect } = await setUp({ heartbeatMs: 5 })
    const { client } = await connect()

    await expect.poll(() => client.text, SOON).toContain(': \n\n: \n\n')
  })

  it('ends when the session has ended or the role may no longer (rule C17)', async () => {
    const { connect, source, setActor } = await setUp({ recheckMs: 10 })
    const first = await connect()
    expect(source().signal.aborted).toBe(false)
    setActor(undefined)
    await first.ended
    expect(source().signal.aborted).toBe(true)

    setActor(owner({ permissions: new Set(['logs.read']) }))
    await (await connect()).ended
    setActor(owner({ teamId: 'team2' }))
    await (await connect()).ended
    expect(source().signal.aborted).toBe(true)
  })

  it('is told when the client hangs up, and sends nothing after that', async () => {
    const { connect, source } = await setUp()
    const { hangUp } = await connect()

    hangUp()

    await expect.poll(() => source().signal.aborted, SOON).toBe(true)
    await expect(source().send('late')).resolves.toBeUndefined()
  })

  it('waits for a slow client, and stops waiting when it has gone', async () => {
    const { connect, source } = await setUp()
    const { hangUp } = await connect()
    let sent = 0
    const sending = (async () => {
      for (; sent < 200 && !source().signal.aborted; sent++)
        await source().send('x'.repeat(1_000_000))
    })()
    await new Promise((resolve) => {
      setTimeout(resolve, 30)
    })
    hangUp()

    await sending
    expect(sent).toBeLessThanOrEqual(200)
  })

  it('does not keep the server from closing', async () => {
    const { connect, server } = await setUp()
    const { ended } = await connect()

    await server.close()

    await expect(ended).resolves.toBeUndefined()
  })

  it('lets one user listen 20 times at once, and others as well', async () => {
    const { connect, opened, setCaller } = await setUp()
    const connections = []
    for (let at = 0; at < 20; at++) connections.push(await connect())

    expect((await connect()).client.status).not.toBe(200)
    expect(opened).toHaveLength(20)
    setCaller(owner({ id: 'user2' }))
    expect((await connect()).client.status).toBe(200)

    setCaller(owner())
    connections[0]?.hangUp()
    await expect.poll(() => opened[0]?.source.signal.aborted, SOON).toBe(true)
    expect((await connect()).client.status).toBe(200)
    expect((await connect()).client.status).not.toBe(200)
  })
})
