import type { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { createFullServer } from '#test/full-server.ts'

const streams: Readable[] = []
afterEach(() => {
  for (const stream of streams.splice(0)) stream.destroy()
})

const SOON = { interval: 2, timeout: 2_000 }

async function setUp() {
  const server = await createFullServer()
  server.queue.start()
  const user = server.addUser('anna', 'owner')
  const actor = { ...server.actor, id: user.id, userId: user.id }
  const app = server.addApp('hello')
  const tokenFor = (apps: string[] | null) =>
    server.access.tokens.create(actor, { name: 't', kind: 'api', apps, expiresInDays: null }).token
  const all = tokenFor(null)

  /** What a client of the stream has got: the data of each event, and its id. */
  async function open(
    path: string,
    { after, token = all }: { after?: string; token?: string } = {},
  ) {
    const reply = await server.fastify.inject({
      url: `/api/v1${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(after === undefined ? {} : { 'last-event-id': after }),
      },
      payloadAsStream: true,
    })
    const stream = reply.stream()
    streams.push(stream)
    const client = { text: '', ended: false, status: reply.statusCode }
    stream.on('data', (chunk: Buffer) => {
      client.text += chunk.toString()
    })
    stream.on('end', () => {
      client.ended = true
    })
    stream.on('error', () => {})
    const events = () =>
      [...client.text.matchAll(/(?:id: (\S+)\n)?data: (.*)\n\n/g)].map(([, id, data]) => ({
        id,
        data: JSON.parse(data ?? ''),
      }))
    return { client, events, texts: () => events().map(({ data }) => data.text) }
  }
  return { ...server, app, open, tokenFor, actor }
}

describe('the stream of live events', () => {
  it('tells what changes, and goes on behind the last one that was seen', async () => {
    const { open, events: live, actor } = await setUp()
    const { client, events } = await open('/events')
    const change = (app: string) =>
      live.emit({ teamId: actor.teamId, type: 'app.changed', app, subject: null })
    change('hello')
    await expect.poll(events, SOON).toMatchObject([{ data: { type: 'app.changed', app: 'hello' } }])
    expect(client.status).toBe(200)
    change('missed')

    const again = await open('/events', { after: String(events()[0]?.id) })

    await expect.poll(again.events, SOON).toMatchObject([{ data: { app: 'missed' } }])
    const restarted = await open('/events', { after: '12' })
    await expect.poll(restarted.events, SOON).toMatchObject([{ data: { type: 'reset' } }])
  })

  it('tells nobody of another team’s apps, nor a token of apps that it is not for', async () => {
    const server = await setUp()
    const { open, events: live, actor, tokenFor } = server
    server.addApp('secret')
    const { events } = await open('/events', { token: tokenFor(['hello']) })
    for (const app of ['secret', 'hello'])
      live.emit({ teamId: actor.teamId, type: 'app.changed', app, subject: null })
    live.emit({ teamId: 'team2', type: 'app.changed', app: 'hello', subject: null })
    live.emit({ teamId: actor.teamId, type: 'node.changed', app: null, subject: null })

    await expect.poll(events, SOON).toMatchObject([{ data: { app: 'hello' } }])
  })
})

describe('the stream of an app’s log', () => {
  it('begins with the last lines and goes on with what comes', async () => {
    const { open, appLogs, app } = await setUp()
    for (const text of ['one', 'two', 'three']) appLogs.say(app.id, text)
    const { texts } = await open('/apps/hello/logs/stream?limit=2')
    await expect.poll(texts, SOON).toEqual(['two', 'three'])

    appLogs.say(app.id, 'four')

    await expect.poll(texts, SOON).toEqual(['two', 'three', 'four'])
  })

  it('does not repeat what was seen before the connection broke', async () => {
    const { open, appLogs, app } = await setUp()
    const line = (nanos: number) => ({
      line: {
        at: `2026-11-22T12:00:00.00000000${nanos}Z`,
        source: 'web.1',
        release: 1,
        stream: 'stdout' as const,
        text: `line ${nanos}`,
      },
      instance: 'web-1',
    })
    for (const nanos of [1, 2, 3]) await appLogs.add(app.id, line(nanos))

    const { texts } = await open('/apps/hello/logs/stream', { after: '2' })

    await expect.poll(texts, SOON).toEqual(['line 3'])
  })

  it('refuses an app that is not there before anything is sent', async () => {
    const { open } = await setUp()

    expect((await open('/apps/nothere/logs/stream')).client.status).toBe(404)
    expect((await open('/apps/hello/deployments/7/log/stream')).client.status).toBe(404)
  })
})

describe('the stream of a deployment’s log', () => {
  it('is live, goes on where the client stopped, and ends with the deployment', async () => {
    const { open, push, end, node, deployments, actor } = await setUp()
    const gate = Promise.withResolvers<void>()
    node.buildGate = gate.promise
    const id = await push()
    const live = await open('/apps/hello/deployments/1/log/stream')
    gate.resolve()
    await end(id)

    await expect.poll(() => live.client.ended, SOON).toBe(true)
    const kept = deployments.readLog(actor, 'hello', 1, 0)
    expect(live.events().map(({ data }) => data)).toEqual(kept)
    expect(kept.at(-1)?.kind).toBe('done')

    const resumed = await open('/apps/hello/deployments/1/log/stream', { after: '2' })
    await expect.poll(() => resumed.client.ended, SOON).toBe(true)
    expect(resumed.events().map(({ id: seq }) => Number(seq))).toEqual(
      kept.slice(2).map(({ seq }) => seq),
    )
  })
})
