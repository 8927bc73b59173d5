import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createRig,
  HOST,
  instanceAt,
  type Rig,
  routeTo,
  sendRaw,
  statusesOf,
} from '#test/proxy/rig.ts'

const get = (host: string, path = '/', fields: string[] = []): string =>
  `${[`GET ${path} HTTP/1.1`, `Host: ${host}`, ...fields].join('\r\n')}\r\n\r\n`

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4)

describe('finding the route', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await createRig()
    const named = async (name: string) =>
      instanceAt((await rig.upstream((_req, res) => res.end(name))).port, name)
    await rig.publish([
      routeTo([await named('root')], { id: '1' }),
      routeTo([await named('api')], { id: '2', pathPrefix: '/api' }),
      routeTo([await named('deep')], { id: '3', pathPrefix: '/api/deep/' }),
      routeTo([await named('other')], { id: '4', host: 'other.test', pathPrefix: '/only' }),
    ])
  })
  afterAll(() => rig.end())

  it.each([
    [HOST, '/', 'root'],
    [HOST, '/api', 'api'],
    [HOST, '/api?x=/api/deep/', 'api'],
    [HOST, '/api/', 'api'],
    [HOST, '/apis', 'root'],
    [HOST, '/api/deep', 'api'],
    [HOST, '/api/deep/x', 'deep'],
    ['OTHER.test:81', '/only/x', 'other'],
  ])('%s%s goes to %s', async (host, path, name) => {
    expect(bodyOf((await sendRaw(rig.port, get(host, path), 150)).text)).toBe(name)
  })

  it.each([
    ['other.test', '/'],
    ['sub.app.test', '/'],
    ['127.0.0.1', '/'],
    ['', '/'],
    ['constructor', '/'],
    ['__proto__', '/'],
  ])('%s%s has no app', async (host, path) => {
    expect(statusesOf((await sendRaw(rig.port, get(host, path), 150)).text)).toEqual([404])
  })

  it('P12 says so in HTML to browsers, in JSON to programs that ask for it, else in plain words', async () => {
    const ask = (accept: string) =>
      sendRaw(rig.port, get('<b>.test', '/', [`Accept: ${accept}`]).replace('<b>', 'b'), 150)
    const html = (await ask('text/html,application/xhtml+xml')).text
    const json = (await ask('application/json')).text
    const plain = (await ask('*/*')).text

    expect(html).toMatch(/Content-Type: text\/html[^]*<h1>No app here<\/h1>/)
    expect(JSON.parse(bodyOf(json))).toMatchObject({ error: { title: 'No app here' } })
    expect(bodyOf(plain)).toMatch(/^No app here\. .*\n$/)
    for (const text of [html, json, plain]) {
      expect(text).toMatch(/Cache-Control: no-store/)
      expect(text).not.toMatch(/127\.0\.0\.1|node|stack trace|vastrox|\d+\.\d+\.\d+/i)
    }
  })
})

describe('routes in other states', () => {
  let rig: Rig
  afterEach(() => rig.end())

  it.each(['starting', 'stopped'] as const)(
    '%s gives 503 and says when to come again',
    async (state) => {
      rig = await createRig()
      await rig.publish([routeTo([], { state })])

      const { text } = await sendRaw(rig.port, get(HOST), 150)

      expect(statusesOf(text)).toEqual([503])
      expect(text).toMatch(/Retry-After: \d+/)
    },
  )

  it('serving without an instance gives 503 too', async () => {
    rig = await createRig()
    await rig.publish([routeTo([])])

    expect(statusesOf((await sendRaw(rig.port, get(HOST), 150)).text)).toEqual([503])
  })

  it('redirects to HTTPS with method and query, and names the port where it is unusual', async () => {
    rig = await createRig()
    await rig.publish([routeTo([], { redirectToHttps: true })])
    const usual = (await sendRaw(rig.port, get(`${HOST}:8080`, '/a?b=c'), 150)).text
    await rig.publish([routeTo([], { redirectToHttps: true })], {
      settings: { httpsPort: 8444, baseDomain: 'test', trustedProxies: [] },
    })
    const unusual = (await sendRaw(rig.port, get(HOST, '/a?b=c'), 150)).text

    expect(statusesOf(usual)).toEqual([308])
    expect(usual).toContain(`Location: https://${HOST}/a?b=c\r\n`)
    expect(unusual).toContain(`Location: https://${HOST}:8444/a?b=c\r\n`)
  })

  it('R9 answers exactly the tokens of the snapshot, before redirects and apps', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((_req, res) => res.end('the app'))
    await rig.publish([routeTo([instanceAt(port)])], {
      challenges: [{ token: 'token-1', keyAuthorization: 'token-1.thumb' }],
    })
    const ask = async (path: string, method = 'GET', host = HOST) =>
      (await sendRaw(rig.port, get(host, path).replace('GET', method), 150)).text
    const well = '/.well-known/acme-challenge/'

    const right = await ask(`${well}token-1`)
    expect(right).toMatch(/Content-Type: text\/plain\r\n/)
    expect(bodyOf(right)).toBe('token-1.thumb')
    expect(bodyOf(await ask(`${well}token-1`, 'GET', 'not-yet-routed.test'))).toBe('token-1.thumb')
    expect(bodyOf(await ask(`${well}token-1`, 'HEAD'))).toBe('')
    for (const text of [
      await ask(`${well}token-2`),
      await ask(`${well}token-1/`),
      await ask(well),
      await ask(`${well}token-1`, 'POST'),
    ])
      expect(bodyOf(text)).toBe('the app')
  })
})

describe('a star', () => {
  let rig: Rig
  afterEach(() => rig.end())

  it('stands for one label, and gives way to a name of its own', async () => {
    rig = await createRig()
    const star = await rig.upstream((_req, res) => res.end('star'))
    const own = await rig.upstream((_req, res) => res.end('own'))
    await rig.publish([
      routeTo([instanceAt(star.port)], { id: 'r1', host: '*.example.test' }),
      routeTo([instanceAt(own.port)], { id: 'r2', host: 'shop.example.test' }),
    ])
    const ask = async (host: string) => (await sendRaw(rig.port, get(host), 150)).text

    expect(bodyOf(await ask('a.example.test'))).toBe('star')
    expect(bodyOf(await ask('shop.example.test'))).toBe('own')
    for (const host of ['example.test', 'a.b.example.test', 'aexample.test'])
      expect(statusesOf(await ask(host))).toEqual([404])
  })
})

describe('a look from outside', () => {
  let rig: Rig
  afterEach(() => rig.end())

  it('is answered with what only this installation knows, under the host that was asked for', async () => {
    rig = await createRig()
    const { port } = await rig.upstream((_req, res) => res.end('the app'))
    const reachKey = 'ab'.repeat(32)
    const settings = { httpsPort: 443, baseDomain: 'test', trustedProxies: [], reachKey }
    await rig.publish([routeTo([instanceAt(port)])], { settings })
    const ask = async (path: string, host = HOST) =>
      (await sendRaw(rig.port, get(host, path), 150)).text
    const nonce = '0123456789abcdef0123456789abcdef'
    const path = `/.well-known/vastrox-reach/${nonce}`
    const expected = (host: string) =>
      createHmac('sha256', Buffer.from(reachKey, 'hex'))
        .update(`vastrox-reach|${host}|${nonce}`)
        .digest('hex')

    expect(bodyOf(await ask(path))).toBe(expected(HOST))
    expect(bodyOf(await ask(path, 'not-yet-routed.test'))).toBe(expected('not-yet-routed.test'))
    for (const other of ['/.well-known/vastrox-reach/', `${path}0`, path.toUpperCase(), `${path}/`])
      expect(bodyOf(await ask(other))).toBe('the app')
    await rig.publish([routeTo([instanceAt(port)])])
    expect(bodyOf(await ask(path))).toBe('the app')
  })
})

describe('choosing an instance', () => {
  let rig: Rig
  afterEach(() => rig.end())

  it('spreads requests, and sends none to the one that is busy', async () => {
    rig = await createRig()
    const answered: string[] = []
    const named = async (name: string) =>
      instanceAt(
        (
          await rig.upstream((req, res) => {
            if (req.url === '/slow') return
            answered.push(name)
            res.end(name)
          })
        ).port,
        name,
      )
    await rig.publish([routeTo([await named('a'), await named('b')])])

    for (let turn = 0; turn < 10; turn += 1) await sendRaw(rig.port, get(HOST), 20)
    expect(new Set(answered)).toEqual(new Set(['a', 'b']))
    const slow = sendRaw(rig.port, get(HOST, '/slow'), 1_500)
    answered.length = 0
    for (let turn = 0; turn < 10; turn += 1) await sendRaw(rig.port, get(HOST), 20)

    expect(new Set(answered).size).toBe(1)
    await slow
  })
})
