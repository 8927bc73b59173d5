import { CreateToken } from '@vastrox/shared/token.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeclaredRoute } from '#http/plugins/permissions.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'
import { cookiesOf, OURS } from '#test/http-harness.ts'

/** What does harm in the wrong hands: secrets shown, ways in made, data destroyed, the firewall. */
const MUST_BE_FRESH = [
  'GET /api/v1/apps/:name/env/:key',
  'DELETE /api/v1/apps/:name',
  'DELETE /api/v1/apps/:name/volumes/:volume',
  'DELETE /api/v1/destroyed-volumes/:id',
  'DELETE /api/v1/addons/:addon',
  'GET /api/v1/addons/:addon/attachments/:app/credentials',
  'POST /api/v1/addons/:addon/rotate',
  'POST /api/v1/addons/:addon/exceptions',
  'DELETE /api/v1/destroyed-addons/:id',
  'DELETE /api/v1/destroyed-apps/:id',
  'POST /api/v1/backups/:id/restore',
  'PUT /api/v1/addons/:addon/import',
  'PUT /api/v1/apps/:name/volumes/:volume/import',
  'PATCH /api/v1/apps/:name/egress',
  // It can print every value of the env.
  'POST /api/v1/apps/:name/runs',
  'POST /api/v1/apps/:name/terminals',
  'POST /api/v1/addons/:addon/terminals',
  'POST /api/v1/apps/:name/sources/uploads/password',
  'POST /api/v1/exposure/fence',
  'PUT /api/v1/trusted-proxies',
  'PUT /api/v1/base-domain',
  'POST /api/v1/base-domain/undo',
  'PUT /api/v1/source-networks',
  'PUT /api/v1/source-authorities',
  'GET /api/v1/config',
  'POST /api/v1/config/plan',
  'POST /api/v1/config/apply',
  'PUT /api/v1/firewall/rules',
  'POST /api/v1/firewall/rules',
  'PATCH /api/v1/firewall/rules/:id',
  'DELETE /api/v1/firewall/rules/:id',
  'PUT /api/v1/firewall/sets/:set',
  'DELETE /api/v1/firewall/sets/:set',
  'PUT /api/v1/firewall/allow-list',
  'POST /api/v1/firewall/apply',
  'PATCH /api/v1/users/:user',
  'DELETE /api/v1/users/:user',
  'POST /api/v1/invitations',
  'DELETE /api/v1/teams/:team',
  'POST /api/v1/tokens',
  'POST /api/v1/ssh-keys',
  'POST /api/v1/outgoing-webhooks/:id/secret',
  'POST /api/v1/log-drains',
  'PATCH /api/v1/log-drains/:id',
  'POST /api/v1/destinations',
  'PATCH /api/v1/destinations/:destination',
  'DELETE /api/v1/destinations/:destination',
  'POST /api/v1/destinations/:destination/key',
  'DELETE /api/v1/backups/:id',
  'GET /api/v1/backups/:id/files',
  'GET /api/v1/backups/:id/content',
  'POST /api/v1/sign-in-ways/app',
  'PUT /api/v1/sign-in-ways/app',
  'DELETE /api/v1/sign-in-ways/app',
  'POST /api/v1/sign-in-ways/recovery-codes',
  'POST /api/v1/sign-in-ways/passkey-creation',
  'POST /api/v1/sign-in-ways/passkeys',
  'DELETE /api/v1/sign-in-ways/passkeys/:id',
  'POST /api/v1/sign-in-ways/identities',
  'DELETE /api/v1/sign-in-ways/identities/:id',
  'PUT /api/v1/sign-in-rules',
  'PUT /api/v1/sign-in-providers/:name',
  'DELETE /api/v1/sign-in-providers/:name',
]
/** Within 60 s of a change that was fresh: nothing may come between. */
const NEVER_FRESH = ['POST /api/v1/firewall/confirm', 'POST /api/v1/firewall/revert']
const keyOf = ({ method, url }: DeclaredRoute) => `${method} ${url}`

describe('what asks who sits there', () => {
  let server: FullServer
  let cookies: Record<string, string>
  let token: string

  beforeAll(async () => {
    server = await createFullServer()
    server.addApp('blog')
    const { access, fastify } = server
    token = access.tokens.create(access.rootActor(), CreateToken.parse({ name: 'all' })).token
    const signedIn = await fastify.inject({
      method: 'POST',
      url: '/api/v1/sign-in/link',
      headers: OURS,
      body: { token: access.createSignInLink().token },
    })
    await server.clock.pass(599_000)
    const refreshed = await fastify.inject({
      method: 'POST',
      url: '/api/v1/session/refresh',
      headers: OURS,
      cookies: cookiesOf(signedIn),
    })
    cookies = cookiesOf(refreshed)
    await server.clock.pass(2_000)
  })
  afterAll(() => server.fastify.close())

  const fresh = () => server.routes.filter(({ access }) => access.fresh).map(keyOf)

  async function codeOf(key: string, headers: Record<string, string>, by: object) {
    const [method = '', path = ''] = key.split(' ')
    const reply = await server.fastify.inject({
      method: method === 'GET' ? 'GET' : methodOf(method),
      url: path.replace(':name', 'blog').replaceAll(/:\w+/g, 'none'),
      headers,
      ...by,
    })
    return reply.body.startsWith('{"error"') ? String(reply.json().error.code) : ''
  }

  it('is all that does harm in the wrong hands', () => {
    expect(MUST_BE_FRESH.filter((key) => !fresh().includes(key))).toEqual([])
    expect(NEVER_FRESH.filter((key) => fresh().includes(key))).toEqual([])
  })

  it('answers PROOF_REQUIRED to a browser that was left for ten minutes, and asks no token', async () => {
    const wrong: string[] = []
    for (const key of fresh()) {
      const byBrowser = await codeOf(key, OURS, { cookies })
      const byToken = await codeOf(key, { authorization: `Bearer ${token}` }, {})
      if (byBrowser !== 'PROOF_REQUIRED') wrong.push(`${key} by a browser: ${byBrowser}`)
      if (byToken === 'PROOF_REQUIRED') wrong.push(`${key} by a token: ${byToken}`)
    }

    expect(fresh().length).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })
})

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const
const methodOf = (method: string) => METHODS.find((known) => known === method) ?? 'POST'
