import { createServer, type Server } from 'node:http'
import { CodedError } from '@vastrox/shared/errors.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createReachAnswers } from '#proxy/reach-answers.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createDnsServer, type DnsServer, type Zone } from '#test/dns-server.ts'
import { createHarness, type Harness } from '#test/harness.ts'
import { createTestDomains, type TestDomains } from '#test/test-domains.ts'

const KEY = '22'.repeat(32)
const US = '127.0.0.1'
/** For documentation: nothing is ever sent there, as the guard refuses them. */
const ELSEWHERE = '203.0.113.9'
const AT_PROVIDER: Zone = {
  'example.com': { NS: ['ns.example.net'] },
  'ns.example.net': { A: ['127.0.0.1'] },
}
const NEVER = new AbortController().signal

let resolver: DnsServer
let provider: DnsServer
let web: Server
let asked: string[]
let answers: ReturnType<typeof createReachAnswers>
let harness: Harness
let domains: TestDomains
let shut: number[]

beforeEach(async () => {
  resolver = await createDnsServer(AT_PROVIDER, { ttl: 1_800 })
  provider = await createDnsServer({})
  answers = createReachAnswers(KEY)
  asked = []
  shut = []
  web = createServer((req, res) => {
    asked.push(`${req.headers.host} ${req.url}`)
    const text = answers(req.method ?? '', req.headers.host ?? '', req.url ?? '')
    if (text === undefined) res.writeHead(404, { server: 'nginx/1.26' })
    res.end(text ?? 'somebody else')
  })
  await new Promise<void>((resolve) => web.listen(0, '0.0.0.0', resolve))
  const address = web.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  harness = createHarness()
  const audit = createAuditLog({
    audit: createAuditStore(harness.db),
    clock: harness.clock,
    key: Buffer.alloc(32, 7),
  })
  domains = createTestDomains(harness, {
    audit,
    checks: {
      dnsServers: [resolver.address],
      zonePort: provider.port,
      httpPort: port,
      httpsPort: port,
    },
    publicAddress: US,
    interfaces: [US],
    reachKey: KEY,
    shutPorts: () => shut,
  })
  harness.addApp()
  await harness.start()
})
afterEach(async () => {
  await domains.stop()
  web.closeAllConnections()
  await Promise.all([resolver.close(), provider.close(), new Promise((done) => web.close(done))])
})

/** Both sides say it, as it is when nothing was changed lately. */
function dns(zone: Zone): void {
  resolver.set(zone)
  provider.set(zone)
}

async function check(host = 'www.example.com') {
  await domains.service
    .add(harness.actor, 'hello', { host, redirectTo: null, withCounterpart: false, prove: false })
    .catch((error: unknown) => {
      if (!(error instanceof CodedError) || error.code !== 'DOMAIN_TAKEN') throw error
    })
  await harness.clock.pass(5_000)
  const { check: found } = await domains.service.check(harness.actor, 'hello', host, NEVER)
  if (!found) throw new Error('it was not looked at')
  const [worst] = found.findings
  return { ...found, code: worst?.code, said: `${worst?.message} ${worst?.hint}` }
}

const preflight = (host = 'www.example.com', challenge: 'http-01' | 'dns-01' = 'http-01') =>
  domains.preflight(host, { challenge, caaDomains: ['letsencrypt.org'] }, NEVER)

describe('a domain that leads here', () => {
  it('is ready, and its records are right', async () => {
    dns({ 'www.example.com': { A: [US] } })

    expect(await check()).toMatchObject({ state: 'ready', summary: 'www.example.com leads here.' })
    expect(await preflight()).toEqual({ ok: true })
    expect(asked[0]).toMatch(/^www\.example\.com \/\.well-known\/vastrox-reach\/[0-9a-f]{32}$/)
  })

  it('may be a CNAME of another, and a star', async () => {
    dns({
      'www.example.com': { CNAME: ['example.com'] },
      'example.com': { NS: ['ns.example.net'], A: [US] },
      '*.example.com': { A: [US] },
    })

    expect(await check()).toMatchObject({ state: 'ready' })
    const star = await check('*.example.com')
    expect(star).toMatchObject({ state: 'ready', code: 'wildcard' })
    expect(await preflight('*.example.com')).toMatchObject({ ok: false, code: 'wildcard' })
    expect(await preflight('*.example.com', 'dns-01')).toEqual({ ok: true })
  })

  it('counts by what its provider says, whatever resolvers remember', async () => {
    dns({ 'www.example.com': { A: [US] } })
    resolver.set({ 'www.example.com': { A: [ELSEWHERE] } })

    const found = await check()

    expect(found.state).toBe('ready')
    expect(found.said).toMatch(
      /provider already says 127\.0\.0\.1; resolvers still say 203\.0\.113\.9, for up to 30 minutes/,
    )
    expect(await preflight()).toEqual({ ok: true })
  })
})

describe('a domain that does not lead here is told why (rule R5: no call to a CA)', () => {
  it.each<[string, Zone, string, RegExp]>([
    ['no record', {}, 'no-record', /no record for www\.example\.com yet.*Make the record/],
    [
      'a record that leads elsewhere',
      { 'www.example.com': { A: [ELSEWHERE] } },
      'elsewhere',
      /leads to 203\.0\.113\.9/,
    ],
    [
      'IPv6 that leads elsewhere',
      { 'www.example.com': { A: [US], AAAA: ['2001:db8::9'] } },
      'split',
      /also elsewhere: 2001:db8::9.*Remove the AAAA record/,
    ],
    [
      'a private address that is not ours',
      { 'www.example.com': { A: ['10.0.0.5'] } },
      'private-address',
      /10\.0\.0\.5, an address of a private network/,
    ],
    [
      'a CNAME to itself',
      { 'www.example.com': { CNAME: ['www.example.com'] } },
      'cname-loop',
      /leads back to itself/,
    ],
    [
      'CNAMEs in a circle',
      {
        'www.example.com': { CNAME: ['a.example.com'] },
        'a.example.com': { CNAME: ['b.example.com'] },
        'b.example.com': { CNAME: ['a.example.com'] },
      },
      'cname-loop',
      /a\.example\.com → b\.example\.com/,
    ],
    [
      'a CNAME to nowhere',
      { 'www.example.com': { CNAME: ['gone.example.com'] } },
      'cname-nowhere',
      /gone\.example\.com has no address/,
    ],
    ['an error of the DNS', { 'www.example.com': 'servfail' }, 'servfail', /SERVFAIL.*DNSSEC/],
  ])('%s', async (_what, zone, code, words) => {
    dns(zone)

    const found = await check()

    expect(found.code).toBe(code)
    expect(found.said).toMatch(words)
    expect(['waiting', 'wrong']).toContain(found.state)
    expect(await preflight()).toMatchObject({
      ok: false,
      code,
      message: expect.stringMatching(/./),
      hint: expect.stringMatching(/./),
    })
    expect(domains.wanted).toEqual(['www.example.com'])
  })

  it('a name that nobody has registered', async () => {
    const found = await check('www.no-such-name.net')

    expect(found).toMatchObject({ state: 'waiting', code: 'not-registered' })
    expect(found.said).toMatch(/no name servers of no-such-name\.net were found/)
  })

  it('DNSSEC that does not fit: the provider answers, resolvers refuse it', async () => {
    dns({ 'www.example.com': { A: [US] } })
    resolver.set({ 'www.example.com': 'servfail' })

    const found = await check()

    expect(found).toMatchObject({ state: 'wrong', code: 'dnssec' })
    expect(found.said).toMatch(/DS record at the registrar/)
    expect(await preflight()).toMatchObject({ ok: false, code: 'dnssec' })
  })

  it('another program at port 80 of this server', async () => {
    answers = createReachAnswers(undefined)
    dns({ 'www.example.com': { A: [US] } })

    const found = await check()

    expect(found).toMatchObject({ state: 'wrong', code: 'port-80' })
    expect(found.said).toMatch(/is answered by another program \(nginx\/1\.26\)/)
    expect(await preflight()).toMatchObject({ ok: false, code: 'port-80' })
  })

  it('another Vastrox', async () => {
    answers = createReachAnswers('33'.repeat(32))
    dns({ 'www.example.com': { A: [US] } })

    expect((await check()).said).toMatch(/another Vastrox/)
  })

  it('our own firewall', async () => {
    answers = createReachAnswers(undefined)
    shut = [80]
    dns({ 'www.example.com': { A: [US] } })

    expect(await check()).toMatchObject({ code: 'firewall-shut' })
  })
})

describe('CAA records (RFC 8659)', () => {
  it.each<[string, string[], RegExp]>([
    ['name another issuer', ['0 issue pki.goog'], /allow only pki\.goog/],
    ['name nobody', ['0 issue ;'], /let nobody issue/],
    ['name the issuer among others', ['0 issue pki.goog', '0 issue letsencrypt.org'], /^nothing$/],
    ['speak of stars alone', ['0 issuewild ;'], /^nothing$/],
    [
      'allow another way of proof',
      ['0 issue letsencrypt.org; validationmethods=dns-01'],
      /only by dns-01/,
    ],
    ['have a critical tag that nobody knows', ['128 future x'], /critical/],
    ['only say whom to write to', ['0 iodef mailto:a@example.com'], /^nothing$/],
  ])('that %s', async (_what, records, words) => {
    dns({
      'example.com': { NS: ['ns.example.net'], CAA: records },
      'www.example.com': { A: [US] },
    })

    const found = await check()
    const answer = await preflight()

    const caa = found.findings.find(({ code }) => code === 'caa')
    expect(caa?.message ?? 'nothing').toMatch(words)
    expect(answer).toMatchObject(caa ? { ok: false, code: 'caa' } : { ok: true })
  })

  it('for stars: issuewild goes before issue', async () => {
    dns({
      'example.com': {
        NS: ['ns.example.net'],
        CAA: ['0 issue letsencrypt.org', '0 issuewild pki.goog'],
      },
    })

    expect(await preflight('*.example.com', 'dns-01')).toMatchObject({ ok: false, code: 'caa' })
    expect(await preflight('example.com', 'dns-01')).toEqual({ ok: true })
  })
})

describe('what is asked is no way into private networks (rule C11)', () => {
  it('connects to no address but public ones and our own', async () => {
    dns({ 'www.example.com': { A: ['127.0.0.2', '127.0.0.3'], AAAA: ['::ffff:127.0.0.2'] } })

    await check()

    expect(asked).toEqual([])
  })

  it('asks no name server at a private address', async () => {
    const inside = await createDnsServer({ 'www.example.com': { A: [ELSEWHERE] } }, { port: 0 })
    resolver.set({ 'ns.example.net': { A: ['10.0.0.53', '169.254.169.254'] } })
    resolver.set({ 'www.example.com': { A: [US] } })

    expect(await check()).toMatchObject({ state: 'ready' })
    expect(provider.asked).toEqual([])
    await inside.close()
  })
})

describe('name servers that do not answer', () => {
  it('of a zone leave what resolvers say', { timeout: 60_000 }, async () => {
    resolver.set({ 'www.example.com': { A: [US] } })
    provider.set({ 'www.example.com': 'silent' })

    expect(await check()).toMatchObject({ state: 'ready' })
  })

  it('of this server are told of, and nothing is concluded from them', async () => {
    await resolver.close()

    const found = await check()

    expect(found).toMatchObject({ state: 'waiting', code: 'no-answer' })
    expect(found.said).toMatch(/resolv\.conf/)
    resolver = await createDnsServer({})
  })
})

describe('a domain that waits', () => {
  it('is looked at by itself, and asks for its certificate within seconds of its record', async () => {
    const found = await check()
    expect(found.state).toBe('waiting')
    domains.wanted.length = 0
    const events: string[] = []
    harness.events.subscribe(harness.actor.teamId, null, ({ type }) => events.push(type))

    dns({ 'www.example.com': { A: [US] } })
    for (let step = 0; step < 20 && domains.wanted.length === 0; step += 1) {
      await harness.clock.pass(1_000)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }

    expect(domains.wanted).toEqual(['www.example.com'])
    expect(domains.service.list(harness.actor, 'hello')).toMatchObject([
      { check: { state: 'ready' } },
    ])
    expect(events).toContain('domains.changed')
  })
})
