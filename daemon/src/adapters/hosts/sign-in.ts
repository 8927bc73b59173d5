import { createPrivateKey, sign } from 'node:crypto'
import { z } from 'zod'
import type { GitHostSignIn, OAuthApp, OAuthGrant } from '#ports/git-host.ts'
import type { HttpClient } from '#ports/http-client.ts'
import { pathOf } from './github-like.ts'
import { GITHUB_HEADERS, githubApi } from './github.ts'
import { callApi } from './host-api.ts'

const PATHS = {
  gitlab: { authorize: '/oauth/authorize', token: '/oauth/token', scope: 'api read_repository' },
  gitea: {
    authorize: '/login/oauth/authorize',
    token: '/login/oauth/access_token',
    scope: 'read:user write:repository',
  },
}

const Grant = z.object({
  access_token: z.string(),
  refresh_token: z.string().nullish(),
  expires_in: z.number().nullish(),
})
const App = z.object({ id: z.number(), slug: z.string(), pem: z.string(), html_url: z.string() })
const Installation = z.object({ id: z.number() })
/** Clocks differ: GitHub takes at most ten minutes, and nothing from the future. */
const JWT_FROM_S = -60
const JWT_TO_S = 540

/** What people agree to in their browsers: OAuth of GitLab and Gitea, the App of GitHub. */
export function createGitHostSignIn(http: HttpClient, now: () => Date): GitHostSignIn {
  async function grant(
    kind: 'gitlab' | 'gitea',
    { baseUrl, clientId, clientSecret, redirectUrl }: OAuthApp,
    what: Record<string, string>,
  ): Promise<OAuthGrant> {
    const reply = await callApi(http, {
      method: 'POST',
      url: `${baseUrl}${PATHS[kind].token}`,
      headers: {},
      body: {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uri: redirectUrl,
        ...what,
      },
      reply: Grant,
    })
    return {
      token: reply.access_token,
      refreshToken: reply.refresh_token ?? null,
      expiresIn: reply.expires_in ?? null,
    }
  }

  return {
    authorizeUrl(kind, { baseUrl, clientId, redirectUrl }, state) {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUrl,
        response_type: 'code',
        state,
        scope: PATHS[kind].scope,
      })
      return `${baseUrl}${PATHS[kind].authorize}?${query}`
    },
    exchange: (kind, app, code) => grant(kind, app, { grant_type: 'authorization_code', code }),
    refresh: (kind, app, refreshToken) =>
      grant(kind, app, { grant_type: 'refresh_token', refresh_token: refreshToken }),

    async convertManifest(baseUrl, code) {
      const made = await callApi(http, {
        method: 'POST',
        url: `${githubApi(baseUrl)}/app-manifests/${encodeURIComponent(code)}/conversions`,
        headers: GITHUB_HEADERS,
        reply: App,
      })
      return { id: String(made.id), slug: made.slug, privateKey: made.pem, pageUrl: made.html_url }
    },

    async installationToken(baseUrl, app, repository) {
      const headers = {
        ...GITHUB_HEADERS,
        authorization: `Bearer ${jwtOf(app, Math.floor(now().getTime() / 1_000))}`,
      }
      const api = githubApi(baseUrl)
      const found =
        repository === null
          ? await callApi(http, {
              method: 'GET',
              url: `${api}/app/installations?per_page=1`,
              headers,
              reply: z.array(Installation),
            })
          : [
              await callApi(http, {
                method: 'GET',
                url: `${api}/repos/${pathOf(repository)}/installation`,
                headers,
                reply: Installation,
              }),
            ]
      const [installation] = found
      if (!installation) return undefined
      const { token } = await callApi(http, {
        method: 'POST',
        url: `${api}/app/installations/${installation.id}/access_tokens`,
        headers,
        reply: z.object({ token: z.string() }),
      })
      return token
    },
  }
}

/** What proves to GitHub that it is the app who asks. */
function jwtOf({ id, privateKey }: { id: string; privateKey: string }, seconds: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss: id, iat: seconds + JWT_FROM_S, exp: seconds + JWT_TO_S }
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), createPrivateKey(privateKey)).toString('base64url')}`
}
