import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Provider } from 'oidc-provider'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { createGuardedHttp } from '#adapters/system/guarded-http.ts'
import { certificateIn } from '#test/certificate.ts'

export interface TestAccount {
  sub: string
  email?: string
  email_verified?: boolean
  preferred_username?: string
}

export const CLIENT_ID = 'vastrox'
export const CLIENT_SECRET = 'a secret of the client, long enough'

/** A real OpenID provider on loopback, where whoever comes is signed in as `account` without a question. */
export async function startOpenidProvider(redirectUrl: string) {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-openid-'))
  const { key, cert } = certificateIn(folder)
  const server = createServer({ key, cert })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const issuer = `https://localhost:${port}`
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let account: TestAccount = { sub: 'sub-1' }
  const asked: string[] = []

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [redirectUrl],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: {
      keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'k1' }],
    },
    cookies: { keys: ['only for this test'] },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['preferred_username'],
    },
    // In the ID token itself: nobody asks the userinfo endpoint.
    conformIdTokenClaims: false,
    ttl: { Interaction: 300, Grant: 300, Session: 300, AccessToken: 60, IdToken: 300 },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ ...account, sub: id }) }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`)
    if (request.url?.startsWith('/interaction/'))
      void provider.interactionFinished(request, response, { login: { accountId: account.sub } })
    else void answer(request, response)
  })

  const ca = () => cert
  return {
    issuer,
    asked,
    /** Through the guard, as the daemon does, with this network allowed. */
    http: createGuardedHttp({
      addresses: createGuardedAddresses({ allowed: () => ['127.0.0.0/8', '::1/128'] }),
      extraCa: ca,
    }),
    /** As if this network had not been allowed. */
    guardedHttp: createGuardedHttp({
      addresses: createGuardedAddresses({ allowed: () => [] }),
      extraCa: ca,
    }),
    become: (next: TestAccount): void => {
      account = next
    },

    /** A browser that goes where it is sent; gives the query that it comes back with. */
    async visit(url: string): Promise<string> {
      const jar = new Map<string, string>()
      const { http } = this
      for (let next = url, hops = 0; hops < 10; hops++) {
        const reply = await http.send({
          method: 'GET',
          url: next,
          headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        })
        for (const [, name = '', value = ''] of (reply.headers['set-cookie'] ?? '').matchAll(
          /(?:^|, )([\w.]+)=([^;]*)/g,
        ))
          jar.set(name, value)
        const { location } = reply.headers
        if (location === undefined) throw new Error(`${reply.status}: ${reply.body.slice(0, 300)}`)
        const to = new URL(location, next)
        if (to.origin !== issuer) return to.search
        next = to.href
      }
      throw new Error('it leads nowhere')
    },

    async close(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
