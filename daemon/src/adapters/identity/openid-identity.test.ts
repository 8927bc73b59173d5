import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identityPresets } from '#catalog/identity-presets/index.ts'
import type { HttpClient, HttpReply } from '#ports/http-client.ts'
import type { ProviderSetUp } from '#ports/identity-provider.ts'
import { CLIENT_ID, CLIENT_SECRET, startOpenidProvider } from '#test/openid-provider.ts'
import { createIdentityProviders } from './identity-providers.ts'

const REDIRECT = 'https://example.com:8443/sign-in/callback/corp'
const coded = (code: string) => expect.objectContaining({ code })
const presetOf = (name: string) => {
  const preset = identityPresets.find((each) => each.name === name)
  if (!preset) throw new Error(`no preset ${name}`)
  return preset
}
const TRIP = { state: 'a.state', nonce: 'n'.repeat(43), verifier: 'v'.repeat(43) }

describe('a real OpenID provider', () => {
  let provider: Awaited<ReturnType<typeof startOpenidProvider>>
  let setUp: ProviderSetUp
  beforeAll(async () => {
    provider = await startOpenidProvider(REDIRECT)
    setUp = {
      preset: presetOf('openid'),
      issuer: provider.issuer,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      redirectUrl: REDIRECT,
    }
  })
  afterAll(() => provider.close())

  it('says who somebody is, over the code flow with PKCE, state and nonce', async () => {
    const real = createIdentityProviders(provider.http)
    provider.become({
      sub: 'sub-7',
      email: 'Anna@Corp.example',
      email_verified: true,
      preferred_username: 'anna',
    })
    const url = await real.authorizeUrl(setUp, TRIP)
    const query = await provider.visit(url)

    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT,
      response_type: 'code',
      state: TRIP.state,
      nonce: TRIP.nonce,
      code_challenge_method: 'S256',
    })
    expect(url).not.toContain(TRIP.verifier)
    expect(await real.identify(setUp, TRIP, query)).toEqual({
      issuer: provider.issuer,
      subject: 'sub-7',
      label: 'Anna@Corp.example',
      nickname: 'anna',
      domain: 'corp.example',
    })
  })

  it('is refused what is not of this trip: another state, nonce or verifier, a code used twice', async () => {
    const real = createIdentityProviders(provider.http)
    const come = async () => provider.visit(await real.authorizeUrl(setUp, TRIP))

    for (const other of [
      { ...TRIP, state: 'another' },
      { ...TRIP, nonce: 'x'.repeat(43) },
      { ...TRIP, verifier: 'x'.repeat(43) },
    ])
      await expect(real.identify(setUp, other, await come())).rejects.toEqual(
        coded('IDENTITY_PROVIDER_FAILED'),
      )
    const query = await come()
    await real.identify(setUp, TRIP, query)
    await expect(real.identify(setUp, TRIP, query)).rejects.toEqual(
      coded('IDENTITY_PROVIDER_FAILED'),
    )
    await expect(real.identify(setUp, TRIP, '?error=access_denied&state=a.state')).rejects.toEqual(
      coded('IDENTITY_PROVIDER_FAILED'),
    )
  })

  it('vouches for no domain where the address is not verified', async () => {
    const real = createIdentityProviders(provider.http)
    const domainOf = async (email_verified: boolean | undefined) => {
      provider.become({
        sub: 'sub-8',
        email: 'eve@corp.example',
        ...(email_verified !== undefined && { email_verified }),
      })
      const query = await provider.visit(await real.authorizeUrl(setUp, TRIP))
      return (await real.identify(setUp, TRIP, query)).domain
    }

    expect(await domainOf(false)).toBeNull()
    expect(await domainOf(undefined)).toBeNull()
    expect(await domainOf(true)).toBe('corp.example')
  })

  it('is not asked where the guard does not let us, or at another address than it says it is at', async () => {
    const guarded = createIdentityProviders(provider.guardedHttp)
    const real = createIdentityProviders(provider.http)

    await expect(guarded.authorizeUrl(setUp, TRIP)).rejects.toEqual(coded('ADDRESS_REFUSED'))
    await expect(
      real.authorizeUrl(
        { ...setUp, issuer: provider.issuer.replace('localhost', '127.0.0.1') },
        TRIP,
      ),
    ).rejects.toEqual(coded('IDENTITY_PROVIDER_FAILED'))
  })
})

describe('a provider that lies', () => {
  const ISSUER = 'https://id.example'
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' })
  const setUp: ProviderSetUp = {
    preset: presetOf('openid'),
    issuer: ISSUER,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    redirectUrl: REDIRECT,
  }
  const now = Math.floor(Date.now() / 1_000)
  const HONEST = {
    iss: ISSUER,
    aud: CLIENT_ID,
    sub: 's',
    nonce: TRIP.nonce,
    iat: now,
    exp: now + 300,
  }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const rs256 = (text: string, key = privateKey) =>
    sign('sha256', Buffer.from(text), key).toString('base64url')

  function signed(claims: object, header: object = { alg: 'RS256', kid: 'k1' }, key = privateKey) {
    const text = `${part(header)}.${part(claims)}`
    return `${text}.${rs256(text, key)}`
  }
  const unsigned = (claims: object) => `${part({ alg: 'none' })}.${part(claims)}.`
  function byPublicKey(claims: object, secret: string) {
    const text = `${part({ alg: 'HS256', kid: 'k1' })}.${part(claims)}`
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
  }

  const json = (body: object): HttpReply => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const lying = (idToken: string, algorithms: string[] = ['RS256']): HttpClient => ({
    send: async ({ url }) => {
      if (url.endsWith('/.well-known/openid-configuration'))
        return json({
          issuer: ISSUER,
          authorization_endpoint: `${ISSUER}/authorize`,
          token_endpoint: `${ISSUER}/token`,
          jwks_uri: `${ISSUER}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: algorithms,
        })
      if (url.endsWith('/keys')) return json({ keys: [jwk] })
      return json({ access_token: 'x', token_type: 'bearer', id_token: idToken })
    },
  })
  const come = (idToken: string, algorithms?: string[]) =>
    createIdentityProviders(lying(idToken, algorithms)).identify(
      setUp,
      TRIP,
      `?code=c&state=${TRIP.state}`,
    )

  it('is believed while it is honest', async () => {
    expect(await come(signed(HONEST))).toMatchObject({ issuer: ISSUER, subject: 's' })
  })

  it.each([
    ['no signature', unsigned(HONEST), ['RS256', 'none']],
    ['no signature, and its word for it', unsigned(HONEST), ['none']],
    ['its public key taken for a secret', byPublicKey(HONEST, publicPem), ['RS256', 'HS256']],
    ['our client secret taken for a key', byPublicKey(HONEST, CLIENT_SECRET), ['HS256']],
    ['a key of somebody else', signed(HONEST, undefined, other.privateKey), undefined],
    ['a key that it does not have', signed(HONEST, { alg: 'RS256', kid: 'k2' }), undefined],
    ['another issuer', signed({ ...HONEST, iss: 'https://evil.example' }), undefined],
    ['another audience', signed({ ...HONEST, aud: 'somebody' }), undefined],
    [
      'several audiences and none authorised',
      signed({ ...HONEST, aud: [CLIENT_ID, 'x'] }),
      undefined,
    ],
    ['another nonce', signed({ ...HONEST, nonce: 'x' }), undefined],
    ['no nonce', signed({ ...HONEST, nonce: undefined }), undefined],
    ['an end long ago', signed({ ...HONEST, iat: now - 900, exp: now - 600 }), undefined],
    ['no subject', signed({ ...HONEST, sub: undefined }), undefined],
  ])('is refused a token with %s', async (_what, idToken, algorithms) => {
    await expect(come(idToken, algorithms)).rejects.toEqual(coded('IDENTITY_PROVIDER_FAILED'))
  })
})
