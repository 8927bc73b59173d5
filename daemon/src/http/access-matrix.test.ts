import type { Permission, Role } from '@vastrox/shared/permissions.ts'
import {
  type Access,
  DEPLOY_TOKEN_PERMISSIONS,
  PLATFORM_PERMISSIONS,
  ROLE_PERMISSIONS,
} from '@vastrox/shared/permissions.ts'
import { CreateToken } from '@vastrox/shared/token.ts'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DeclaredRoute } from '#http/plugins/permissions.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'
import { cookiesOf, OURS } from '#test/http-harness.ts'
import { describeRefusedMatrix } from '#test/refused-matrix.ts'
import { sshKeyLine } from '#test/ssh/key-line.ts'

/** Rule C8: nothing else is open to somebody unknown. */
const PUBLIC = [
  'GET /api/docs',
  'GET /api/docs/style.css',
  'GET /api/v1/ca.pem',
  'GET /api/v1/health',
  'GET /api/v1/openapi.json',
  'GET /api/v1/schemas/vastrox.json',
  // These ask for a password, a link or a cookie of their own.
  'POST /api/v1/session/refresh',
  'POST /api/v1/sign-in',
  'POST /api/v1/sign-in/link',
  'POST /api/v1/sign-in/second-step',
  'POST /api/v1/sign-in/passkey',
  'POST /api/v1/sign-in/provider',
  'POST /api/v1/sign-in/provider/finish',
  'POST /api/v1/sign-in/passkey-request',
  'GET /api/v1/sign-in/offers',
  'POST /api/v1/sign-out',
  // These ask for an invitation.
  'POST /api/v1/invitations/look',
  'POST /api/v1/invitations/accept',
  // A host sends browsers back with what only they were given, once.
  'GET /api/v1/git-accounts/callback',
  // Git hosts sign with the app's secret, which the service itself checks.
  'POST /api/v1/hooks/:hook',
  // Git sends its token as a password, which the plugin itself checks.
  'HEAD /api/v1/ca.pem',
  'GET /git/:repository/info/refs',
  'POST /git/:repository/git-receive-pack',
  'POST /git/:repository/git-upload-pack',
]

/** Bodies that are valid, so that what is refused is refused for who asks. */
const BODIES: Record<string, object> = {
  'POST /api/v1/apps': { name: 'new-app' },
  'PATCH /api/v1/apps/:name': {},
  'DELETE /api/v1/apps/:name': { confirm: 'mistyped' },
  'PATCH /api/v1/apps/:name/env': { set: { KEY: 'value' } },
  'POST /api/v1/apps/:name/env/import': { text: 'KEY=value' },
  'PUT /api/v1/apps/:name/env-groups': { groups: [] },
  'POST /api/v1/config/plan': { text: 'vastrox: 1' },
  'POST /api/v1/config/apply': { text: 'vastrox: 1', digest: 'f'.repeat(64) },
  'POST /api/v1/env-groups': { name: 'shared' },
  'PATCH /api/v1/env-groups/:group': { set: {} },
  'PATCH /api/v1/apps/:name/processes': { web: 1 },
  'POST /api/v1/apps/:name/sources/image': { reference: 'nginx' },
  'PATCH /api/v1/apps/:name/sources/uploads': {},
  'POST /api/v1/apps/:name/sources/files/directories': { path: '/made' },
  'POST /api/v1/apps/:name/sources/files/rename': { from: '/none', to: '/other' },
  'PATCH /api/v1/apps/:name/sources/image': { follows: false },
  'PUT /api/v1/apps/:name/sources/git': { url: 'no address', access: 'open' },
  'PATCH /api/v1/apps/:name/sources/git': {},
  'POST /api/v1/git-accounts': {
    kind: 'oauth',
    hostKind: 'gitea',
    baseUrl: 'https://git.example',
    clientId: 'x',
    clientSecret: 'y',
  },
  'POST /api/v1/apps/:name/sources/git/from-account': {
    account: 'none',
    repository: 'a/b',
    branch: 'main',
  },
  'PUT /api/v1/apps/:name/sources/sftp': {
    host: 'files.example',
    username: 'me',
    folder: '/site',
    access: 'key',
  },
  'POST /api/v1/apps/:name/sources/sftp/pull': {},
  'PUT /api/v1/source-networks': { allowed: [] },
  'PUT /api/v1/source-authorities': { certificates: '' },
  'POST /api/v1/destinations': {
    name: 'made',
    kind: 'local',
    settings: { rootId: 'root00000001' },
  },
  'PATCH /api/v1/destinations/:destination': {},
  'DELETE /api/v1/destinations/:destination': { confirm: 'mistyped' },
  'POST /api/v1/backups': { subject: 'addon:none' },
  'POST /api/v1/apps/:name/backups': {},
  'PATCH /api/v1/backups/:id': { isKept: true },
  'DELETE /api/v1/backups/:id': { confirm: 'mistyped' },
  'POST /api/v1/backup-schedules': { subject: 'addon:none' },
  'PATCH /api/v1/backup-schedules/:id': {},
  'POST /api/v1/uptime-checks': { kind: 'tcp', target: 'none.invalid:5432' },
  'PATCH /api/v1/uptime-checks/:id': {},
  'POST /api/v1/outgoing-webhooks': { url: 'https://none.invalid/', events: ['app.created'] },
  'PATCH /api/v1/outgoing-webhooks/:id': {},
  'POST /api/v1/alert-rules': {
    name: 'made',
    condition: { of: 'edge', metric: 'p99', is: 'above', limit: 800 },
  },
  'PATCH /api/v1/alert-rules/:id': {},
  'POST /api/v1/silences': { forMs: 3_600_000 },
  'POST /api/v1/channels': { kind: 'ntfy', settings: { topic: 'made' } },
  'PATCH /api/v1/channels/:id': {},
  'POST /api/v1/log-drains': { kind: 'syslog', target: 'none.invalid:6514' },
  'PATCH /api/v1/log-drains/:id': {},
  'PUT /api/v1/registries/:host': { username: 'me', password: 'x' },
  'POST /api/v1/addons': { name: 'shop-db', kind: 'redis' },
  'PATCH /api/v1/addons/:addon': {},
  'PATCH /api/v1/addons/:addon/logs/settings': {},
  'DELETE /api/v1/addons/:addon': { confirm: 'mistyped' },
  'POST /api/v1/addons/:addon/attachments': { app: 'blog' },
  'POST /api/v1/addons/:addon/rotate': {},
  'POST /api/v1/addons/:addon/exceptions': { from: '203.0.113.7' },
  'POST /api/v1/destroyed-addons/:id/restore': {},
  'DELETE /api/v1/destroyed-addons/:id': { confirm: 'mistyped' },
  'POST /api/v1/apps/:name/volumes': { name: 'data', mountPath: '/data' },
  'PATCH /api/v1/apps/:name/volumes/:volume': {},
  'DELETE /api/v1/apps/:name/volumes/:volume': { confirm: 'mistyped' },
  'POST /api/v1/backups/:id/restore': { how: 'new', name: 'restored' },
  'POST /api/v1/apps/:name/domains': { host: 'shop.example' },
  'PATCH /api/v1/apps/:name/domains/:host': {},
  'POST /api/v1/apps/:name/domains/:host/move': { to: 'shop' },
  'DELETE /api/v1/destroyed-volumes/:id': { confirm: 'mistyped' },
  'DELETE /api/v1/destroyed-apps/:id': { confirm: 'mistyped' },
  'POST /api/v1/disk/clean-up': { plan: 'none-of-these' },
  'PATCH /api/v1/apps/:name/processes/:process': {},
  'POST /api/v1/apps/:name/runs': { command: 'true' },
  'POST /api/v1/apps/:name/terminals': {},
  'POST /api/v1/apps/:name/terminals/:id/input': { base64: '' },
  'POST /api/v1/addons/:addon/terminals': {},
  'POST /api/v1/addons/:addon/terminals/:id/input': { base64: '' },
  'POST /api/v1/apps/:name/jobs': { name: 'clean', schedule: '@daily', command: 'true' },
  'PATCH /api/v1/apps/:name/jobs/:job': {},
  'PUT /api/v1/firewall/rules': { rules: [] },
  'POST /api/v1/firewall/rules': { action: 'allow', ports: ['8080'] },
  'PATCH /api/v1/firewall/rules/:id': {},
  'PUT /api/v1/firewall/sets/:set': { members: ['203.0.113.0/24'] },
  'PUT /api/v1/firewall/allow-list': { members: [] },
  'POST /api/v1/firewall/preview': {},
  'POST /api/v1/firewall/apply': {},
  'POST /api/v1/firewall/bans': { address: '198.51.100.7' },
  'PATCH /api/v1/apps/:name/egress': {},
  'PATCH /api/v1/apps/:name/disk': { allowanceBytes: null },
  'PATCH /api/v1/apps/:name/logs/settings': { keepDays: 7 },
  'PATCH /api/v1/apps/:name/routing': {},
  'PUT /api/v1/apps/:name/basic-auth-users/:user': { password: 'a password' },
  'PUT /api/v1/trusted-proxies': {},
  'POST /api/v1/base-domain/check': { name: 'apps.localhost' },
  'PATCH /api/v1/first-run': {},
  'PUT /api/v1/base-domain': { name: 'apps.localhost' },
  'POST /api/v1/apps/:name/ports': { protocol: 'tcp', ports: '25565' },
  'PATCH /api/v1/apps/:name/ports/:port': {},
  'PUT /api/v1/port-policy': { ranges: ['1024-65535'], perTeam: 200 },
  'PUT /api/v1/password': { password: 'short' },
  'POST /api/v1/session/proof': { by: 'password', password: 'wrong' },
  'PUT /api/v1/sign-in-ways/app': { ticket: 'none', code: '000000' },
  'POST /api/v1/sign-in-ways/passkeys': {
    name: 'laptop',
    answer: {
      id: 'none',
      rawId: 'none',
      type: 'public-key',
      response: { clientDataJSON: 'e30', attestationObject: 'e30' },
    },
  },
  'PATCH /api/v1/sign-in-ways/passkeys/:id': { name: 'laptop' },
  'POST /api/v1/sign-in-ways/identities': { provider: 'none' },
  'PUT /api/v1/sign-in-providers/:name': { preset: 'none', clientId: 'x' },
  'PUT /api/v1/sign-in-rules': { secondFactorRequired: false },
  'POST /api/v1/ssh-keys': { publicKey: sshKeyLine() },
  'POST /api/v1/invitations': { role: 'viewer' },
  'POST /api/v1/invitations/join': { token: 'unknown' },
  'PATCH /api/v1/users/:user': {},
  'POST /api/v1/teams': { name: 'made' },
  'PATCH /api/v1/teams/:team': { name: 'called' },
  'POST /api/v1/session/team': { team: 'unknown' },
  'POST /api/v1/tokens': { name: 'made', permissions: ['app.read'] },
  'POST /api/v1/tokens/:id/rotate': {},
  'POST /api/v1/apps/:name/deploy-keys': { publicKey: sshKeyLine() },
}

// Every route by every caller, on a machine that has other things to do.
vi.setConfig({ testTimeout: 120_000 })

interface Caller {
  name: string
  permissions: readonly Permission[]
  /** Limited to the app `blog`. */
  limited?: boolean
  headers: Record<string, string>
  cookies: Record<string, string>
}

const NOBODY: Caller = { name: 'nobody', permissions: [], headers: {}, cookies: {} }
const keyOf = ({ method, url }: DeclaredRoute) => `${method} ${url}`

describe('the matrix of every route and every caller (decision 11, rule C8)', () => {
  let server: FullServer
  let callers: Caller[]
  let stranger: Caller
  let limited: Caller
  /** Of the owner, for routes that end one: the callers need theirs. */
  let spare: { token: string; session: string }

  beforeAll(async () => {
    server = await createFullServer()
    const { access, addUser, teams, newId } = server
    server.addApp('blog')
    server.addApp('shop')
    for (const role of ['viewer', 'developer', 'admin'] as const) addUser(role, role)
    const theirs = newId()
    teams.insertForPlatform(theirs, 'theirs', new Date(0).toISOString())
    addUser('stranger', 'owner', theirs)

    const byToken = (name: string, wish: Partial<CreateToken>): Caller => {
      const created = access.tokens.create(access.rootActor(), CreateToken.parse({ name, ...wish }))
      return {
        name,
        permissions: created.permissions,
        limited: created.apps !== null,
        headers: { authorization: `Bearer ${created.token}` },
        cookies: {},
      }
    }
    const bySession = async (name: string, role: Role): Promise<Caller> => ({
      name,
      permissions: ROLE_PERMISSIONS[role],
      headers: OURS,
      cookies: cookiesOf(
        await server.fastify.inject({
          method: 'POST',
          url: '/api/v1/sign-in/link',
          headers: OURS,
          body: { token: access.createSignInLink(name).token },
        }),
      ),
    })

    spare = makeSpare()
    limited = byToken('a token limited to blog', { apps: ['blog'] })
    stranger = await bySession('stranger', 'owner')
    callers = [
      NOBODY,
      await bySession('viewer', 'viewer'),
      await bySession('developer', 'developer'),
      await bySession('admin', 'admin'),
      await bySession('owner', 'owner'),
      byToken('a deploy token', { kind: 'deploy', apps: ['blog'] }),
      limited,
      byToken('a token that may only read', { permissions: ['app.read'] }),
    ]
  })
  afterAll(() => server.fastify.close())

  function makeSpare() {
    const { access, users } = server
    const owner = users.findByNameForPlatform('owner')
    if (!owner) throw new Error('there is no owner')
    const client = { address: '192.0.2.1', userAgent: '' }
    return {
      token: access.tokens.create(access.rootActor(), CreateToken.parse({ name: 'spare' })).id,
      session: access.sessions.start(owner, 'link', client).sessionId,
    }
  }

  const routes = () => server.routes.filter((route) => !PUBLIC.includes(keyOf(route)))

  const urlOf = (route: DeclaredRoute, app: string) =>
    route.url
      .replace(':name', app)
      .replace(':number', '1')
      .replace(':key', 'KEY')
      .replace(':volume', 'data')
      .replace(':addon', 'shop-db')
      .replace(':app', 'blog')
      .replace(':port', '25565-tcp')
      .replace(':host', 'registry.example')
      .replace(':set', 'office')
      .replace(':id', route.url.includes('/tokens/') ? spare.token : spare.session)

  async function ask(route: DeclaredRoute, { headers, cookies }: Caller, app = 'blog') {
    const body = BODIES[keyOf(route)]
    const reply = await server.fastify.inject({
      method: route.method === 'GET' ? 'GET' : methodOf(route.method),
      url: urlOf(route, app),
      headers,
      cookies,
      ...(body && { body }),
      // Streams of events never end by themselves.
      payloadAsStream: true,
    })
    const isStream = String(reply.headers['content-type']).startsWith('text/event-stream')
    if (isStream) {
      reply.stream().destroy()
      return { status: reply.statusCode, code: '' }
    }
    const text = Buffer.concat(await reply.stream().toArray()).toString()
    const { error } = text.startsWith('{"error"') ? JSON.parse(text) : { error: { code: '' } }
    return { status: reply.statusCode, code: String(error.code) }
  }

  it('has no public route besides those that are named here', () => {
    const open = server.routes.filter(({ access }) => access.permission === 'public').map(keyOf)

    expect(open.toSorted()).toEqual(PUBLIC.toSorted())
    expect(routes().length).toBeGreaterThan(30)
  })

  it('gives every caller what is declared: 401 to nobody, 403 to who may not, the rest to its service', async () => {
    const wrong: string[] = []
    for (const route of routes())
      for (const caller of callers) {
        const { status, code } = await ask(route, caller)
        const got = code === 'PERMISSION_DENIED' || code === 'NOT_SIGNED_IN' ? code : 'served'
        const expected = expectedOf(route.access, caller)
        // Who one is, is shown in a browser, whoever the token belongs to.
        const isOfPeople =
          /\/(password|session\/proof|sign-in-ways.*)$/.test(route.url) &&
          caller.headers['authorization']
        if (got !== expected && !isOfPeople)
          wrong.push(`${keyOf(route)} by ${caller.name}: ${status} ${code}, declared ${expected}`)
        if (status >= 500 && code !== 'AGENT_UNREACHABLE')
          wrong.push(`${keyOf(route)} by ${caller.name}: ${status} ${code}`)
      }

    expect(wrong).toEqual([])
    expect(server.problems).toEqual([])
  }, 120_000)

  it('shows nobody of another team that an app is there', async () => {
    const found: string[] = []
    for (const route of routes().filter(({ access }) => access.scope === 'app')) {
      const theirs = await ask(route, stranger, 'blog')
      const missing = await ask(route, stranger, 'no-such-app')
      const isOperators = PLATFORM_PERMISSIONS.has(permissionOf(route))
      if (theirs.status !== (isOperators ? 403 : 404) || theirs.code !== missing.code)
        found.push(`${keyOf(route)}: ${theirs.status} ${theirs.code}, missing: ${missing.code}`)
    }

    expect(found).toEqual([])
  })

  it('shows a token that is limited to one app nothing of another', async () => {
    const found: string[] = []
    for (const route of routes().filter(({ access }) => access.scope === 'app')) {
      const { status, code } = await ask(route, limited, 'shop')
      if (status !== 404) found.push(`${keyOf(route)}: ${status} ${code}`)
    }
    const list = await server.fastify.inject({ url: '/api/v1/apps', headers: limited.headers })

    expect(found).toEqual([])
    expect(list.json().items.map(({ name }: { name: string }) => name)).toEqual(['blog'])
  })

  it('lets nobody of another team end sessions or revoke tokens, or see them, users or events', async () => {
    const byId = routes().filter(({ url }) => url.includes(':id'))
    const lists = ['/apps', '/tokens', '/destroyed-apps'].map((path) => `/api/v1${path}`)

    spare = makeSpare()
    expect(byId.length).toBeGreaterThan(1)
    for (const route of byId)
      expect([keyOf(route), (await ask(route, stranger)).status]).toEqual([
        keyOf(route),
        PLATFORM_PERMISSIONS.has(permissionOf(route)) ? 403 : 404,
      ])
    for (const url of lists) {
      const reply = await server.fastify.inject({ url, cookies: stranger.cookies })
      expect(reply.json()).toEqual({ items: [], nextCursor: null })
    }
    const users = await server.fastify.inject({ url: '/api/v1/users', cookies: stranger.cookies })
    const audit = await server.fastify.inject({
      url: '/api/v1/audit-events',
      cookies: stranger.cookies,
    })
    expect(users.json().items.map(({ name }: { name: string }) => name)).toEqual(['stranger'])
    expect(new Set(audit.json().items.map(({ actor }: { actor: string }) => actor))).toEqual(
      new Set(['stranger']),
    )
  })

  it('takes a token from no other place than the header', async () => {
    const secret = limited.headers['authorization']?.slice('Bearer '.length) ?? ''
    const places = [
      { url: `/api/v1/apps?token=${secret}` },
      { url: `/api/v1/apps?access_token=${secret}` },
      { url: '/api/v1/apps', headers: { 'x-api-key': secret } },
      { url: '/api/v1/apps', headers: { authorization: `Basic ${btoa(`git:${secret}`)}` } },
      { url: '/api/v1/apps', headers: { authorization: secret } },
      { url: '/api/v1/apps', cookies: { '__Host-vastrox-abc123-access': secret } },
    ]

    for (const place of places)
      expect((await server.fastify.inject(place)).statusCode, JSON.stringify(place)).toBe(401)
    expect(
      (await server.fastify.inject({ url: '/api/v1/apps', headers: limited.headers })).statusCode,
    ).toBe(200)
  })

  it('does not fall back on a cookie when a token is wrong', async () => {
    const owner = callers.find(({ name }) => name === 'owner')

    const reply = await server.fastify.inject({
      url: '/api/v1/apps',
      cookies: owner?.cookies ?? {},
      headers: { authorization: 'Bearer vxt_api_wrong' },
    })

    expect(reply.statusCode).toBe(401)
    expect(reply.json().error.code).toBe('TOKEN_INVALID')
  })

  it('leaves an audit event of a refusal, once a minute, and none of the secrets', async () => {
    const viewer = callers.find(({ name }) => name === 'viewer')
    const request = {
      url: '/api/v1/audit-events?secret=hush',
      cookies: viewer?.cookies ?? {},
    }
    await server.clock.pass(60_000)

    await server.fastify.inject(request)
    await server.fastify.inject(request)

    const { items } = server.audit.list(server.access.rootActor(), { cursor: undefined, limit: 2 })
    expect(items[0]).toMatchObject({
      actor: 'viewer',
      action: 'denied audit.read',
      target: 'GET /api/v1/audit-events',
      result: 'denied',
    })
    expect(items[1]?.target).not.toBe('GET /api/v1/audit-events')
    // Deployments that the callers began go on meanwhile, and leave events of their own.
    const { intact, events } = await server.audit.verify()
    expect(intact).toBe(true)
    expect(events).toBeGreaterThanOrEqual(items[0]?.id ?? Number.NaN)
  })
})

function expectedOf({ permission, scope, filtered }: Access, caller: Caller): string {
  if (caller.name === 'nobody') return 'NOT_SIGNED_IN'
  if (permission === 'signed-in' || permission === 'public') return 'served'
  if (caller.limited && scope !== 'app' && !filtered) return 'PERMISSION_DENIED'
  return caller.permissions.includes(permission) ? 'served' : 'PERMISSION_DENIED'
}

/** For routes that ask for one: `app.read` stands in where they do not. */
const permissionOf = ({ access: { permission } }: DeclaredRoute): Permission =>
  permission === 'public' || permission === 'signed-in' ? 'app.read' : permission

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const
const methodOf = (method: string) => METHODS.find((known) => known === method) ?? 'POST'

it('knows what a deploy token is for', () => {
  expect(DEPLOY_TOKEN_PERMISSIONS).toEqual(['app.read', 'app.deploy'])
})

describeRefusedMatrix(BODIES)
