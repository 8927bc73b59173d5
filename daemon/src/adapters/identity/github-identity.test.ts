import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { identityPresets } from '#catalog/identity-presets/index.ts'
import type { HttpClient, HttpRequest } from '#ports/http-client.ts'
import { createIdentityProviders } from './identity-providers.ts'

const preset = identityPresets.find(({ name }) => name === 'github') ?? identityPresets[0]
if (!preset) throw new Error('there is no preset')
const SET_UP = {
  preset,
  issuer: 'https://github.com',
  clientId: 'the client',
  clientSecret: 'hush',
  redirectUrl: 'https://example.com:8443/sign-in/callback/github',
}
const TRIP = { state: 'a.state', nonce: 'n', verifier: 'v'.repeat(43) }
const QUERY = '?code=the-code&state=a.state'
const coded = (code: string) => expect.objectContaining({ code })

interface Answers {
  token?: unknown
  user?: unknown
  emails?: unknown
}

/** GitHub as its documentation has it. */
function github({
  token = { access_token: 'gho_x', token_type: 'bearer' },
  user = { id: 583231, login: 'octocat' },
  emails = [{ email: 'Octo@Corp.example', primary: true, verified: true }],
}: Answers = {}) {
  const asked: HttpRequest[] = []
  const answers: Record<string, unknown> = {
    'https://github.com/login/oauth/access_token': token,
    'https://api.github.com/user': user,
    'https://api.github.com/user/emails': emails,
  }
  const http: HttpClient = {
    send: async (request) => {
      asked.push(request)
      const body = answers[request.url]
      return { status: body === undefined ? 404 : 200, headers: {}, body: JSON.stringify(body) }
    },
  }
  return { asked, providers: createIdentityProviders(http) }
}

describe('signing in by GitHub', () => {
  it('is OAuth with PKCE, and knows an account by its number', async () => {
    const { asked, providers } = github()
    const url = new URL(await providers.authorizeUrl(SET_UP, TRIP))

    expect(`${url.origin}${url.pathname}`).toBe('https://github.com/login/oauth/authorize')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'the client',
      redirect_uri: SET_UP.redirectUrl,
      state: TRIP.state,
      code_challenge: createHash('sha256').update(TRIP.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    expect(await providers.identify(SET_UP, TRIP, QUERY)).toEqual({
      issuer: 'https://github.com',
      subject: '583231',
      label: 'octocat',
      nickname: 'octocat',
      domain: 'corp.example',
    })
    expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
      client_id: 'the client',
      client_secret: 'hush',
      code: 'the-code',
      code_verifier: TRIP.verifier,
      redirect_uri: SET_UP.redirectUrl,
    })
    expect(asked.map(({ headers }) => headers?.['authorization'])).toEqual([
      undefined,
      'Bearer gho_x',
      'Bearer gho_x',
    ])
  })

  it.each([
    [[{ email: 'a@corp.example', primary: true, verified: false }]],
    [[{ email: 'a@corp.example', primary: false, verified: true }]],
    [[]],
  ])('vouches for no domain by %j', async (emails) => {
    const { providers } = github({ emails })

    expect((await providers.identify(SET_UP, TRIP, QUERY)).domain).toBeNull()
  })

  it.each([
    ['another state', {}, '?code=the-code&state=other'],
    ['no code', {}, '?error=access_denied&state=a.state'],
    ['a code that is not taken', { token: { error: 'bad_verification_code' } }, QUERY],
    ['no account', { user: null }, QUERY],
    ['an account without a number', { user: { login: 'octocat' } }, QUERY],
  ])('ends with %s', async (_what, answers, query) => {
    const { providers } = github(answers)

    await expect(providers.identify(SET_UP, TRIP, query)).rejects.toEqual(
      coded('IDENTITY_PROVIDER_FAILED'),
    )
  })

  it('can be a server of one’s own', async () => {
    const { asked, providers } = github()
    const own = { ...SET_UP, issuer: 'https://git.corp.example' }

    expect(await providers.authorizeUrl(own, TRIP)).toMatch(
      /^https:\/\/git\.corp\.example\/login\//,
    )
    await expect(providers.identify(own, TRIP, QUERY)).rejects.toEqual(
      coded('IDENTITY_PROVIDER_FAILED'),
    )
    expect(asked[0]?.url).toBe('https://git.corp.example/login/oauth/access_token')
  })
})
