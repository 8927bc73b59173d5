import { Readable } from 'node:stream'
import type { Role } from '@vastrox/shared/permissions.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { createFullServer } from '#test/full-server.ts'
import { cookiesOf, OURS } from '#test/http-harness.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function setUp() {
  const server = await createFullServer()
  closing.push(() => server.fastify.close())
  const blog = server.addApp('blog')
  server.addApp('shop')

  async function signIn(name: string) {
    const { token } = server.access.createSignInLink(name)
    const reply = await server.fastify.inject({
      method: 'POST',
      url: '/api/v1/sign-in/link',
      headers: OURS,
      body: { token },
    })
    const cookies = cookiesOf(reply)
    const ask = async (
      method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
      path: string,
      body?: object,
    ) => {
      const answer = await server.fastify.inject({
        method,
        url: `/api/v1${path}`,
        headers: OURS,
        cookies,
        ...(body && { body }),
      })
      const json = answer.body === '' ? undefined : answer.json()
      return { status: answer.statusCode, code: json?.error?.code, body: json }
    }
    /** A stream, and how long after `now` it has ended. */
    const stream = async (path: string) => {
      const opened = await server.fastify.inject({
        url: `/api/v1${path}`,
        cookies,
        payloadAsStream: true,
      })
      const ended = Promise.withResolvers<void>()
      let text = ''
      opened
        .stream()
        .on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        .on('close', () => ended.resolve())
      return { status: opened.statusCode, ended: ended.promise, text: () => text }
    }
    return { ask, stream, cookies }
  }
  const join = async (name: string, role: Role) => {
    server.addUser(name, role)
    return signIn(name)
  }
  return { ...server, blog, signIn, join, owner: await signIn('owner') }
}

const within = (work: Promise<unknown>): Promise<string> =>
  Promise.race([
    work.then(() => 'ended'),
    new Promise<string>((resolve) => setTimeout(() => resolve('still open'), 5_000)),
  ])

describe('what somebody may do, changed while they are at it', () => {
  it('ends their open streams at once, by role, grant, or for good', async () => {
    const { owner, join } = await setUp()
    const guest = await join('gerd', 'guest')
    expect((await guest.ask('GET', '/apps/blog')).status).toBe(404)
    await owner.ask('PATCH', '/users/gerd', { grants: { blog: 'viewer' } })
    expect((await guest.ask('GET', '/apps/blog')).status).toBe(200)
    const ofGuest = await guest.stream('/apps/blog/logs/stream')
    const others = await owner.stream('/events')

    await owner.ask('PATCH', '/users/gerd', { grants: { blog: null } })

    expect(await within(ofGuest.ended)).toBe('ended')
    expect((await guest.ask('GET', '/apps/blog')).status).toBe(404)
    expect((await guest.ask('GET', '/apps')).body.items).toEqual([])
    const again = await guest.stream('/events')
    await owner.ask('PATCH', '/users/gerd', { disabled: true })
    expect(await within(again.ended)).toBe('ended')
    expect((await guest.ask('GET', '/apps')).status).toBe(401)
    // Whose rights are as they were, goes on.
    expect(others.text()).toContain('users.changed')
  })

  it('ends the streams of a session that is ended, and of a token that is revoked', async () => {
    const { owner, join, access, fastify } = await setUp()
    const ben = await join('ben', 'developer')
    const stream = await ben.stream('/events')
    const [session] = (await owner.ask('GET', '/users/ben/sessions')).body.items
    const made = access.tokens.create(
      access.rootActor(),
      CreateToken.parse({ name: 't', permissions: ['app.read'] }),
    )
    const byToken = await fastify.inject({
      url: '/api/v1/events',
      headers: { authorization: `Bearer ${made.token}` },
      payloadAsStream: true,
    })
    const closed = new Promise((resolve) => byToken.stream().resume().on('close', resolve))

    expect((await owner.ask('DELETE', `/users/ben/sessions/${session.id}`)).status).toBe(204)
    access.tokens.revoke(access.rootActor(), made.id)

    expect(await within(stream.ended)).toBe('ended')
    expect(await within(closed)).toBe('ended')
    expect((await ben.ask('GET', '/me')).status).toBe(401)
  })

  it('is looked at after a body that took its time, not only before it', async () => {
    const { access, join, fastify, owner } = await setUp()
    const ben = await join('ben', 'admin')
    await join('vera', 'viewer')
    // Demoted while his request is under way, long after he was asked who he is.
    async function* slowly() {
      yield '{"role":'
      await new Promise((resolve) => setTimeout(resolve, 50))
      access.people.change(access.rootActor(), 'ben', { role: 'viewer' })
      yield '"admin"}'
    }

    const reply = await fastify.inject({
      method: 'PATCH',
      url: '/api/v1/users/vera',
      headers: { ...OURS, 'content-type': 'application/json' },
      cookies: ben.cookies,
      payload: Readable.from(slowly()),
    })

    expect([reply.statusCode, reply.json().error.code]).toEqual([403, 'PERMISSION_DENIED'])
    const { items } = (await owner.ask('GET', '/users')).body
    expect(items.find(({ name }: { name: string }) => name === 'vera').role).toBe('viewer')
  })
})

describe('two owners who demote each other, or themselves, at the same moment', () => {
  it('leave one', async () => {
    const { owner, join } = await setUp()
    const olga = await join('olga', 'owner')

    for (const [first, second] of [
      ['owner', 'olga'],
      ['olga', 'owner'],
    ]) {
      const both = await Promise.all([
        owner.ask('PATCH', `/users/${first}`, { role: 'admin' }),
        olga.ask('PATCH', `/users/${second}`, { role: 'admin' }),
      ])
      expect(both.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
      const one = [owner, olga]
      const lists = await Promise.all(one.map((each) => each.ask('GET', '/users')))
      const { items } = lists.find(({ status }) => status === 200)?.body ?? { items: [] }
      const owners = items.filter(({ role }: { role: Role }) => role === 'owner')
      expect(owners).toHaveLength(1)
      // And back, for the other order.
      const [{ name }] = owners
      await (name === 'owner' ? owner : olga).ask(
        'PATCH',
        `/users/${name === 'owner' ? 'olga' : 'owner'}`,
        { role: 'owner' },
      )
    }
  })
})

describe('a session', () => {
  it('works in one team at a time, and changes to those of its user alone', async () => {
    const { owner, join } = await setUp()
    const made = await owner.ask('POST', '/teams', { name: 'shops' })
    expect(made.status).toBe(201)
    const ben = await join('ben', 'admin')

    expect((await ben.ask('POST', '/session/team', { team: 'shops' })).code).toBe('TEAM_NOT_FOUND')
    const events = await owner.stream('/events')
    expect((await owner.ask('POST', '/session/team', { team: 'shops' })).status).toBe(204)

    expect(await within(events.ended)).toBe('ended')
    expect((await owner.ask('GET', '/apps')).body.items).toEqual([])
    expect((await owner.ask('GET', '/me')).body).toMatchObject({
      team: { name: 'shops' },
      teams: [{ name: 'team' }, { name: 'shops', role: 'owner' }],
    })
    expect((await owner.ask('GET', '/nodes')).status).toBe(403)
    const { url } = (await owner.ask('POST', '/invitations', { role: 'viewer' })).body
    const token = url.split('/').at(-1)
    expect((await ben.ask('POST', '/invitations/join', { token })).status).toBe(204)
    expect((await ben.ask('GET', '/me')).body.team.name).toBe('shops')
    expect((await ben.ask('GET', '/users')).status).toBe(403)
    await owner.ask('DELETE', '/users/ben')
    expect((await ben.ask('GET', '/me')).body.team.name).toBe('team')
  })

  it('is that of whoever accepts an invitation as somebody new', async () => {
    const { owner, fastify } = await setUp()
    const { url } = (await owner.ask('POST', '/invitations', { role: 'developer' })).body
    const token = url.split('/').at(-1)
    const post = (path: string, body: object) =>
      fastify.inject({ method: 'POST', url: `/api/v1${path}`, headers: OURS, body })

    expect((await post('/invitations/look', { token })).json()).toMatchObject({ role: 'developer' })
    const reply = await post('/invitations/accept', {
      token,
      name: 'dora',
      password: 'correct horse battery staple',
    })

    expect(reply.statusCode).toBe(204)
    const me = await fastify.inject({ url: '/api/v1/me', cookies: cookiesOf(reply) })
    expect(me.json()).toMatchObject({ name: 'dora', role: 'developer', hasPassword: true })
    expect((await post('/invitations/look', { token })).statusCode).toBe(404)
  })
})
