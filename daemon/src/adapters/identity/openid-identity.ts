import { CodedError } from '@vastrox/shared/errors.ts'
import type { ClientAuth, Configuration, CustomFetch } from 'openid-client'
import { z } from 'zod'
import type { HttpClient } from '#ports/http-client.ts'
import type { ForeignIdentity, IdentityProviders, ProviderSetUp } from '#ports/identity-provider.ts'

const MAX_BYTES = 256 * 1_024
const TIMEOUT_MS = 10_000
const CLOCK_TOLERANCE_S = 30

const Claims = z.object({
  iss: z.string().max(1_000),
  sub: z.string().min(1).max(255),
  email: z.string().max(320).optional(),
  // Some send it as text.
  email_verified: z.union([z.boolean(), z.literal(['true', 'false'])]).optional(),
  preferred_username: z.string().max(320).optional(),
  name: z.string().max(320).optional(),
  hd: z.string().max(255).optional(),
})

/**
 * OpenID Connect by openid-client, loaded at the first sign-in: code flow with PKCE, the ID token's
 * signature checked against the provider's own keys (its default would trust the connection), so that
 * neither `alg: none` nor a key of ours counts.
 */
export function createOpenidIdentity(http: HttpClient): IdentityProviders {
  const guardedFetch: CustomFetch = async (url, { method, headers, body }) => {
    const reply = await http.send({
      method: method === 'POST' ? 'POST' : 'GET',
      url,
      headers: { ...headers },
      ...(body === undefined || body === null ? {} : { body: textOf(body) }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    })
    return new Response(reply.body, {
      status: reply.status,
      headers: { ...reply.headers },
    })
  }

  async function open(setUp: ProviderSetUp): Promise<Configuration> {
    const openid = await import('openid-client')
    const authenticate: ClientAuth = (server, ...rest) => {
      const methods = server.token_endpoint_auth_methods_supported
      const byPost = methods !== undefined && !methods.includes('client_secret_basic')
      const auth = byPost ? openid.ClientSecretPost : openid.ClientSecretBasic
      auth(setUp.clientSecret)(server, ...rest)
    }
    return openid.discovery(
      new URL(setUp.issuer),
      setUp.clientId,
      { [openid.clockTolerance]: CLOCK_TOLERANCE_S },
      authenticate,
      {
        [openid.customFetch]: guardedFetch,
        timeout: TIMEOUT_MS / 1_000,
        execute: [openid.enableNonRepudiationChecks],
      },
    )
  }

  return {
    authorizeUrl: (setUp, { state, nonce, verifier }) =>
      explained(setUp, async () => {
        const openid = await import('openid-client')
        const config = await open(setUp)
        const url = openid.buildAuthorizationUrl(config, {
          redirect_uri: setUp.redirectUrl,
          scope: setUp.preset.scope,
          state,
          nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        })
        if (url.protocol !== 'https:') throw new Error('its sign-in page is not https')
        return url.href
      }),

    identify: (setUp, { state, nonce, verifier }, query) =>
      explained(setUp, async () => {
        const openid = await import('openid-client')
        const config = await open(setUp)
        const tokens = await openid.authorizationCodeGrant(
          config,
          new URL(`${setUp.redirectUrl}?${query.replace(/^\?/, '')}`),
          {
            expectedState: state,
            expectedNonce: nonce,
            pkceCodeVerifier: verifier,
            idTokenExpected: true,
          },
        )
        return identityOf(Claims.parse(tokens.claims()), setUp)
      }),
  }
}

function identityOf(claims: z.infer<typeof Claims>, { preset }: ProviderSetUp): ForeignIdentity {
  const isVerified = claims.email_verified === true || claims.email_verified === 'true'
  const [, mailDomain = null] = /^[^@]+@([^@]+)$/.exec(claims.email ?? '') ?? []
  const verified = isVerified && mailDomain !== null ? mailDomain.toLowerCase() : null
  const isOwn = preset.organisationClaim === null || claims.hd?.toLowerCase() === verified
  const label = claims.email ?? claims.preferred_username ?? claims.name ?? claims.sub
  return {
    issuer: claims.iss,
    subject: claims.sub,
    label,
    nickname: claims.preferred_username ?? claims.email ?? claims.name ?? '',
    domain: isOwn ? verified : null,
  }
}

/** Whatever the library found wrong, in one line, without a token in it. */
async function explained<Result>(
  { issuer }: ProviderSetUp,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    const inner = codedIn(cause)
    if (inner) throw inner
    throw new CodedError(
      'IDENTITY_PROVIDER_FAILED',
      { reason: `${new URL(issuer).host}: ${sayWhy(cause)}.` },
      { cause },
    )
  }
}

/** What the guard has said, however deep the library has put it. */
function codedIn(cause: unknown): CodedError | undefined {
  for (let error = cause, depth = 0; error instanceof Error && depth < 5; depth++) {
    if (error instanceof CodedError) return error
    error = error.cause
  }
  return undefined
}

function sayWhy(cause: unknown): string {
  if (!(cause instanceof Error)) return 'it failed'
  if (cause instanceof z.ZodError) return 'its ID token lacks what identifies somebody'
  const said = 'error' in cause && typeof cause.error === 'string' ? ` (${cause.error})` : ''
  return `${cause.message}${said}`.replaceAll(/\p{C}/gu, ' ').slice(0, 150)
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  throw new Error('a body that is no text')
}
