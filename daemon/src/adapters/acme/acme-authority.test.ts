import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AuthorityError } from '#ports/certificate-authority.ts'
import { createTestIssuer } from '#test/acme/issue.ts'
import { certificateIn } from '#test/certificate.ts'
import { listen } from '#test/proxy/rig.ts'
import { createAcmeAuthority } from './acme-authority.ts'
import { createAcmeHttp } from './acme-http.ts'
import { renewalIdOf } from './renewal-id.ts'

const NOW = new Date('2026-11-26T12:00:00Z')
const newKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

const Jws = z.object({ protected: z.string(), payload: z.string(), signature: z.string() })
const Head = z.object({ nonce: z.string(), url: z.string(), kid: z.string().optional() })
const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())

type Answer = (req: IncomingMessage, res: ServerResponse, body: string) => void

describe('a CA as it may answer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-acme-'))
  const { cert, key } = certificateIn(folder)
  const account = { keyPem: newKey(), url: 'https://ca/account/1' }
  const issuer = createTestIssuer()
  let server: Server
  let base = ''
  let nonces = 0
  let asked: { method: string; url: string; body: string }[]
  let answers: Map<string, Answer>
  beforeEach(async () => {
    asked = []
    nonces = 0
    answers = new Map()
    server = createServer({ cert, key }, (req, res) => {
      void text(req).then((body) => {
        asked.push({ method: req.method ?? '', url: req.url ?? '', body })
        res.setHeader('Replay-Nonce', `nonce-${(nonces += 1)}`)
        const answer = answers.get(req.url ?? '')
        if (answer) answer(req, res, body)
        else if (req.url === '/dir') res.end(JSON.stringify(directory()))
        else res.end()
      })
    })
    base = `https://127.0.0.1:${await listen(server)}`
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const directory = () => ({
    newNonce: `${base}/nonce`,
    newAccount: `${base}/account`,
    newOrder: `${base}/order`,
    renewalInfo: `${base}/info`,
    meta: { profiles: { classic: 'as ever' }, caaIdentities: ['ca.example'] },
  })

  const open = (callMs = 10_000) =>
    createAcmeAuthority(
      { directoryUrl: `${base}/dir`, caPem: cert },
      {
        userAgent: 'Vastrox/test',
        now: () => NOW,
        http: createAcmeHttp({ caPem: cert, userAgent: 'Vastrox/test', callMs }),
      },
    )
  const signal = (): AbortSignal => AbortSignal.timeout(30_000)
  const wish = { names: ['a.example', '192.0.2.1'], profile: 'classic', replacesPem: undefined }
  const order = () => ({
    status: 'pending',
    authorizations: [],
    finalize: `${base}/finalize`,
    identifiers: [],
  })
  const refuse =
    (status: number, problem: object, headers: Record<string, string> = {}): Answer =>
    (_req, res) => {
      res.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers })
      res.end(JSON.stringify(problem))
    }
  const failed = (work: Promise<unknown>): Promise<AuthorityError> =>
    work.then(
      () => {
        throw new Error('it did not fail')
      },
      (error: unknown) => {
        if (error instanceof AuthorityError) return error
        throw error
      },
    )

  it('is asked with requests that are signed by the account, with the nonces of its replies', async () => {
    answers.set('/order', (_req, res) => {
      res.writeHead(201, { Location: `${base}/order/7` })
      res.end(JSON.stringify(order()))
    })
    const authority = open()
    await authority.newOrder(account, wish, signal())
    await authority.newOrder(account, wish, signal())

    expect(asked.filter(({ url }) => url === '/nonce')).toHaveLength(1)
    const jws = Jws.parse(JSON.parse(asked.findLast(({ url }) => url === '/order')?.body ?? ''))
    expect(Head.parse(decoded(jws.protected))).toMatchObject({
      kid: account.url,
      url: `${base}/order`,
      nonce: expect.stringMatching(/^nonce-\d+$/),
    })
    expect(decoded(jws.payload)).toEqual({
      identifiers: [
        { type: 'dns', value: 'a.example' },
        { type: 'ip', value: '192.0.2.1' },
      ],
      profile: 'classic',
    })
    const isSigned = verify(
      'sha256',
      Buffer.from(`${jws.protected}.${jws.payload}`),
      { key: createPublicKey(account.keyPem), dsaEncoding: 'ieee-p1363' },
      Buffer.from(jws.signature, 'base64url'),
    )
    expect(isSigned).toBe(true)
  })

  it('may refuse nonce after nonce, and gets the same request with the next one', async () => {
    let refused = 0
    answers.set('/order', (req, res, body) => {
      if ((refused += 1) <= 12)
        refuse(400, { type: 'urn:ietf:params:acme:error:badNonce' })(req, res, body)
      else {
        res.writeHead(201, { Location: `${base}/order/7` })
        res.end(JSON.stringify(order()))
      }
    })

    await expect(open().newOrder(account, wish, signal())).resolves.toMatchObject({
      url: `${base}/order/7`,
    })
    const sent = asked.filter(({ url }) => url === '/order')
    const used = sent.map(
      ({ body }) => Head.parse(decoded(Jws.parse(JSON.parse(body)).protected)).nonce,
    )
    expect(new Set(used).size).toBe(13)
  })

  it.each([
    ['120', 120_000],
    ['Thu, 26 Nov 2026 12:30:00 GMT', 1_800_000],
    ['nonsense', undefined],
  ])('is left alone for as long as "Retry-After: %s" says', async (header, ms) => {
    answers.set(
      '/order',
      refuse(
        429,
        { type: 'urn:ietf:params:acme:error:rateLimited', detail: 'too many certificates' },
        { 'Retry-After': header },
      ),
    )
    const error = await failed(open().newOrder(account, wish, signal()))

    expect(error.isRateLimited).toBe(true)
    expect(error.retryAfterMs).toBe(ms)
    expect(error.problem).toEqual({
      type: 'rateLimited',
      detail: 'too many certificates',
      status: 429,
      subproblems: [],
    })
  })

  it('says what is wrong with which name, and it is kept word for word', async () => {
    answers.set(
      '/order',
      refuse(403, {
        type: 'urn:ietf:params:acme:error:rejectedIdentifier',
        detail: 'some names are refused',
        subproblems: [
          {
            type: 'urn:ietf:params:acme:error:caa',
            detail: 'CAA forbids it',
            identifier: { type: 'dns', value: 'a.example' },
          },
        ],
      }),
    )
    const error = await failed(open().newOrder(account, wish, signal()))

    expect(error.isOutage).toBe(false)
    expect(error.problem?.subproblems).toEqual([
      { type: 'caa', detail: 'CAA forbids it', name: 'a.example' },
    ])
  })

  it.each<[string, Answer]>([
    ['HTML', (_req, res) => void res.writeHead(200).end('<html>hello</html>')],
    ['a page of a proxy', (_req, res) => void res.writeHead(502).end('<html>bad gateway</html>')],
    [
      'half an answer',
      (_req, res) => {
        res.writeHead(200, { 'Content-Length': '1000' })
        res.write('{')
        setTimeout(() => res.destroy(), 20)
      },
    ],
    [
      'an answer without an end',
      (_req, res) => {
        res.writeHead(200)
        const write = (): void => {
          while (!res.destroyed && res.write(Buffer.alloc(65_536)));
          if (!res.destroyed) res.once('drain', write)
        }
        res.on('error', () => undefined)
        write()
      },
    ],
  ])('that gives %s is away, and nothing else is made of it', async (_what, answer) => {
    answers.set('/dir', answer)

    expect((await failed(open().directory(signal()))).isOutage).toBe(true)
  })

  it('that says nothing is given up after its time', async () => {
    answers.set('/dir', () => undefined)
    const error = await failed(open(200).directory(signal()))

    expect(error.isOutage).toBe(true)
    expect(error.message).toContain('no answer within 0.2 s')
  })

  it('is not followed elsewhere, and not asked without HTTPS', async () => {
    answers.set('/dir', (_req, res) => void res.writeHead(302, { Location: `${base}/other` }).end())
    expect((await failed(open().directory(signal()))).problem?.status).toBe(302)
    expect(asked.map(({ url }) => url)).toEqual(['/dir'])

    const http = createAcmeHttp({ caPem: undefined, userAgent: 'x' })
    await expect(http.send('GET', 'http://127.0.0.1/', {}, signal())).rejects.toThrow('no HTTPS')
  })

  it('is not believed by who does not know its CA', async () => {
    const http = createAcmeHttp({ caPem: undefined, userAgent: 'x' })

    await expect(http.send('GET', `${base}/dir`, {}, signal())).rejects.toThrow('self-signed')
  })

  it('gives another chain where that is preferred', async () => {
    const leafKey = newKey()
    const other = createTestIssuer('Old Root')
    const chain = (of: typeof issuer): string =>
      of.issue(leafKey, ['a.example'], NOW, new Date(NOW.getTime() + 1e9))
    answers.set('/cert', (_req, res) => {
      res.setHeader('Link', [`<${base}/dir>;rel="index"`, '</cert/1>;rel="alternate"'])
      res.end(chain(issuer))
    })
    answers.set('/cert/1', (_req, res) => void res.end(chain(other)))
    const download = (preferred: string | undefined) =>
      open().download(account, `${base}/cert`, preferred, signal())

    expect(await download(undefined)).toContain(issuer.certificatePem.trim())
    expect(await download('Old Root')).toContain(other.certificatePem.trim())
    expect(await download('No Such Root')).toContain(issuer.certificatePem.trim())
  })

  it('is asked when to renew by issuer and serial number (RFC 9773)', async () => {
    const pem = issuer.issue(newKey(), ['a.example'], NOW, new Date(NOW.getTime() + 1e9))
    const id = renewalIdOf(pem) ?? ''
    expect(id).toMatch(/^[A-Za-z0-9_-]{27}\.[A-Za-z0-9_-]{22}$/)
    answers.set(`/info/${id}`, (_req, res) => {
      res.setHeader('Retry-After', '21600')
      res.end(
        JSON.stringify({
          suggestedWindow: { start: '2026-12-01T00:00:00Z', end: '2026-12-02T00:00:00Z' },
        }),
      )
    })

    expect(await open().renewalInfo(pem, signal())).toEqual({
      start: new Date('2026-12-01T00:00:00Z'),
      end: new Date('2026-12-02T00:00:00Z'),
      explanationUrl: undefined,
      retryAfterMs: 21_600_000,
    })
  })
})
