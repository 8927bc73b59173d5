import { pageOf } from '@vastrox/shared/page.ts'
import { ListedUptimeCheck } from '@vastrox/shared/uptime.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { expect, it } from 'vitest'
import { createFullServer } from '#test/full-server.ts'

it('gives the checks by pages, and with when each was down where that is asked for', async () => {
  const server = await createFullServer()
  try {
    for (let at = 0; at < 60; at += 1) server.addApp(`app-${String(at).padStart(2, '0')}`)
    const { access } = server
    const { token } = access.tokens.create(access.rootActor(), CreateToken.parse({ name: 'all' }))
    const list = async (query: string) => {
      const reply = await server.fastify.inject({
        method: 'GET',
        url: `/api/v1/uptime-checks${query}`,
        headers: { authorization: `Bearer ${token}` },
      })
      expect(reply.statusCode).toBe(200)
      return pageOf(ListedUptimeCheck).parse(JSON.parse(reply.body))
    }

    const plain = await list('?limit=200')
    expect(plain.items.map(({ name }) => name)).toEqual(
      server.apps.listNames(server.actor).map(({ name }) => name),
    )
    expect(plain.items.every(({ incidents }) => incidents === undefined)).toBe(true)
    expect(plain.nextCursor).toBeNull()

    const first = await list('?limit=200&incidents=true')
    const second = await list(`?incidents=true&cursor=${first.nextCursor ?? ''}`)
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([50, 10, null])
    expect([...first.items, ...second.items]).toEqual(
      plain.items.map((check) => ({ ...check, incidents: [] })),
    )
  } finally {
    await server.fastify.close()
  }
})
