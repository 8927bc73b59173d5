import { describe, expect, it } from 'vitest'
import { createHarness } from '#test/harness.ts'

describe('the routing snapshot', () => {
  it('is whole: every app, every domain, the instances with their places', async () => {
    const harness = createHarness()
    const app = harness.addApp()
    harness.addApp('other')
    harness.db
      .prepare(
        `INSERT INTO domains (id, team_id, app_id, host, registrable, served_since, created_at)
         VALUES ('d1', ?, ?, 'shop.example', 'shop.example', '', '')`,
      )
      .run(app.teamId, app.id)
    await harness.start()

    await harness.deploy('a1')
    await harness.deploy('b2', { appName: 'other' })

    const snapshot = harness.routing.snapshot()
    expect(snapshot.routes.map(({ host, app: name, state }) => [host, name, state])).toEqual([
      ['hello.localhost', 'hello', 'serving'],
      ['other.localhost', 'other', 'serving'],
      ['shop.example', 'hello', 'serving'],
    ])
    expect(snapshot.routes[0]?.instances).toEqual(snapshot.routes[2]?.instances)
    expect(snapshot.routes[0]?.instances).toMatchObject([{ port: 3_000, release: 1 }])
  })

  it('sends the visitors of a domain on where it is told to', async () => {
    const harness = createHarness()
    const app = harness.addApp()
    const insert = harness.db.prepare(
      `INSERT INTO domains (id, team_id, app_id, host, registrable, redirect_to, served_since, created_at)
       VALUES (?, ?, ?, ?, 'shop.example', ?, '', '')`,
    )
    insert.run('d1', app.teamId, app.id, 'www.shop.example', null)
    insert.run('d2', app.teamId, app.id, 'shop.example', 'www.shop.example')
    await harness.start()

    await harness.deploy('a1')

    const found = harness.routing
      .snapshot()
      .routes.map(({ host, rules }) => [host, rules?.redirectHost])
    expect(found).toEqual([
      ['hello.localhost', undefined],
      ['shop.example', 'www.shop.example'],
      ['www.shop.example', undefined],
    ])
  })

  it('rises by a generation with each switch, and is published as it stands then', async () => {
    const harness = createHarness()
    harness.addApp()
    await harness.start()

    await harness.deploy('a1')
    const first = harness.proxy.published.at(-1)?.generation ?? 0
    await harness.deploy('b2')

    expect(harness.proxy.published.at(-1)?.generation).toBe(first + 1)
    const generations = harness.proxy.published.map(({ generation }) => generation)
    expect(generations).toEqual(generations.toSorted((one, other) => one - other))
  })

  it('has no instance for an app without a web process', async () => {
    const harness = createHarness()
    harness.addApp()
    await harness.start()

    await harness.deploy('a1', { files: { 'server.js': '', Procfile: 'worker: node work.js' } })

    expect(harness.proxy.stateOf('hello')).toBe('stopped')
  })
})
