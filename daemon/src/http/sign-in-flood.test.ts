import { expect, it } from 'vitest'
import { createAccessHarness, createFakePasswordHasher } from '#test/access-harness.ts'
import { cookiesOf, createHttpHarness, OURS } from '#test/http-harness.ts'

const GOOD = 'a lighthouse in the fog'
const ADDRESSES = 500
const GUESSES_EACH = 20
const MINUTE = 60_000

/** The owner's own places: one where they have signed in before, one where nobody has. */
const [HOME, ELSEWHERE] = ['198.51.100.7', '203.0.113.9']

async function setUp() {
  const hasher = createFakePasswordHasher()
  const server = await createHttpHarness({ harness: createAccessHarness(hasher) })
  const cookies = await server.signInByLink()
  const set = await server.fastify.inject({
    method: 'PUT',
    url: '/api/v1/password',
    headers: OURS,
    cookies,
    body: { password: GOOD },
  })
  expect(set.statusCode).toBe(204)

  const signIn = async (remoteAddress: string, name: string, password: string) =>
    server.fastify.inject({
      method: 'POST',
      url: '/api/v1/sign-in',
      headers: OURS,
      remoteAddress,
      body: { name, password },
    })
  return { ...server, hasher, signIn }
}

it('lets the owner in while 500 addresses try 10,000 passwords, of which few are looked at', async () => {
  const { hasher, signIn, pass, fastify } = await setUp()
  expect((await signIn(HOME, 'admin', GOOD)).statusCode).toBe(204)
  hasher.verified.length = 0
  const addressOf = (at: number) => `10.66.${at >> 8}.${at & 255}`

  /** One minute: every address guesses at the owner, the owner comes when most of it is over. */
  async function minute(owner: string | undefined): Promise<number> {
    const before = hasher.verified.length
    let ownerStatus = 204
    for (let at = 0; at < ADDRESSES; at++) {
      const tried = hasher.verified.length
      for (let guess = 0; guess < GUESSES_EACH; guess++)
        await signIn(addressOf(at), 'admin', `guess ${at} ${guess}`)
      expect(hasher.verified.length - tried).toBeLessThanOrEqual(20)
      if (at === ADDRESSES - 10 && owner !== undefined)
        ownerStatus = (await signIn(owner, 'Admin'.toLowerCase(), GOOD)).statusCode
    }
    expect(ownerStatus).toBe(204)
    return hasher.verified.length - before
  }

  // 500 first attempts, a hundred more of strangers, and those of the owner.
  expect(await minute(HOME)).toBeLessThanOrEqual(ADDRESSES + 110)
  expect((await signIn(ELSEWHERE, 'admin', GOOD)).statusCode).toBe(204)
  pass(MINUTE)
  for (let at = 0; at < 100; at++)
    expect((await signIn(addressOf(at), 'admin', 'x')).statusCode).not.toBe(204)
  expect((await signIn(HOME, 'admin', GOOD)).statusCode).toBe(204)
  // The session that it starts is one like any other.
  const reply = await signIn(HOME, 'admin', GOOD)
  expect((await fastify.inject({ url: '/api/v1/me', cookies: cookiesOf(reply) })).statusCode).toBe(
    200,
  )
}, 120_000)

it('looks at twenty passwords a minute of an address, whatever names it tries', async () => {
  const { hasher, signIn, pass } = await setUp()

  for (let round = 0; round < 3; round++) {
    hasher.verified.length = 0
    for (let at = 0; at < 30; at++) await signIn('10.66.0.1', `name-${round}-${at}`, 'guess')
    expect(hasher.verified).toHaveLength(20)
    pass(MINUTE)
  }
})

it('does the same for a name that is there and one that is not, down to the rows that it writes', async () => {
  const { hasher, signIn, db } = await setUp()
  const changes = () => db.prepare<[], number>('SELECT total_changes()').pluck().get() ?? 0
  async function workOf(name: string) {
    const [before, asked] = [changes(), hasher.verified.length]
    const reply = await signIn('10.66.0.2', name, 'guess')
    await expect.poll(changes).toBeGreaterThan(before)
    return {
      status: reply.statusCode,
      body: reply.body,
      rows: changes() - before,
      hashes: hasher.verified.length - asked,
    }
  }

  expect(await workOf('admin')).toEqual(await workOf('nobody'))
})
