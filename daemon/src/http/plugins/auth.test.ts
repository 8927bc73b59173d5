import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ACCESS_COOKIE, createHttpHarness, REFRESH_COOKIE } from '#test/http-harness.ts'

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PUBLIC_PEM = publicKey.export({ type: 'spki', format: 'pem' })

interface Forging {
  header?: object
  claims?: object
  key?: string | Buffer
  hash?: string
}

async function signedIn() {
  const server = await createHttpHarness()
  const cookies = await server.signInByLink()
  const [head = '', body = ''] = (cookies[ACCESS_COOKIE] ?? '').split('.')
  const read = (text: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(text, 'base64url').toString())
  const [header, claims] = [read(head), read(body)]
  const key = server.masterKey.deriveKey('access-token')

  /** A token such as ours, but for what is said. */
  function forge(other: Forging = {}): string {
    const text = `${part({ ...header, ...other.header })}.${part({ ...claims, ...other.claims })}`
    const mac = createHmac(other.hash ?? 'sha256', other.key ?? key)
    return `${text}.${mac.update(text).digest('base64url')}`
  }
  const statusOf = async (token: string, cookie = ACCESS_COOKIE): Promise<number> =>
    (await server.fastify.inject({ url: '/api/v1/me', cookies: { [cookie]: token } })).statusCode

  return { server, cookies, header, claims, forge, statusOf }
}

describe('an access token', () => {
  it('is taken as it was given, and named by nothing but its session', async () => {
    const { claims, header, forge, statusOf, cookies } = await signedIn()

    expect(await statusOf(cookies[ACCESS_COOKIE] ?? '')).toBe(200)
    expect(await statusOf(forge())).toBe(200)
    expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt' })
    expect(Object.keys(claims).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'sid'])
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(600)
  })

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('is refused unsigned, as alg %s', async (alg) => {
    const { forge, statusOf } = await signedIn()
    const [, body] = forge().split('.')

    for (const signature of ['', 'x', forge().split('.')[2]])
      expect(await statusOf(`${part({ alg, typ: 'at+jwt' })}.${body}.${signature}`)).toBe(401)
  })

  it('is refused with another algorithm, even under our own key', async () => {
    const { forge, statusOf } = await signedIn()

    expect(await statusOf(forge({ header: { alg: 'HS384' }, hash: 'sha384' }))).toBe(401)
    expect(await statusOf(forge({ header: { alg: 'HS512' }, hash: 'sha512' }))).toBe(401)
    expect(await statusOf(forge({ header: { alg: 'HS256' }, hash: 'sha512' }))).toBe(401)
  })

  it('is refused where a key that came with it, or is public, is taken for ours', async () => {
    const { forge, statusOf, claims } = await signedIn()
    const jwk = publicKey.export({ format: 'jwk' })
    const headers = [
      { alg: 'RS256', typ: 'at+jwt' },
      { alg: 'RS256', typ: 'at+jwt', jwk },
      { alg: 'RS256', typ: 'at+jwt', jku: 'https://evil.example/keys' },
      { alg: 'RS256', typ: 'at+jwt', x5u: 'https://evil.example/cert' },
      { alg: 'RS256', typ: 'at+jwt', kid: '../../../../dev/null' },
    ]

    for (const header of headers) {
      const text = `${part(header)}.${part(claims)}`
      const signature = sign('sha256', Buffer.from(text), privateKey).toString('base64url')
      expect(await statusOf(`${text}.${signature}`), JSON.stringify(header)).toBe(401)
    }
    for (const key of [PUBLIC_PEM, '', ' ', 'secret', Buffer.alloc(32)])
      expect(await statusOf(forge({ key }))).toBe(401)
    for (const kid of ['../../../../dev/null', "' OR 1=1 --", 'another'])
      expect(await statusOf(forge({ header: { kid }, key: '' }))).toBe(401)
  })

  it('is refused for another issuer, audience, type, or after its end', async () => {
    const { server, forge, statusOf, claims } = await signedIn()
    const without = (name: string) => ({ [name]: undefined })

    for (const claim of [
      { iss: 'vastrox-ffffff' },
      { aud: 'vastrox-ffffff' },
      { aud: ['somebody'] },
      { exp: Number(claims['iat']) - 1 },
      { exp: 'never' },
      without('iss'),
      without('aud'),
      without('exp'),
      without('sid'),
      { sid: 7 },
      { sid: { id: claims['sid'] } },
      { sid: 'nobody' },
    ])
      expect(await statusOf(forge({ claims: claim })), JSON.stringify(claim)).toBe(401)
    for (const typ of ['JWT', 'rt+jwt', '', undefined])
      expect(await statusOf(forge({ header: { typ } })), String(typ)).toBe(401)
    expect(server.logged).toEqual([])
    server.pass(601_000)
    expect(await statusOf(forge())).toBe(401)
  })

  it('is refused cut short, doubled, or in the place of another', async () => {
    const { server, forge, statusOf, cookies } = await signedIn()
    const [head, body, mac] = forge().split('.')
    const refresh = cookies[REFRESH_COOKIE] ?? ''

    for (const token of [
      '',
      '.',
      '..',
      `${head}.${body}`,
      `${head}.${body}.`,
      `${head}.${body}.${mac}.${mac}`,
      `${head}.${body}.${mac}x`,
      ` ${head}.${body}.${mac} `.trim().toUpperCase(),
      refresh,
    ])
      expect(await statusOf(token), token).toBe(401)
    expect(await statusOf(forge(), REFRESH_COOKIE)).toBe(401)
    expect(await statusOf(forge(), ACCESS_COOKIE.replace('abc123', 'ffffff'))).toBe(401)
    const asRefresh = await server.fastify.inject({
      method: 'POST',
      url: '/api/v1/session/refresh',
      cookies: { [REFRESH_COOKIE]: forge() },
      headers: { host: 'example.com:8443', origin: 'https://example.com:8443' },
    })
    expect(asRefresh.statusCode).toBe(401)
  })
})
