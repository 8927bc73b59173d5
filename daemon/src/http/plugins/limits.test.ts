import { CreateToken } from '@vastrox/shared/token.ts'
import { expect, it } from 'vitest'
import { createRateLimiter } from '#http/rate-limiter.ts'
import { createHttpHarness } from '#test/http-harness.ts'

async function setUp() {
  const server = await createHttpHarness({
    limits: { address: 60, 'sign-in': 20, actor: 30 },
  })
  const { tokens, rootActor } = server.access
  const bearer = () =>
    `Bearer ${tokens.create(rootActor(), CreateToken.parse({ name: 'ci' })).token}`
  const ask = (authorization: string | undefined, remoteAddress = '192.0.2.1') =>
    server.fastify.inject({
      url: '/api/v1/tokens',
      remoteAddress,
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    })
  return { ...server, bearer, ask }
}

it('tells what is left of each limit that counted a request', async () => {
  const { ask, bearer, pass } = await setUp()
  const token = bearer()

  const first = await ask(token)
  pass(20_000)
  const second = await ask(token)

  expect(first.headers['ratelimit-policy']).toBe('"address";q=60;w=60, "actor";q=30;w=60')
  expect(first.headers['ratelimit']).toBe('"address";r=59;t=60, "actor";r=29;t=60')
  expect(second.headers['ratelimit']).toBe('"address";r=58;t=40, "actor";r=28;t=40')
  expect((await ask(undefined)).headers['ratelimit']).toMatch(/^"address";r=\d+;t=\d+$/)
})

it('limits a caller by who it is, wherever it comes from, and no other caller', async () => {
  const { ask, bearer, pass } = await setUp()
  const [greedy, other] = [bearer(), bearer()]

  for (let times = 0; times < 30; times += 1) await ask(greedy, `192.0.2.${times % 200}`)
  const refused = await ask(greedy, '198.51.100.1')

  expect(refused.statusCode).toBe(429)
  expect(refused.headers['retry-after']).toBe('60')
  expect(refused.headers['ratelimit']).toContain('"actor";r=0;t=60')
  expect(refused.json().error).toMatchObject({
    code: 'RATE_LIMITED',
    hint: expect.any(String),
    details: { of: 'actor', limit: 30, retryAfterSeconds: 60 },
  })
  expect((await ask(other, '198.51.100.1')).statusCode).toBe(200)
  pass(60_000)
  expect((await ask(greedy)).statusCode).toBe(200)
})

it('keeps nobody out for as long as a clock that was ahead was ahead', () => {
  let ms = Date.parse('2027-11-26T12:00:00Z')
  const limiter = createRateLimiter({ max: 2, windowMs: 60_000, now: () => new Date(ms) })
  const waits = (): number => limiter.take('somebody').waitSeconds
  expect([waits(), waits(), waits()]).toEqual([0, 0, 60])

  ms -= 365 * 86_400_000

  expect(waits()).toBe(0)
})
