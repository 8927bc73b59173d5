import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, openSession, publishTo } from '#test/proxy/http2-client.ts'
import { createRig, HOST, type Rig, until } from '#test/proxy/rig.ts'

let rig: Rig
beforeEach(async () => {
  rig = await createRig({ https: true })
})
afterEach(() => rig.end())

describe('the end of HTTP/2 connections', () => {
  it('a worker that stops answers what is under way and says goodbye', async () => {
    const waiting: (() => void)[] = []
    const { port } = await rig.upstream((_req, res) => {
      waiting.push(() => res.end('at last'))
    })
    await publishTo(rig, port)
    const busy = openSession(rig)
    const idle = openSession(rig)
    const first = ask(busy)
    await until(() => waiting.length === 1)
    const second = ask(idle)
    await until(() => waiting.length === 2)
    waiting[1]?.()
    await second
    const goodbyes: number[] = []
    for (const session of [busy, idle]) session.on('goaway', (code) => goodbyes.push(code))

    const stopped = rig.worker.stop()
    await until(() => goodbyes.length === 2)
    expect(goodbyes).toEqual([0, 0])
    waiting[0]?.()

    expect(await first).toMatchObject({ status: 200, body: 'at last', code: 0 })
    await stopped
    expect(rig.worker.plane.swept.size).toBe(0)
  })

  it('a worker that stops under load answers whatever an app has seen, and nothing of the rest was begun', async () => {
    const seen: string[] = []
    const { port } = await rig.upstream((req, res) => {
      seen.push(req.url ?? '')
      setTimeout(() => res.end('done'), 20)
    })
    await publishTo(rig, port)
    const session = openSession(rig)
    const answered: string[] = []
    const asked: Promise<void>[] = []
    const send = async (path: string): Promise<void> => {
      const { status, body } = await ask(session, { ':path': path })
      if (status === 200 && body === 'done') answered.push(path)
    }
    for (let turn = 0; turn < 10; turn += 1) asked.push(send(`/early-${turn}`))
    await until(() => seen.length === 10)

    const stopped = rig.worker.stop()
    for (let turn = 0; turn < 400 && !session.closed; turn += 1) {
      asked.push(send(`/late-${turn}`))
      if (turn % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await Promise.all([...asked, stopped])

    expect(answered.length).toBeGreaterThanOrEqual(10)
    expect(answered.toSorted()).toEqual(seen.toSorted())
  })

  it('a worker that stops cuts after the drain limit what does not end', async () => {
    await rig.end()
    rig = await createRig({ https: true, limits: { drainMs: 300, lingerMs: 200 } })
    let asked = 0
    const { port } = await rig.upstream(() => {
      asked += 1
    })
    await publishTo(rig, port)
    const answer = ask(openSession(rig))
    await until(() => asked === 1)

    await rig.worker.stop()

    expect((await answer).status).toBe(503)
  })

  it('comes at any moment of their beginning, and hurts nobody', async () => {
    const { port } = await rig.upstream((_req, res) => res.end('page'))
    await publishTo(rig, port)
    const options = { port: rig.httpsPort, host: '127.0.0.1', servername: HOST }
    for (let turn = 0; turn < 60; turn += 1) {
      const socket = connect({ ...options, ALPNProtocols: ['h2'], rejectUnauthorized: false })
      socket.on('error', () => undefined)
      const bytes = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')
      if (turn % 3 === 0) setTimeout(() => socket.destroy(), turn / 6)
      else
        socket.once('secureConnect', () => {
          if (turn % 3 === 1) socket.destroy()
          else socket.end(bytes.subarray(0, turn))
        })
    }

    await new Promise((resolve) => setTimeout(resolve, 300))

    expect((await ask(openSession(rig))).body).toBe('page')
    expect(rig.said).toEqual([])
  })
})
