import { createHash } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { GITHUB_HEADERS, githubApi } from '#adapters/hosts/github.ts'
import type { HttpClient } from '#ports/http-client.ts'
import type { IdentityProviders } from '#ports/identity-provider.ts'

const Grant = z.object({ access_token: z.string().min(1) })
const User = z.object({ id: z.number().int().positive(), login: z.string().min(1).max(100) })
const Emails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))
const TIMEOUT_MS = 10_000

/** GitHub's OAuth: there is no ID token, so who it is, is asked of its API with the token just given. */
export function createGithubIdentity(http: HttpClient): IdentityProviders {
  async function call<Reply>(
    what: { method: 'GET' | 'POST'; url: string; token?: string; form?: Record<string, string> },
    schema: z.ZodType<Reply>,
  ): Promise<Reply> {
    const { method, url, token, form } = what
    const reply = await http.send({
      method,
      url,
      timeoutMs: TIMEOUT_MS,
      headers: {
        ...(form
          ? { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
          : GITHUB_HEADERS),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    })
    const parsed = schema.safeParse(reply.status === 200 ? parseJson(reply.body) : undefined)
    if (parsed.success) return parsed.data
    throw new CodedError('IDENTITY_PROVIDER_FAILED', {
      reason: `${new URL(url).host} answers ${reply.status}, and not what was asked for.`,
    })
  }

  return {
    async authorizeUrl({ issuer, clientId, redirectUrl, preset }, { state, verifier }) {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUrl,
        scope: preset.scope,
        state,
        allow_signup: 'false',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      })
      return `${issuer}/login/oauth/authorize?${query}`
    },

    async identify({ issuer, clientId, clientSecret, redirectUrl }, { state, verifier }, query) {
      const came = new URLSearchParams(query)
      const code = came.get('code')
      if (code === null || came.get('state') !== state)
        throw new CodedError('IDENTITY_PROVIDER_FAILED', {
          reason: `${new URL(issuer).host} did not agree: ${came.get('error')?.slice(0, 60) ?? 'no code came back'}.`,
        })
      const { access_token: token } = await call(
        {
          method: 'POST',
          url: `${issuer}/login/oauth/access_token`,
          form: {
            client_id: clientId,
            client_secret: clientSecret,
            code,
            redirect_uri: redirectUrl,
            code_verifier: verifier,
          },
        },
        Grant,
      )
      const api = githubApi(issuer)
      const user = await call({ method: 'GET', url: `${api}/user`, token }, User)
      const emails = await call({ method: 'GET', url: `${api}/user/emails`, token }, Emails)
      const address = emails.find(({ primary, verified }) => primary && verified)?.email
      const [, domain = null] = /^[^@]+@([^@]+)$/.exec(address ?? '') ?? []
      return {
        issuer,
        subject: String(user.id),
        label: user.login,
        nickname: user.login,
        domain: domain?.toLowerCase() ?? null,
      }
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Its schema says the rest.
    return undefined
  }
}
