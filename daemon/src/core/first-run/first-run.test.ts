import { FirstRun } from '@vastrox/shared/first-run.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { createFullServer, type FullServer } from '#test/full-server.ts'

let server: FullServer | undefined
afterEach(() => server?.close())

async function start() {
  const made = await createFullServer()
  server = made
  const { access } = made
  const { token } = access.tokens.create(access.rootActor(), CreateToken.parse({ name: 'me' }))
  const ask = async (method: 'GET' | 'PATCH', body?: object) => {
    const reply = await made.fastify.inject({
      method,
      url: '/api/v1/first-run',
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body }),
    })
    expect(reply.statusCode, reply.body).toBe(200)
    return FirstRun.parse(reply.json())
  }
  const stepsOf = async () =>
    Object.fromEntries((await ask('GET')).steps.map(({ key, ...step }) => [key, step]))
  return { made, ask, stepsOf, world: made.firstRun.world }
}

describe('the first steps', () => {
  it('are all open on a new server, in words that say what is missing', async () => {
    const { ask } = await start()

    const found = await ask('GET')

    expect(found).toMatchObject({ isComplete: false, isDismissed: false })
    expect(found.steps.map(({ key, state }) => [key, state])).toContainEqual(['app', 'open'])
    expect(found.steps.find(({ key }) => key === 'app')?.found).toBe(
      'There is no app of yours yet.',
    )
    expect(found.steps.find(({ key }) => key === 'backups')?.found).toContain(
      'Nothing is backed up',
    )
    expect(found.steps.find(({ key }) => key === 'channel')?.found).toContain('Nobody is told')
  })

  it('count an app only once it has answered as a visitor is answered, and never the example', async () => {
    const { made, stepsOf, world } = await start()
    made.addApp('hello')
    expect((await stepsOf())['app']).toMatchObject({ found: 'There is no app of yours yet.' })

    made.addApp('blog')
    expect((await stepsOf())['app']).toMatchObject({
      state: 'open',
      app: 'blog',
      found: 'blog waits for its first deployment.',
    })
    expect(world.asked).toEqual([])

    await made.start()
    await made.deploy('a1', { appName: 'blog' })
    world.answer = { isUp: false, reason: 'It answers with 502.' }
    expect((await stepsOf())['app']).toMatchObject({
      state: 'open',
      found: 'blog is deployed and does not answer as it should: It answers with 502.',
    })

    world.answer = { isUp: true, reason: null }
    expect((await stepsOf())['app']).toMatchObject({
      state: 'done',
      found: 'blog is live and has answered at http://blog.localhost.',
    })
    expect(world.asked.at(-1)).toBe('http://blog.localhost/')

    // What was true is looked at again: it does not stay ticked.
    world.answer = { isUp: false, reason: 'Nobody answers.' }
    await made.clock.pass(20_000)
    expect((await stepsOf())['app']).toMatchObject({ state: 'open' })
  })

  it('count a domain with its certificate, backups that were restored and channels that took something', async () => {
    const { made, stepsOf, world } = await start()
    const app = made.addApp('blog')
    const team = app.teamId
    const at = made.clock.now().toISOString()
    made.db
      .prepare(
        `INSERT INTO domains (id, team_id, app_id, host, registrable, served_since, check_json, created_at)
         VALUES ('d1', ?, ?, 'blog.example', 'blog.example', ?, ?, ?)`,
      )
      .run(team, app.id, at, JSON.stringify({ state: 'waiting' }), at)
    made.db
      .prepare(
        `INSERT INTO channels (id, team_id, name, kind, settings_json, secrets_sealed, min_severity,
           with_deployments, is_on, is_failure_told, created_at)
         VALUES ('c1', ?, 'phone', 'ntfy', '{}', x'00', 'warning', 0, 1, 0, ?)`,
      )
      .run(team, at)
    expect(await stepsOf()).toMatchObject({
      domain: {
        state: 'open',
        found: expect.stringContaining('does not lead here yet'),
        app: 'blog',
      },
      channel: { state: 'open', found: 'phone was not tried yet: send a test.' },
    })

    made.db.prepare(`UPDATE domains SET check_json = '{"state":"ready"}'`).run()
    expect((await stepsOf())['domain']).toMatchObject({
      state: 'open',
      found: 'blog.example leads here, and waits for its certificate.',
    })
    // A closed network has a CA of its own, which no browser knows by itself.
    world.issued.add('blog.example')
    expect((await stepsOf())['domain']).toMatchObject({
      state: 'done',
      found: 'blog.example leads to blog, with a certificate by ca.company.internal.',
    })
    world.trusted.add('blog.example')
    made.db.prepare('UPDATE channels SET delivered_at = ?').run(at)
    expect(await stepsOf()).toMatchObject({
      domain: { state: 'done', found: expect.stringContaining('blog.example leads to blog') },
      channel: { state: 'done' },
    })

    made.db.prepare('UPDATE channels SET failing_since = ?').run(at)
    expect((await stepsOf())['channel']).toMatchObject({ state: 'open' })
  })

  it('are put away and come back as they were left, for the whole team and after a restart', async () => {
    const { made, ask } = await start()

    const away = await ask('PATCH', { isDismissed: true, skipped: ['domain', 'domain'] })
    expect(away.isDismissed).toBe(true)
    expect(away.steps.filter(({ isSkipped }) => isSkipped).map(({ key }) => key)).toEqual([
      'domain',
    ])
    expect(made.auditOf('first-run.change')).toHaveLength(1)

    const back = await ask('PATCH', { isDismissed: false })
    expect(back.isDismissed).toBe(false)
    expect(back.steps.filter(({ isSkipped }) => isSkipped).map(({ key }) => key)).toEqual([
      'domain',
    ])
  })
})
