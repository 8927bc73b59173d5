import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { createServer } from 'node:https'
import { text } from 'node:stream/consumers'
import { makeCertificate } from './git-server.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Body = Record<string, unknown>
export interface StubCall {
  method: string
  path: string
  authorization: string
  body: Body
}

/**
 * The APIs of GitHub Enterprise, GitLab and Gitea on loopback over TLS: enough of each to pick a
 * repository, install a key and a webhook, take statuses, and sign people in.
 */
export async function startHostStub({ sshUrl }: { sshUrl: string }) {
  const dir = await mkdtemp(join(tmpdir(), 'vastrox-host-'))
  const tls = await makeCertificate(dir)
  const calls: StubCall[] = []
  const appKey = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const tokens = new Set(['good-token', 'status-token'])
  let isDown = false
  let ids = 100

  const answer = (call: StubCall): [status: number, body: unknown] => {
    if (isDown) return [503, { message: 'unicorn' }]
    const { method, path } = call
    const [pathname = ''] = path.split('?')
    const route = `${method} ${pathname}`
    if (route === 'POST /oauth/token' || route === 'POST /login/oauth/access_token')
      return grant(call)
    if (route === 'POST /api/v3/app-manifests/the-code/conversions')
      return [
        201,
        {
          id: 7,
          slug: 'vastrox-test',
          html_url: `${baseUrl}/apps/vastrox-test`,
          pem: appKey.privateKey.export({ type: 'pkcs1', format: 'pem' }),
        },
      ]
    if (pathname.startsWith('/api/v3/app') || pathname.endsWith('/installation')) {
      if (!isOurApp(call.authorization))
        return [401, { message: 'A JSON web token could not be decoded' }]
      if (route === 'GET /api/v3/app/installations') return [200, [{ id: 9 }]]
      if (route === 'GET /api/v3/repos/anna/blog/installation') return [200, { id: 9 }]
      if (route === 'POST /api/v3/app/installations/9/access_tokens')
        return [201, { token: 'ghs_good' }]
    }
    const token = call.authorization.replace(/^Bearer /, '')
    if (!tokens.has(token) && token !== 'ghs_good') return [401, { message: 'Bad credentials' }]
    if (/^GET \/api\/v[134]\/user$/.test(route)) return [200, { login: 'anna', username: 'anna' }]
    const repository = {
      full_name: 'anna/blog',
      path_with_namespace: 'anna/blog',
      clone_url: `${baseUrl}/anna/blog.git`,
      http_url_to_repo: `${baseUrl}/anna/blog.git`,
      ssh_url: sshUrl,
      ssh_url_to_repo: sshUrl,
      default_branch: 'main',
      private: true,
      visibility: 'private',
    }
    if (route === 'GET /api/v3/installation/repositories')
      return [200, { repositories: [repository] }]
    if (/^GET \/api\/v[134]\/(user\/repos|projects)$/.test(route)) return [200, [repository]]
    if (/^GET .*\/branches$/.test(route)) return [200, [{ name: 'main' }, { name: 'dev' }]]
    if (/^POST .*\/(keys|deploy_keys|hooks|deployments)$/.test(route))
      return [201, { id: (ids += 1) }]
    if (/^(POST|PUT) .*\/(statuses\/[0-9a-f]{40}|deployments\/\d+(\/statuses)?)$/.test(route))
      return [201, {}]
    return [404, { message: `Not Found ${route}` }]
  }

  function grant({ body }: StubCall): [number, unknown] {
    const isKnown = body['client_id'] === 'client' && body['client_secret'] === 'oauth-secret'
    const isCode = body['grant_type'] === 'authorization_code' && body['code'] === 'the-code'
    const isRefresh =
      body['grant_type'] === 'refresh_token' && body['refresh_token'] === 'refresh-1'
    if (!isKnown || (!isCode && !isRefresh)) return [400, { error: 'invalid_grant' }]
    const token = isCode ? 'oauth-token-1' : 'oauth-token-2'
    tokens.add(token)
    return [
      200,
      { access_token: token, refresh_token: isCode ? 'refresh-1' : 'refresh-2', expires_in: 7_200 },
    ]
  }

  function isOurApp(authorization: string): boolean {
    const [head = '', claims = '', signature = ''] = authorization
      .replace(/^Bearer /, '')
      .split('.')
    const key = createPublicKey(appKey.publicKey.export({ type: 'pkcs1', format: 'pem' }))
    const { iss } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}')
    return (
      iss === '7' &&
      verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))
    )
  }

  const server = createServer({ cert: tls.cert, key: tls.key }, (request, reply) => {
    void text(request).then((said) => {
      const body: unknown = JSON.parse(said || '{}')
      const call: StubCall = {
        method: request.method ?? '',
        path: request.url ?? '',
        authorization: request.headers.authorization ?? '',
        body:
          typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body)) : {},
      }
      calls.push(call)
      const [status, reason] = answer(call)
      reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reason))
    })
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const baseUrl = `https://localhost:${port}`

  return {
    baseUrl,
    ca: tls.ca,
    calls,
    fail: (down: boolean): void => {
      isDown = down
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
export type HostStub = Awaited<ReturnType<typeof startHostStub>>
