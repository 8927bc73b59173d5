import { afterEach, describe, expect, it } from 'vitest'
import { hashWithScrypt } from '#lib/scrypt-hash.ts'
import type { RouteRules } from '#ports/route-rules.ts'
import {
  createRig,
  HOST,
  instanceAt,
  type Rig,
  routeTo,
  sendRaw,
  statusesOf,
  until,
} from '#test/proxy/rig.ts'

/** The end of the connection ends the wait; this is for when something hangs. */
const QUIET_MS = 5_000

const ask = (path = '/', lines: string[] = [], method = 'GET'): string =>
  [`${method} ${path} HTTP/1.1`, `Host: ${HOST}`, ...lines, '', ''].join('\r\n')

const headerOf = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)\r$`, 'im').exec(text)?.[1]

const basic = (name: string, password: string): string =>
  `Authorization: Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

describe('rules for requests', () => {
  let rig: Rig
  let seen: { url: string; headers: NodeJS.Dict<string | string[]> }[]
  afterEach(() => rig.end())

  async function serve(
    rules: RouteRules,
    { pathPrefix = '/', trusted = [] as string[], state = 'serving' as const } = {},
  ) {
    rig = await createRig()
    seen = []
    const { port } = await rig.upstream((req, res) => {
      seen.push({ url: req.url ?? '', headers: req.headers })
      if (req.url === '/slow') return
      res.end('the app')
    })
    const publish = (changed: RouteRules) =>
      rig.publish([routeTo([instanceAt(port)], { rules: changed, pathPrefix, state })], {
        settings: { httpsPort: 8443, baseDomain: 'test', trustedProxies: trusted },
      })
    await publish(rules)
    const text = async (path?: string, lines: string[] = [], method?: string) =>
      (await sendRaw(rig.port, ask(path, ['Connection: close', ...lines], method), QUIET_MS)).text
    return { text, publish }
  }

  it('P3 takes the prefix off, tells it, and lets no client tell it', async () => {
    const { text } = await serve({ stripPrefix: true }, { pathPrefix: '/api' })

    for (const path of ['/api', '/api/', '/api?q=1', '/api/x/y?q=/api/z', '/api//x'])
      await text(path, ['X-Forwarded-Prefix: /evil'])

    expect(seen.map(({ url }) => url)).toEqual(['/', '/', '/?q=1', '/x/y?q=/api/z', '//x'])
    expect(new Set(seen.map(({ headers }) => headers['x-forwarded-prefix']))).toEqual(
      new Set(['/api']),
    )
  })

  it('sends a whole host on to another, with path, query and method', async () => {
    const { text } = await serve({ redirectHost: 'www.app.test' })

    const answer = await text('/a?b=c')

    expect(statusesOf(answer)).toEqual([308])
    expect(headerOf(answer, 'Location')).toBe('http://www.app.test/a?b=c')
    expect(seen).toEqual([])
  })

  it('sends who opens a page by a name from before on, for this time only', async () => {
    const { text } = await serve({ visitorsTo: 'shop.new.test' })

    const answer = await text('/a?b=c')

    expect(headerOf(answer, 'Location')).toBe('http://shop.new.test/a?b=c')
    expect(headerOf(answer, 'Cache-Control')).toBe('no-store')
    await text('/a', ['Sec-Fetch-Mode: cors'])
    expect(seen.map(({ url }) => url)).toEqual(['/a'])
  })

  it('redirects what fits first, keeps queries, and names no host that a visitor chose', async () => {
    const { text } = await serve({
      redirects: [
        { from: '/old', to: '/new', status: 301 },
        { from: '/docs/*', to: 'https://docs.test/v2/*', status: 302 },
        { from: '/docs/special', to: '/never', status: 301 },
        { from: '/up/*', to: '/*', status: 307 },
        { from: '/all/*', to: '/one?from=all#top', status: 308 },
        { from: '/same/*', to: '/same/*', status: 308 },
        { from: '/far', to: 'https://docs.test/日本\ud800\u010a', status: 308 },
      ],
    })
    const went = async (path: string) => {
      const answer = await text(path)
      return [statusesOf(answer)[0], headerOf(answer, 'Location')]
    }

    // What no header field may hold is written as an address has it, and ends no connection.
    expect(await went('/far')).toEqual([308, 'https://docs.test/%E6%97%A5%E6%9C%AC%EF%BF%BD%C4%8A'])
    expect(await went('/old?a=1')).toEqual([301, '/new?a=1'])
    expect(await went('/old/x')).toEqual([200, undefined])
    expect(await went('/docs/special?q')).toEqual([302, 'https://docs.test/v2/special?q'])
    expect(await went('/docs')).toEqual([302, 'https://docs.test/v2/'])
    expect(await went('/docsy')).toEqual([200, undefined])
    expect(await went('/up//evil.test/x')).toEqual([307, '/evil.test/x'])
    expect(await went('/all/x?b=2')).toEqual([308, '/one?from=all&b=2#top'])
    expect(await went('/same/x')).toEqual([200, undefined])
  })

  it('a password that was right before a hold is no key to what the route has become', async () => {
    const users = async (password: string) => ({
      realm: 'app',
      users: [{ name: 'ada', hash: await hashWithScrypt(password) }],
    })
    const [one, other] = await Promise.all([users('first-secret'), users('other-secret')])
    const { text } = await serve({ basicAuth: one })
    const become = (basicAuth: typeof one, state: 'held' | 'serving') =>
      rig.publish([routeTo([instanceAt(1)], { rules: { basicAuth }, state })])
    const ask = async (last: typeof one): Promise<number[]> => {
      await become(one, 'held')
      const answer = text('/', [basic('ada', 'first-secret')])
      await until(() => rig.worker.plane.hold.size === 1)
      await become(last, 'serving')
      return statusesOf(await answer)
    }

    expect(await ask(other)).toEqual([401])
    // Nobody listens there: what matters is that it is asked.
    expect(await ask(one)).toEqual([502])
  })

  it('P3 lets in by the address of the visitor: the peer, or whom a trusted proxy names', async () => {
    const { text, publish } = await serve({ allow: ['10.1.0.0/16', '2001:db8::/32'] })

    expect(statusesOf(await text())).toEqual([403])
    expect(statusesOf(await text('/', ['X-Forwarded-For: 10.1.2.3']))).toEqual([403])
    await publish({ allow: ['127.0.0.0/8'] })
    expect(statusesOf(await text())).toEqual([200])
    await publish({ allow: ['127.0.0.0/8'], deny: ['127.0.0.1'] })
    expect(statusesOf(await text())).toEqual([403])
    await rig.end()

    const behind = await serve(
      { allow: ['10.1.0.0/16', '2001:db8::/32'] },
      { trusted: ['127.0.0.1'] },
    )
    expect(statusesOf(await behind.text('/', ['X-Forwarded-For: 10.1.2.3']))).toEqual([200])
    expect(statusesOf(await behind.text('/', ['X-Forwarded-For: 2001:db8::7']))).toEqual([200])
    expect(statusesOf(await behind.text('/', ['X-Forwarded-For: 10.2.2.3']))).toEqual([403])
    expect(statusesOf(await behind.text('/', ['X-Forwarded-For: 10.1.2.3, 8.8.8.8']))).toEqual([
      403,
    ])
  })

  it('shows the page of the maintenance to browsers, says when to come again, and lets some pass', async () => {
    const maintenance = { html: '<h1>Soon &amp; better</h1>', allow: [], retryAfterS: 1_800 }
    const { text, publish } = await serve({ maintenance })

    const browser = await text('/', ['Accept: text/html'])
    const program = await text('/', ['Accept: application/json'])
    expect(statusesOf(browser)).toEqual([503])
    expect(headerOf(browser, 'Retry-After')).toBe('1800')
    expect(headerOf(browser, 'Cache-Control')).toBe('no-store')
    expect(browser).toContain('<h1>Soon &amp; better</h1>')
    expect(statusesOf(program)).toEqual([503])
    expect(program).toContain('"title":"Back soon"')
    expect(seen).toEqual([])
    await publish({ maintenance: { ...maintenance, allow: ['127.0.0.1/32'] } })
    expect(statusesOf(await text())).toEqual([200])
  })

  it('takes so many requests of a client at once and then so many a second, and says when to come again', async () => {
    const { text } = await serve({ rate: { perSecond: 0.05, burst: 3 } })

    const answers = []
    for (let turn = 0; turn < 5; turn += 1) answers.push(await text())

    expect(answers.map((answer) => statusesOf(answer)[0])).toEqual([200, 200, 200, 429, 429])
    expect(Number(headerOf(answers[4] ?? '', 'Retry-After'))).toBeGreaterThan(1)
    expect(seen).toHaveLength(3)
  })

  it('lets so many requests be under way, and the next in when one has ended', async () => {
    const { text } = await serve({ concurrent: 1 })

    const slow = sendRaw(rig.port, ask('/slow'), 1_200)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const refused = await text()
    await slow

    expect(statusesOf(refused)).toEqual([503])
    expect(headerOf(refused, 'Retry-After')).toBe('1')
    expect(statusesOf(await text())).toEqual([200])
    expect(rig.worker.plane.clientLimits.underWay('app')).toBe(0)
  })

  it('asks for a password, knows it again without looking, and keeps it from the app', async () => {
    const hash = await hashWithScrypt('right: one')
    const { text } = await serve({
      basicAuth: { realm: 'hello', users: [{ name: 'ann', hash }] },
    })
    const { doorkeeper } = rig.worker.plane

    const asked = await text()
    expect(statusesOf(asked)).toEqual([401])
    expect(headerOf(asked, 'WWW-Authenticate')).toBe('Basic realm="hello", charset="UTF-8"')
    for (const line of ['Authorization: Bearer x', 'Authorization: Basic !', basic('ann', 'wrong')])
      expect(statusesOf(await text('/', [line]))).toEqual([401])
    expect(statusesOf(await text('/', [basic('bob', 'right: one')]))).toEqual([401])
    const looked = doorkeeper.looked
    for (let turn = 0; turn < 5; turn += 1)
      expect(statusesOf(await text('/', [basic('ann', 'right: one')]))).toEqual([200])
    expect(statusesOf(await text('/', [basic('ann', 'wrong')]))).toEqual([401])

    expect(doorkeeper.looked).toBe(looked + 1)
    expect(seen).toHaveLength(5)
    for (const { headers } of seen) expect(headers['authorization']).toBeUndefined()
  })

  it('looks at ten guesses of a client a minute, and still lets in who is known', async () => {
    const hash = await hashWithScrypt('right')
    const { text } = await serve({ basicAuth: { realm: 'x', users: [{ name: 'ann', hash }] } })
    expect(statusesOf(await text('/', [basic('ann', 'right')]))).toEqual([200])

    const guesses = Array.from({ length: 100 }, (_, at) => ask('/', [basic('ann', `guess ${at}`)]))
    const { text: answers } = await sendRaw(rig.port, guesses.slice(0, 30).join(''), 4_000)

    expect(statusesOf(answers).filter((status) => status === 401)).toHaveLength(10)
    expect(statusesOf(answers).filter((status) => status === 429)).toHaveLength(20)
    expect(rig.worker.plane.doorkeeper.looked).toBe(11)
    expect(statusesOf(await text('/', [basic('ann', 'right')]))).toEqual([200])
  })

  it('an upload that is refused is answered, and its connection ends', async () => {
    const { text } = await serve({ deny: ['127.0.0.1'] })

    const answer = await text('/', ['Content-Length: 100000'], 'POST')

    expect(statusesOf(answer)).toEqual([403])
    expect(headerOf(answer, 'Connection')).toBe('close')
  })
})
