import { describe, expect, it } from 'vitest'
import { createFullServer } from '#test/full-server.ts'

async function setUp() {
  const server = await createFullServer()
  server.queue.start()
  const owner = server.addUser('anna', 'owner')
  const actor = { ...server.actor, id: owner.id, userId: owner.id }
  const { token } = server.access.tokens.create(actor, {
    name: 'test',
    kind: 'api',
    expiresInDays: null,
  })

  async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) {
    const reply = await server.clock.until(
      Promise.resolve(
        server.fastify.inject({
          method,
          url: `/api/v1${path}`,
          headers: { authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { body }),
        }),
      ),
    )
    return { status: reply.statusCode, body: reply.body === '' ? undefined : reply.json() }
  }
  return { ...server, ask, token }
}

describe('apps over the API', () => {
  it('are created, listed, changed and destroyed', async () => {
    const { ask } = await setUp()

    expect(await ask('POST', '/apps', { name: 'blog' })).toMatchObject({
      status: 201,
      body: { name: 'blog', state: 'never-deployed' },
    })
    expect((await ask('GET', '/apps')).body).toMatchObject({
      items: [{ name: 'blog' }],
      nextCursor: null,
    })
    expect(await ask('PATCH', '/apps/blog', { drainMs: 1_000 })).toMatchObject({
      status: 200,
      body: { settings: { drainMs: 1_000 }, needsRedeploy: [] },
    })
    expect((await ask('DELETE', '/apps/blog', { confirm: 'blob' })).status).toBe(422)
    expect(await ask('DELETE', '/apps/blog', { confirm: 'blog' })).toEqual({
      status: 204,
      body: undefined,
    })
    expect((await ask('GET', '/apps/blog')).status).toBe(404)
    expect((await ask('GET', '/destroyed-apps')).body).toMatchObject({ items: [{ name: 'blog' }] })
    expect((await ask('POST', '/destroyed-apps/blog/restore')).body).toMatchObject({ name: 'blog' })
  })

  it('say what is wrong with a name, and with a setting', async () => {
    const { ask } = await setUp()

    expect(await ask('POST', '/apps', { name: 'www' })).toMatchObject({
      status: 422,
      body: { error: { code: 'APP_NAME_INVALID', message: 'That name is reserved.' } },
    })
    await ask('POST', '/apps', { name: 'blog' })
    expect(await ask('POST', '/apps', { name: 'blog' })).toMatchObject({
      status: 409,
      body: { error: { code: 'APP_NAME_TAKEN' } },
    })
    expect((await ask('PATCH', '/apps/blog', { drainMs: -1 })).status).toBe(400)
    expect((await ask('GET', '/apps/..%2f..%2fetc')).status).toBe(404)
  })

  it('deploy, roll back, scale, stop and start', async () => {
    const { ask, deploy, clock, end } = await setUp()
    await ask('POST', '/apps', { name: 'hello' })
    expect((await ask('POST', '/apps/hello/restart')).status).toBe(409)
    await deploy('a1')
    await clock.pass(120_000)
    await deploy('b2')
    await clock.pass(120_000)
    const settle = async (reply: { status: number; body: { id: string } }) => {
      expect(reply.status).toBe(202)
      expect((await end(reply.body.id)).state).toBe('watching')
      await clock.pass(120_000)
    }

    await settle(await ask('POST', '/apps/hello/releases/1/roll-back'))
    await settle(await ask('PATCH', '/apps/hello/processes', { web: 2 }))
    await settle(await ask('POST', '/apps/hello/deployments', { noCache: true }))
    await settle(await ask('POST', '/apps/hello/restart'))
    expect((await ask('POST', '/apps/hello/stop')).status).toBe(204)
    expect((await ask('GET', '/apps/hello')).body).toMatchObject({ state: 'stopped' })
    await settle(await ask('POST', '/apps/hello/start'))

    expect((await ask('GET', '/apps/hello/processes')).body.items[0].instances).toHaveLength(2)
    const { items } = (await ask('GET', '/apps/hello/deployments?limit=2')).body
    expect(items).toHaveLength(2)
    expect((await ask('GET', '/apps/hello/deployments/1')).body).toMatchObject({ number: 1 })
    expect((await ask('POST', '/apps/hello/deployments/1/cancel')).status).toBe(409)
    expect((await ask('GET', '/apps/hello/deployments/99')).status).toBe(404)
    expect((await ask('GET', '/apps/hello/releases')).body.items.length).toBeGreaterThan(2)
    expect((await ask('PATCH', '/apps/hello/processes', { nope: 2 })).status).toBe(404)
    const log = (await ask('GET', '/apps/hello/deployments/1/log?after=1')).body.items
    expect(log[0].seq).toBe(2)
  })

  it('keep env values to those who ask for one by name', async () => {
    const { ask } = await setUp()
    await ask('POST', '/apps', { name: 'hello' })

    expect(
      await ask('PATCH', '/apps/hello/env', { set: { API_KEY: 'sesame-open', OLD: null } }),
    ).toEqual({ status: 200, body: { deployment: null } })
    const imported = await ask('POST', '/apps/hello/env/import', { text: 'B="x y"\nB=2' })
    expect(imported.body).toMatchObject({ keys: ['B'], deployment: null })
    expect(imported.body.warnings).toHaveLength(1)

    const listed = await ask('GET', '/apps/hello/env')
    expect(
      listed.body.items.map(({ key, value }: Record<string, unknown>) => [key, value]),
    ).toEqual([
      ['API_KEY', null],
      ['B', null],
    ])
    expect((await ask('GET', '/apps/hello/env/API_KEY')).body).toMatchObject({
      value: 'sesame-open',
    })
    expect((await ask('GET', '/apps/hello/env/NONE')).status).toBe(404)
    expect(await ask('PATCH', '/apps/hello/env', { set: { 'A-B': 'x' } })).toMatchObject({
      status: 422,
      body: { error: { code: 'ENV_KEY_INVALID' } },
    })
    const big = Object.fromEntries(
      Array.from({ length: 3 }, (_, at) => [`K${at}`, '\u0001'.repeat(65_536)]),
    )
    expect((await ask('PATCH', '/apps/hello/env', { set: big })).status).toBe(200)
  })

  it('show their logs, and the machine they run on', async () => {
    const { ask, appLogs, finder, actor } = await setUp()
    await ask('POST', '/apps', { name: 'hello' })
    appLogs.say(finder.find(actor, 'hello').id, 'release v1 is live')

    expect((await ask('GET', '/apps/hello/logs?limit=5')).body.items).toMatchObject([
      { source: 'platform', text: 'release v1 is live' },
    ])
    expect((await ask('GET', '/apps/hello/logs?limit=99999999')).status).toBe(400)
    expect((await ask('GET', '/nodes')).body.items).toMatchObject([{ reachable: true }])
  })
})
