import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { readStickyKey } from '#proxy/sticky.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, sendRaw, until } from '#test/proxy/rig.ts'

let rig: Rig
afterEach(() => rig.end())

const DEAD_PORT = 1

const get = (...fields: string[]): string =>
  `${['GET / HTTP/1.1', `Host: ${HOST}`, 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`

const bodyOf = (text: string): string => /([a-z]+)(?:\r\n0\r\n\r\n)?$/.exec(text)?.[1] ?? ''

/** An app of which each instance says its name. */
async function instances(...names: string[]) {
  const specs = []
  for (const name of names) {
    const { port } = await rig.upstream((_req, res) => res.end(name))
    specs.push(instanceAt(port, name))
  }
  return specs
}

describe('instances of an app', () => {
  it('get the next request where the fewest are under way', async () => {
    rig = await createRig()
    const counts = { slow: 0, quick: 0 }
    const slow = await rig.upstream(() => {
      counts.slow += 1
    })
    const quick = await rig.upstream((_req, res) => {
      counts.quick += 1
      res.end('quick')
    })
    await rig.publish([routeTo([instanceAt(slow.port), instanceAt(quick.port)])])
    const held = Array.from({ length: 2 }, () => connect(rig.port, '127.0.0.1'))
    for (const socket of held) socket.write(get())
    await until(() => counts.slow === 1)

    for (let turn = 0; turn < 10; turn += 1) await sendRaw(rig.port, get(), 2_000)

    expect(counts.slow).toBe(1)
    expect(counts.quick).toBeGreaterThanOrEqual(10)
    for (const socket of held) socket.destroy()
  })

  it('are left aside when they refuse, longer each time, and come back by themselves', async () => {
    rig = await createRig({ limits: { refusedPauseMs: 200, refusedPauseMaxMs: 400 } })
    const counts: { connectFailures: number }[] = []
    rig.adapter.onCounts((each) => counts.push(...each))
    const [well] = await instances('well')
    const { server, port } = await rig.upstream((_req, res) => res.end('back'))
    await new Promise((resolve) => server.close(resolve))
    await rig.publish([routeTo([instanceAt(port, 'ill'), ...(well ? [well] : [])])])
    const ask = async (): Promise<string> => bodyOf((await sendRaw(rig.port, get(), 2_000)).text)

    for (let turn = 0; turn < 20; turn += 1) expect(await ask()).toBe('well')
    const ill = rig.worker.plane.balancer.find(instanceAt(port, 'ill'))
    expect(ill?.isAside(performance.now())).toBe(true)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    await sleep(450)

    const answers = new Set<string>()
    for (let turn = 0; turn < 6; turn += 1) answers.add(await ask())
    expect(answers).toEqual(new Set(['well', 'back']))
    expect(ill?.isAside(performance.now())).toBe(false)
  })

  it('are left aside when they do not answer in time, and not for one slow page', async () => {
    rig = await createRig({
      limits: { responseHeadTimeoutMs: 300, sweepMs: 50, refusedPauseMs: 5_000 },
    })
    const silent = await rig.upstream(() => undefined)
    const partly = await rig.upstream((req, res) => {
      if (req.url === '/') res.end('partly')
    })
    await rig.publish([routeTo([instanceAt(silent.port), instanceAt(partly.port)])])
    const both = [instanceAt(silent.port), instanceAt(partly.port)].map((spec) =>
      rig.worker.plane.balancer.find(spec),
    )

    const slowPage = get().replace('/ ', '/slow ')
    await Promise.all([
      sendRaw(rig.port, slowPage, 3_000),
      sendRaw(rig.port, slowPage, 3_000),
      sleep(100).then(() => sendRaw(rig.port, get(), 3_000)),
      sleep(100).then(() => sendRaw(rig.port, get(), 3_000)),
    ])

    expect(both.map((each) => each?.isAside(performance.now()))).toEqual([true, false])
    for (let turn = 0; turn < 5; turn += 1)
      expect(bodyOf((await sendRaw(rig.port, get(), 2_000)).text)).toBe('partly')
  })

  it('are all tried when all are ill', async () => {
    rig = await createRig({ limits: { connectBudgetMs: 300 } })
    const [well] = await instances('well')
    await rig.publish([routeTo([instanceAt(DEAD_PORT, 'one'), instanceAt(DEAD_PORT, 'two')])])
    expect((await sendRaw(rig.port, get(), 3_000)).text).toContain(' 502 ')

    await rig.publish([routeTo([instanceAt(DEAD_PORT, 'one'), ...(well ? [well] : [])])])
    expect(bodyOf((await sendRaw(rig.port, get(), 3_000)).text)).toBe('well')
  })
})

describe('sticky sessions', () => {
  const cookieOf = (text: string): string | undefined =>
    /^Set-Cookie: (vastrox-route=[^;\r]+)/im.exec(text)?.[1]

  it('keep a visitor with the instance that answered first, until it is gone', async () => {
    rig = await createRig()
    const all = await instances('one', 'two', 'three')
    const sticky = { rules: { sticky: true } }
    await rig.publish([routeTo(all, sticky)])
    const first = (await sendRaw(rig.port, get(), 2_000)).text
    const cookie = cookieOf(first) ?? 'none'

    expect(first).toMatch(/^Set-Cookie: [^\r]*; Path=\/; HttpOnly; SameSite=Lax\r/im)
    expect(cookie).not.toMatch(/one|two|three|127/)
    for (let turn = 0; turn < 6; turn += 1) {
      const { text } = await sendRaw(rig.port, get(`Cookie: a=b; ${cookie}; c=d`), 2_000)
      expect(bodyOf(text)).toBe(bodyOf(first))
      expect(cookieOf(text)).toBeUndefined()
    }

    await rig.publish([
      routeTo(
        all.filter(({ name }) => name !== bodyOf(first)),
        sticky,
      ),
    ])
    const { text } = await sendRaw(rig.port, get(`Cookie: ${cookie}`), 2_000)
    expect(bodyOf(text)).not.toBe(bodyOf(first))
    expect(cookieOf(text)).toMatch(/^vastrox-route=/)
    expect(cookieOf(text)).not.toBe(cookie)
  })

  it('fall over to another instance while theirs refuses, and show the app no cookie of ours', async () => {
    rig = await createRig()
    const cookies: (string | undefined)[] = []
    const answer = (name: string) =>
      rig.upstream((req, res) => {
        cookies.push(req.headers.cookie)
        res.end(name)
      })
    const [one, two] = [await answer('one'), await answer('two')]
    await rig.publish([
      routeTo([instanceAt(one.port), instanceAt(two.port)], { rules: { sticky: true } }),
    ])
    const first = (await sendRaw(rig.port, get(), 2_000)).text
    const cookie = cookieOf(first) ?? 'none'
    const [mine, other] = bodyOf(first) === 'one' ? [one, 'two'] : [two, 'one']
    mine.server.closeAllConnections()
    await new Promise((resolve) => mine.server.close(resolve))

    const { text } = await sendRaw(rig.port, get(`Cookie: x=y; ${cookie}`), 2_000)

    expect(bodyOf(text)).toBe(other)
    expect(cookieOf(text)).not.toBe(cookie)
    await sendRaw(rig.port, get(`Cookie: ${cookieOf(text)}`), 2_000)
    await sendRaw(rig.port, get('Cookie: vastrox-route=made-up'), 2_000)
    expect(cookies).toEqual([undefined, 'x=y', undefined, undefined])
  })

  it('are marked by a key that is made once and shared by all workers', async () => {
    rig = await createRig()
    const directory = await mkdtemp(join(tmpdir(), 'vastrox-sticky-'))
    onTestFinished(() => rm(directory, { recursive: true }))

    const keys = await Promise.all(Array.from({ length: 8 }, () => readStickyKey(directory)))

    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
    expect(keys[0]).toEqual(await readFile(join(directory, 'sticky.key')))
    expect((await stat(join(directory, 'sticky.key'))).mode & 0o777).toBe(0o600)
  })
})
