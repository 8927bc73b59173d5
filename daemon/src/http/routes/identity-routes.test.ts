import { afterAll, beforeAll, expect, it } from 'vitest'
import { createIdentityProviders } from '#adapters/identity/identity-providers.ts'
import { createAccessHarness, createFakePasswordHasher } from '#test/access-harness.ts'
import { cookiesOf, createHttpHarness, type HttpHarness, OURS } from '#test/http-harness.ts'
import { CLIENT_ID, CLIENT_SECRET, startOpenidProvider } from '#test/openid-provider.ts'

const TRIP_COOKIE = '__Host-vastrox-abc123-trip'
let provider: Awaited<ReturnType<typeof startOpenidProvider>>
let server: HttpHarness

beforeAll(async () => {
  provider = await startOpenidProvider('https://example.com:8443/sign-in/callback/corp')
  const harness = createAccessHarness(
    createFakePasswordHasher(),
    createIdentityProviders(provider.http),
  )
  server = await createHttpHarness({ harness })
})
afterAll(() => provider.close())

const send = (method: 'POST' | 'PUT' | 'GET', path: string, cookies: object, body?: object) =>
  server.fastify.inject({
    method,
    url: `/api/v1${path}`,
    headers: OURS,
    cookies: { ...cookies },
    ...(body && { body }),
  })

it('signs a person in by a real OpenID provider, once they have linked their account', async () => {
  const owner = await server.signInByLink()
  const set = await send('PUT', '/sign-in-providers/corp', owner, {
    preset: 'openid',
    title: 'Corp',
    issuer: provider.issuer,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
  })
  expect(set.json()).toMatchObject({ name: 'corp', issuer: provider.issuer, domains: [] })
  expect(set.body).not.toContain(CLIENT_SECRET)
  expect((await send('GET', '/sign-in/offers', {})).json().providers).toEqual([
    { name: 'corp', title: 'Corp', preset: 'openid' },
  ])

  // Before it is linked the account is nobody's, whatever address it has.
  provider.become({ sub: 'anna', email: 'admin@example.com', email_verified: true })
  const begin = async (path: string, cookies: object) => {
    const begun = await send('POST', path, cookies, { provider: 'corp' })
    const [trip] = begun.cookies
    expect(trip).toMatchObject({
      name: TRIP_COOKIE,
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
      path: '/',
    })
    return { cookies: cookiesOf(begun), query: await provider.visit(begun.json().url) }
  }
  const finish = ({ cookies, query }: { cookies: object; query: string }) =>
    send('POST', '/sign-in/provider/finish', cookies, { provider: 'corp', query })
  const stranger = await finish(await begin('/sign-in/provider', {}))
  expect(stranger.json().error.code).toBe('IDENTITY_UNKNOWN')

  const linked = await finish(await begin('/sign-in-ways/identities', owner))
  expect(linked.json()).toEqual({ outcome: 'linked' })
  const trip = await begin('/sign-in/provider', {})
  const signedIn = await finish(trip)
  expect(signedIn.json()).toEqual({ outcome: 'signed-in' })
  const me = await send('GET', '/me', cookiesOf(signedIn))
  expect(me.json()).toMatchObject({ kind: 'user', name: 'admin' })

  // Neither the same trip again, nor another browser's.
  expect((await finish(trip)).json().error.code).toBe('SIGN_IN_TRIP_INVALID')
  const theirs = await begin('/sign-in/provider', {})
  expect((await finish({ ...theirs, cookies: {} })).json().error.code).toBe('SIGN_IN_TRIP_INVALID')

  // And nobody else becomes the owner by having their address.
  provider.become({ sub: 'eve', email: 'admin@example.com', email_verified: true })
  const eve = await finish(await begin('/sign-in/provider', {}))
  expect(eve.statusCode).toBe(403)
  expect(eve.cookies.filter(({ value }) => value !== '')).toEqual([])
})

it('asks who sits there before an account is linked or a provider is set up', async () => {
  const owner = await server.signInByLink()
  server.pass(599_000)
  const fresh = await send('POST', '/session/refresh', owner, {})
  const cookies = cookiesOf(fresh)
  server.pass(2_000)

  for (const [method, path, body] of [
    ['POST', '/sign-in-ways/identities', { provider: 'corp' }],
    ['PUT', '/sign-in-providers/evil', { preset: 'openid', clientId: 'x' }],
  ] as const) {
    const reply = await send(method, path, cookies, body)
    expect(reply.statusCode).toBe(403)
    expect(reply.json().error).toMatchObject({ code: 'PROOF_REQUIRED', details: { ways: [] } })
  }
})
