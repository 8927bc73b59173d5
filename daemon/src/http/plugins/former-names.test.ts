import type { FormerDomain } from '@vastrox/shared/base-domain.ts'
import { expect, it } from 'vitest'
import { createHttpHarness } from '#test/http-harness.ts'

const former: FormerDomain[] = [
  {
    name: 'old.example',
    dashboardHost: 'old.example',
    until: '2026-12-27T00:00:00.000Z',
    sendsOn: true,
  },
]

const ask = async (
  options: Parameters<typeof createHttpHarness>[0],
  url: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'POST' = 'GET',
) => {
  const { fastify } = await createHttpHarness(options)
  const reply = await fastify.inject({
    method,
    url,
    headers: { host: 'old.example:8443', ...headers },
  })
  return [reply.statusCode, reply.headers.location]
}

it('sends who opens the dashboard by a name from before to the one of now, path and query kept', async () => {
  expect(await ask({ former }, '/apps/blog?tab=logs')).toEqual([
    308,
    'https://example.com:8443/apps/blog?tab=logs',
  ])
  expect(await ask({ former }, '/', { 'sec-fetch-mode': 'navigate' })).toEqual([
    308,
    'https://example.com:8443/',
  ])
})

it('answers programs, git and pages that are open by the old name', async () => {
  expect(await ask({ former }, '/api/v1/health')).toEqual([200, undefined])
  expect((await ask({ former }, '/git/blog.git/info/refs'))[0]).not.toBe(308)
  expect((await ask({ former }, '/assets/a.js', { 'sec-fetch-mode': 'cors' }))[0]).not.toBe(308)
  expect((await ask({ former }, '/any', {}, 'POST'))[0]).not.toBe(308)
})

it('sends nobody on while the old name is trusted and the new one is not, or does not lead here', async () => {
  const trusted = ['old.example']
  expect((await ask({ former, trusted }, '/'))[0]).not.toBe(308)
  expect((await ask({ former, trusted: [...trusted, 'example.com'] }, '/'))[0]).toBe(308)
  const waits = former.map((each) => ({ ...each, sendsOn: false }))
  expect((await ask({ former: waits }, '/'))[0]).not.toBe(308)
})

it('knows the old name no longer once it has ended', async () => {
  const { fastify } = await createHttpHarness({ former: [] })
  const reply = await fastify.inject({ url: '/', headers: { host: 'old.example:8443' } })
  expect(reply.json()).toMatchObject({ error: { code: 'HOST_REFUSED' } })
})

it('is kept by no browser: after a move is taken back it would lead in a circle', async () => {
  const { fastify } = await createHttpHarness({ former })
  const reply = await fastify.inject({ url: '/', headers: { host: 'old.example:8443' } })
  expect([reply.statusCode, reply.headers['cache-control']]).toEqual([308, 'no-store'])
})
