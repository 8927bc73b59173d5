import { ConnectExternal } from '@vastrox/shared/external-source.ts'
import type { AddGitAccount } from '@vastrox/shared/git-account.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { createGuardedHttp } from '#adapters/system/guarded-http.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'
import { type HostStub, startHostStub } from '#test/git/host-stub.ts'

const HOSTS = ['github', 'gitlab', 'gitea'] as const
const coded = (code: string) => expect.objectContaining({ code })

let stub: HostStub
let server: FullServer

beforeAll(async () => {
  stub = await startHostStub({ sshUrl: 'git@git.example:anna/blog.git' })
})
afterAll(() => stub.close())
beforeEach(async () => {
  stub.fail(false)
  stub.calls.length = 0
  server = await createFullServer()
  server.world.hostHttp = createGuardedHttp({
    addresses: createGuardedAddresses({ allowed: () => ['127.0.0.0/8', '::1/128'] }),
    extraCa: () => stub.ca,
  })
  server.addApp()
  await server.start()
  server.externalGit.commit('first')
})

const accounts = () => server.sources.accounts
const add = (wish: AddGitAccount) => accounts().add(server.actor, wish)
const byToken = (hostKind: (typeof HOSTS)[number], token = 'good-token') =>
  add({ kind: 'token', hostKind, baseUrl: stub.baseUrl, token })
const made = (pattern: RegExp) =>
  stub.calls.filter(({ method, path }) => pattern.test(`${method} ${path}`))
/** HTTP takes real time, deployments that of the harness. */
const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(async () => {
    await server.clock.pass(1_000)
    check()
  }, 10_000)

describe.each(HOSTS)('an account at %s', (host) => {
  it('gives repositories and branches to pick from, and gets key and webhook installed', async () => {
    const { account, goTo } = await byToken(host)
    expect(account).toMatchObject({ name: 'anna', kind: 'token', problem: null })
    expect(goTo).toBeNull()

    const [repository] = await accounts().repositories(server.actor, account.id, '')
    expect(repository).toMatchObject({ name: 'anna/blog', defaultBranch: 'main', isPrivate: true })
    expect(await accounts().branches(server.actor, account.id, 'anna/blog')).toEqual([
      'main',
      'dev',
    ])

    const connect = () =>
      accounts().connect(server.actor, 'hello', {
        account: account.id,
        repository: 'anna/blog',
        branch: 'main',
      })
    const { source, webhookSecret } = await connect()
    const [key] = made(/^POST .*keys$/)
    const [hook] = made(/^POST .*hooks$/)

    expect(source).toMatchObject({
      url: 'git@git.example:anna/blog.git',
      access: 'deploy-key',
      hostKind: host,
    })
    expect(key?.body).toMatchObject({ title: 'Vastrox: hello', key: source.publicKey })
    expect(JSON.stringify(hook?.body)).toContain(webhookSecret)
    expect(JSON.stringify(hook?.body)).toContain(source.webhookUrl)

    await connect()
    expect(made(/^POST .*(keys|hooks)$/)).toHaveLength(2)
  })

  it('is told how deployments went, and whatever it answers fails none', async () => {
    const { external } = server.sources
    await external.connect(
      server.actor,
      'hello',
      ConnectExternal.parse({
        url: `${stub.baseUrl}/anna/blog.git`,
        access: 'token',
        token: 'status-token',
        hostKind: host,
      }),
    )
    const told = (pattern: RegExp) =>
      made(pattern).filter(({ authorization }) => authorization === 'Bearer status-token')
    await eventually(() =>
      expect(told(/statuses\/[0-9a-f]{40}$/).map(({ body }) => body['state'])).toEqual(
        host === 'gitlab' ? ['running', 'success'] : ['pending', 'success'],
      ),
    )
    const last = told(/statuses\/[0-9a-f]{40}$/).at(-1)
    expect(JSON.stringify(last?.body)).toContain('https://localhost:8443/apps/hello/deployments/1')
    expect(JSON.stringify(last?.body)).toContain('vastrox/hello')
    await eventually(() =>
      expect(told(/deployments/)).toHaveLength({ github: 3, gitlab: 2, gitea: 0 }[host]),
    )

    stub.fail(true)
    server.externalGit.commit('second')
    await server.clock.until(external.fetch(server.actor, 'hello'))
    await eventually(() => {
      const [deployment] = server.deployments.list(server.actor, 'hello', {
        cursor: undefined,
        limit: 1,
      }).items
      expect(['watching', 'live']).toContain(deployment?.state)
      expect(external.get(server.actor, 'hello')?.statusProblem).toMatch(/answers 503: unicorn/)
    })
  })

  it('is refused in its own words where the token is wrong', async () => {
    await expect(byToken(host, 'bad')).rejects.toMatchObject({
      code: 'GIT_HOST_REFUSED',
      details: { reason: expect.stringContaining('Bad credentials') },
    })
    expect(accounts().list(server.actor)).toEqual([])
  })
})

describe.each(['gitlab', 'gitea'] as const)('OAuth of %s', (hostKind) => {
  it('brings a person back with a token that is renewed before it ends', async () => {
    const { account, goTo } = await add({
      kind: 'oauth',
      hostKind,
      baseUrl: stub.baseUrl,
      clientId: 'client',
      clientSecret: 'oauth-secret',
    })
    const asked = new URL(goTo ?? '')
    const state = asked.searchParams.get('state') ?? ''
    expect(asked.searchParams.get('redirect_uri')).toBe(
      'https://localhost:8443/api/v1/git-accounts/callback',
    )
    expect(goTo).not.toContain('oauth-secret')

    const wrong = await back('f'.repeat(64))
    expect(wrong.json()).toMatchObject({ error: { code: 'GIT_SIGN_IN_EXPIRED' } })
    const reply = await back(state)
    expect([reply.statusCode, reply.headers.location]).toEqual([302, '/apps'])
    expect((await back(state)).statusCode).toBe(400)
    expect(accounts().list(server.actor)).toMatchObject([{ name: 'anna', problem: null }])

    await accounts().repositories(server.actor, account.id, '')
    expect(stub.calls.at(-1)?.authorization).toBe('Bearer oauth-token-1')
    await server.clock.pass(3 * 3_600_000)
    await accounts().repositories(server.actor, account.id, '')
    expect(stub.calls.at(-1)?.authorization).toBe('Bearer oauth-token-2')
    expect(JSON.stringify(server.db.prepare('SELECT * FROM git_accounts').all())).not.toMatch(
      /oauth-(token|secret)/,
    )
  })
})

describe('a GitHub App', () => {
  it('is made by a manifest and reads by tokens of its own', async () => {
    const { account, goTo } = await add({ kind: 'github-app', baseUrl: stub.baseUrl })
    expect(goTo).toContain(`/api/v1/git-accounts/${account.id}/manifest`)
    await expect(accounts().repositories(server.actor, account.id, '')).rejects.toThrow(
      coded('GIT_ACCOUNT_NOT_CONNECTED'),
    )
    const { action, manifest } = accounts().manifestOf(server.actor, account.id)
    expect(JSON.parse(manifest)).toMatchObject({
      redirect_url: 'https://localhost:8443/api/v1/git-accounts/callback',
      default_permissions: { contents: 'read', repository_hooks: 'write' },
    })

    const reply = await back(new URL(action).searchParams.get('state') ?? '')

    expect(reply.headers.location).toBe(`${stub.baseUrl}/apps/vastrox-test/installations/new`)
    const [repository] = await accounts().repositories(server.actor, account.id, '')
    expect(repository?.name).toBe('anna/blog')
    await accounts().connect(server.actor, 'hello', {
      account: account.id,
      repository: 'anna/blog',
      branch: 'main',
    })
    expect(made(/^POST .*hooks$/)).toHaveLength(1)
    expect(made(/^POST .*hooks$/)[0]?.authorization).toBe('Bearer ghs_good')
  })
})

describe('the guard', () => {
  it('keeps a host on loopback out, unless the operator has allowed its network', async () => {
    server.world.hostHttp = createGuardedHttp({
      addresses: createGuardedAddresses({ allowed: () => [] }),
      extraCa: () => stub.ca,
    })
    await expect(byToken('gitlab')).rejects.toThrow(coded('ADDRESS_REFUSED'))
    server.world.hostHttp = createGuardedHttp({
      addresses: createGuardedAddresses({ allowed: () => ['127.0.0.0/8', '::1/128'] }),
    })
    await expect(byToken('gitlab')).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      details: { reason: expect.stringContaining('certificate') },
    })
    expect(made(/\/user$/)).toEqual([])
  })
})

const back = (state: string) =>
  server.fastify.inject({
    url: `/api/v1/git-accounts/callback?state=${state}&code=the-code`,
    headers: { host: 'example.com:8443' },
  })
