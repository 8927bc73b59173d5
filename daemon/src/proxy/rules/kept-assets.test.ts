import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createRig,
  HOST,
  instanceAt,
  type Rig,
  routeTo,
  snapshotOf,
  until,
} from '#test/proxy/rig.ts'
import { isRefusal, readRequestHead } from '#proxy/head-rules.ts'
import { Instance } from '#proxy/instance.ts'
import { LIMITS } from '#proxy/limits.ts'
import type { ResponseHead } from '#proxy/response-reader.ts'
import { isHashedAsset } from './asset-names.ts'
import { ASSET_LIMITS, assetName, createAssetStore } from './asset-store.ts'
import { createKeptAssets } from './kept-assets.ts'

const SCRIPT = '/assets/index-BxY3k2Zq.js'
const PUBLIC = { 'content-type': 'text/javascript', 'cache-control': 'public, max-age=31536000' }

async function askAt(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  request({ port, path, method, agent: false, headers: { host: HOST, ...headers } }, resolve)
    .on('error', reject)
    .end()
  const response = await promise
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  return { status: response.statusCode, headers: response.headers, text }
}

describe('a name with a hash in it', () => {
  it.each([
    '/assets/index-BxY3k2Zq.js',
    '/assets/index-BxYzkWZq.css',
    '/build/entry.client-4NXYKSTD.js',
    '/_next/static/chunks/main-8d3f1c2a9b0e7f61.js',
    '/_next/static/dfLk3-aFs_0q/_buildManifest.js',
    '/static/js/main.8d3f1c2a.js',
    '/static/js/main.8d3f1c2a.js.map',
    '/css/app.3f2a9c1b.css',
    '/fonts/inter-latin.d4e5f6a7.woff2',
    '/3f2a9c1b8d3f1c2a3f2a9c1b8d3f1c2a.png',
  ])('%s', (path) => expect(isHashedAsset(path)).toBe(true))

  it.each([
    '/',
    '/index.html',
    '/assets/logo.png',
    '/assets/my-component.js',
    '/js/jquery-migrate.js',
    '/report-20250131.pdf',
    '/api/users/8d3f1c2a9b0e7f61',
    '/assets/index-BxY3k2Zq.html',
    '/download/v1.2.3',
  ])('is not %s', (path) => expect(isHashedAsset(path)).toBe(false))
})

describe('an asset of the release before', () => {
  let rig: Rig
  let old: Record<string, RequestListener>
  let asked: string[]
  afterEach(() => rig.end())

  const serve = async (sweepMs = 20) => {
    rig = await createRig({ limits: { sweepMs } })
    old = {}
    asked = []
    const before = await rig.upstream((req, res) => {
      const path = req.url ?? ''
      const listener = old[path]
      if (listener) listener(req, res)
      else res.writeHead(200, PUBLIC).end(`old ${path}`)
    })
    const after = await rig.upstream((req, res) => {
      asked.push(req.url ?? '')
      if (req.url?.startsWith('/new')) res.writeHead(200, PUBLIC).end('new')
      else res.writeHead(404, { 'content-type': 'text/plain' }).end('not here')
    })
    const publish = (port: number, release: number) =>
      rig.publish([
        routeTo([instanceAt(port, `i-${release}`, release)], {
          rules: { keepAssets: true, compress: 'safe' },
        }),
      ])
    await publish(before.port, 1)
    return { toOld: () => publish(before.port, 1), toNew: () => publish(after.port, 2) }
  }
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    askAt(rig.port, path, headers, method)
  const files = async () =>
    (await readdir(join(rig.directory, 'assets'), { recursive: true })).filter((name) =>
      /[0-9a-f]{40}$/.test(name),
    )
  const settle = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await rig.worker.plane.assets.settled()
  }

  it('is given where the live one says 404, and only then', async () => {
    const { toNew } = await serve()
    expect((await ask(SCRIPT)).text).toBe(`old ${SCRIPT}`)
    await until(() => rig.worker.plane.assets !== undefined)
    await waitForFiles(1)
    await toNew()
    await settle()

    const given = await ask(SCRIPT)
    expect(given).toMatchObject({ status: 200, text: `old ${SCRIPT}` })
    expect(given.headers['content-type']).toBe('text/javascript')
    expect(given.headers['cache-control']).toBe('public, max-age=31536000')
    expect(asked).toContain(SCRIPT)
    expect(await ask(SCRIPT, {}, 'HEAD')).toMatchObject({ status: 200, text: '' })
    expect(await ask(SCRIPT, {}, 'DELETE')).toMatchObject({ status: 404, text: 'not here' })
    expect(await ask('/assets/other-BxY3k2Zq.js')).toMatchObject({ status: 404, text: 'not here' })
    expect(await ask('/page')).toMatchObject({ status: 404, text: 'not here' })
    expect((await ask(SCRIPT, { authorization: 'Bearer x' })).status).toBe(404)
  })

  it('is given from the first moment after a switch, before the disk was looked at', async () => {
    const { toNew } = await serve(60_000)
    await ask(SCRIPT)
    await waitForFiles(1)

    await toNew()

    expect(await ask(SCRIPT)).toMatchObject({ status: 200, text: `old ${SCRIPT}` })
  })

  async function waitForFiles(count: number): Promise<void> {
    const since = performance.now()
    while ((await files().catch(() => [])).length < count) {
      if (performance.now() - since > 5_000) throw new Error('nothing was kept')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('is kept with a few queries of each path, however many are made up', async () => {
    const { toNew } = await serve()
    await ask(SCRIPT)
    for (let at = 0; at < 30; at += 1) await ask(`${SCRIPT}?v=${at}`)
    await ask('/assets/other-BxY3k2Zq.js')
    await waitForFiles(10)
    await settle()

    expect(await files()).toHaveLength(10)
    await toNew()
    await settle()
    expect((await ask(SCRIPT)).status).toBe(200)
    expect(await ask(`${SCRIPT}?v=3`)).toMatchObject({ text: `old ${SCRIPT}?v=3` })
    expect((await ask(`${SCRIPT}?v=29`)).status).toBe(404)
  })

  it('is not kept where it may be one person’s own, is no success, or is broken off', async () => {
    const { toNew } = await serve()
    const name = (kind: string) => `/assets/${kind}-BxY3k2Zq.js`
    const say =
      (headers: Record<string, string>, status = 200): RequestListener =>
      (_req, res) => {
        res.writeHead(status, headers).end('mine')
      }
    old = {
      [name('cookie')]: say({ ...PUBLIC, 'set-cookie': 'a=b' }),
      [name('private')]: say({ ...PUBLIC, 'cache-control': 'private' }),
      [name('nostore')]: say({ ...PUBLIC, 'cache-control': 'no-store' }),
      [name('vary')]: say({ ...PUBLIC, vary: 'Cookie' }),
      [name('html')]: say({ 'content-type': 'text/html' }),
      [name('part')]: say(PUBLIC, 206),
      [name('unsaid')]: say({ 'content-type': 'text/javascript' }),
      [name('large')]: (_req, res) => {
        res.writeHead(200, PUBLIC).end(Buffer.alloc(5 * 2 ** 20))
      },
      [name('broken')]: (_req, res) => {
        res.writeHead(200, { ...PUBLIC, 'content-length': '100' })
        res.write('half')
        setTimeout(() => res.destroy(), 20)
      },
    }
    for (const path of Object.keys(old)) await ask(path, { cookie: 'id=1' }).catch(() => undefined)
    await ask('/assets/token-BxY3k2Zq.js', { authorization: 'Bearer x' })
    await ask('/assets/posted-BxY3k2Zq.js', {}, 'POST')
    await ask(SCRIPT)
    await waitForFiles(1)
    await toNew()
    await settle()

    expect(await files()).toHaveLength(1)
    for (const path of Object.keys(old)) expect((await ask(path)).status).toBe(404)
    expect((await ask(SCRIPT)).status).toBe(200)
  })

  it('outlives a restart of the worker, and goes with the release’s return', async () => {
    const { toNew, toOld } = await serve()
    await ask(SCRIPT)
    await waitForFiles(1)
    await toNew()
    await settle()

    const second = await rig.start({ worker: 1 })
    await until(() => rig.adapter.workers().length === 2)
    await until(() => second.generation() === rig.worker.generation())
    await new Promise((resolve) => setTimeout(resolve, 300))
    const given = await askAt(second.ports.http ?? 0, SCRIPT)
    expect([given.status, given.text]).toEqual([200, `old ${SCRIPT}`])
    await second.stop()
    await toOld()
    await settle()
    expect(await readdir(join(rig.directory, 'assets', 'route-1', '1'))).not.toContain('retired')
  })

  it('a large 404 page goes out whole where nothing was kept', async () => {
    await serve()
    await ask(SCRIPT)
    await waitForFiles(1)
    const page = 'x'.repeat(2 * 2 ** 20)
    const { port } = await rig.upstream((_req, res) => res.writeHead(404).end(page))
    await rig.publish([routeTo([instanceAt(port, 'i-3', 3)], { rules: { keepAssets: true } })])
    await settle()

    const answer = await ask('/assets/other-BxY3k2Zq.js')

    expect(answer.status).toBe(404)
    expect(answer.text).toBe(page)
  })
})

describe('kept assets on disk', () => {
  const DAY_MS = 24 * 3_600_000
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-assets-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const asset = (bytes = 10) => ({ headers: ['Content-Type', 'a/b'], body: Buffer.alloc(bytes, 7) })
  const live = (release: number, route = 'r1') => new Map([[route, new Set([release])]])

  it('end a day after their release has', async () => {
    const store = createAssetStore(directory)
    const name = assetName('/a', '')
    const start = Date.now()
    await store.put('r1', 1, name, asset())

    await store.tidy(live(1), start)
    await store.tidy(live(2), start + 1_000)
    expect(await store.get('r1', 1, name, start + DAY_MS)).toEqual(asset())
    await store.tidy(live(2), start + DAY_MS)
    expect(await store.get('r1', 1, name, start + DAY_MS + 2_000)).toBeUndefined()
    await store.tidy(live(2), start + DAY_MS + 2_000)
    expect(await store.releasesOf('r1')).toEqual([])
  })

  it('are removed with their route, and what was cut off while it was written', async () => {
    const store = createAssetStore(directory)
    await store.put('r1', 1, assetName('/a', ''), asset())
    await store.put('r2', 1, assetName('/a', ''), asset())
    await writeFile(join(directory, 'assets', '.half'), 'x')

    await store.tidy(live(1, 'r2'), Date.now() + 120_000)

    expect(await readdir(join(directory, 'assets'))).toEqual(['r2'])
  })

  it('take no more than their share: what is longest unused goes first', async () => {
    const store = createAssetStore(directory, {
      ...ASSET_LIMITS,
      bytesOfRoute: 300,
      bytesInAll: 400,
    })
    const names = ['/a', '/b', '/c'].map((path) => assetName(path, ''))
    for (const name of names) await store.put('r1', 1, name, asset(100))
    for (const name of names) await store.put('r2', 1, name, asset(100))
    // '/a' of r1 is used once more, later than all others were written.
    await store.get('r1', 1, names[0] ?? '', Date.now() + 5_000)

    await store.tidy(
      new Map([
        ['r1', new Set([1])],
        ['r2', new Set([1])],
      ]),
      Date.now(),
    )

    const left = await Promise.all(
      ['r1', 'r2'].map(
        async (route) => (await readdir(join(directory, 'assets', route, '1'))).length,
      ),
    )
    expect((left[0] ?? 0) + (left[1] ?? 0)).toBeLessThanOrEqual(3)
    expect(await store.has('r1', 1, names[0] ?? '')).toBe(true)
  })

  it('that are damaged are not there', async () => {
    const store = createAssetStore(directory)
    const name = assetName('/a', '')
    await store.put('r1', 1, name, asset())
    for (const text of ['', 'no end', '{}\nx', '["odd"]\nx', '[1,2]\nx']) {
      await writeFile(join(directory, 'assets', 'r1', '1', name), text)
      expect(await store.get('r1', 1, name, Date.now())).toBeUndefined()
    }
  })
})

describe('P8 kept assets in memory', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vastrox-assets-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const PATHS = ['a', 'b', 'c', 'd'].map((name) => `/assets/${name}-BxY3k2Zq.js`)
  const GIVEN: ResponseHead = {
    status: 200,
    reason: 'OK',
    headers: [],
    framing: 'chunked',
    contentLength: 0,
    keepAlive: true,
    keepAliveHintMs: undefined,
  }
  const FIELDS = ['Content-Type', 'text/javascript', 'Cache-Control', 'public']
  const target = {
    route: routeTo([instanceAt(1, 'i-2', 2)], { rules: { keepAssets: true } }),
    instances: [],
    rules: undefined,
  }
  const open = () => {
    const store = createAssetStore(directory)
    const memory = { gatheredBytes: 1_000, givenBytes: 250 }
    const said: string[] = []
    const onProblem = (line: string) => void said.push(line)
    const assets = createKeptAssets({ store, memory, tidies: true, soonMs: 0, onProblem })
    assets.follow(snapshotOf([target.route]))
    return { store, assets, said }
  }
  /** A client that takes nothing until it goes away. */
  function visitOf(path: string) {
    const head = readRequestHead(
      { method: 'GET', url: path, httpVersion: '1.1', rawHeaders: ['Host', HOST] },
      LIMITS,
    )
    if (isRefusal(head)) throw new Error(head.reason)
    const closing: (() => void)[] = []
    return {
      head,
      instance: new Instance('app', instanceAt(1, 'i-2', 2), LIMITS),
      marks: undefined,
      res: {
        destroyed: false,
        once: (_event: 'close', listener: () => void) => closing.push(listener),
      },
      leave: () => {
        for (const listener of closing) listener()
      },
    }
  }

  it('are gathered up to a limit, however many clients ask at once and then stand still', async () => {
    const { store, assets, said } = open()
    const visits = PATHS.map(visitOf)
    const keepers = visits.map((visit) => assets.keeper(visit, target, GIVEN, FIELDS))

    for (const keeper of keepers) keeper?.write(Buffer.alloc(400))
    expect(assets.held.gathered).toBe(800)
    keepers[0]?.end()
    for (const visit of visits) visit.leave()

    expect(assets.held.gathered).toBe(0)
    const name = (at: number) => assetName(PATHS[at] ?? '', '')
    const since = performance.now()
    while (!(await store.has('route-1', 2, name(0))) && performance.now() - since < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await store.has('route-1', 2, name(0))).toBe(true)
    expect(await store.has('route-1', 2, name(1))).toBe(false)
    expect(said).toEqual([])
  })

  it('are given up to a limit; the app’s own 404 goes to whoever asks beyond it', async () => {
    const { store, assets } = open()
    const asset = { headers: FIELDS, body: Buffer.alloc(100, 7) }
    for (const path of PATHS) await store.put('route-1', 1, assetName(path, ''), asset)
    assets.sweep()
    await assets.settled()
    const visits = PATHS.map(visitOf)

    const given = []
    for (const visit of visits) given.push(await assets.find(visit, target))
    expect(given.map((found) => found?.body.length)).toEqual([100, 100, 100, undefined])
    visits[0]?.leave()
    expect((await assets.find(visitOf(PATHS[3] ?? ''), target))?.body.length).toBe(100)
    expect(assets.held.given).toBe(300)
  })
})
