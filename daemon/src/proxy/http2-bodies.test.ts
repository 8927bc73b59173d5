import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import {
  block,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  type FramesClient,
  GET,
  openFrames,
  resetOf,
  setting,
  windowUpdate,
} from '#test/proxy/http2-frames.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, until } from '#test/proxy/rig.ts'
import { createDefaultCertificate } from './default-certificate.ts'

const INITIAL_WINDOW = 4
const CANCEL = 8

const LIMITS = {
  sweepMs: 50,
  stalledClientMs: 1_500,
  bodyRateWindowMs: 1_000,
  bodyRateBytes: 100,
  responseHeadTimeoutMs: 5_000,
  keepAliveTimeoutMs: 2_000,
  drainMs: 2_000,
}
/** Most of these wait for a limit to be up: they do so beside each other, each with a rig of its own. */
const ends: (() => Promise<void>)[] = []
afterAll(() => Promise.all(ends.map((end) => end())))

interface Own {
  rig: Rig
  /** A client, gone with the rig. */
  open: (settings?: Buffer) => Promise<FramesClient>
}

async function ownRig(): Promise<Own> {
  const rig = await createRig({ https: true, limits: LIMITS })
  const clients: FramesClient[] = []
  ends.push(async () => {
    for (const client of clients) client.socket.destroy()
    await rig.end()
  })
  return {
    rig,
    async open(settings) {
      const client = await openFrames(rig.httpsPort, HOST, settings)
      clients.push(client)
      return client
    },
  }
}

/** What an app got of each request: its body, and whether it came to an end. */
async function recordingApp({ rig }: Own, answer: string | Buffer = 'thanks', changes = {}) {
  const seen: { body: string; complete: boolean; gone: boolean }[] = []
  const { port } = await rig.upstream((req: IncomingMessage, res) => {
    const entry = { body: '', complete: false, gone: false }
    seen.push(entry)
    req.on('data', (chunk: Buffer) => {
      entry.body += chunk.toString()
    })
    req.on('end', () => {
      entry.complete = true
      res.end(answer)
    })
    res.on('close', () => {
      entry.gone = !res.writableFinished
    })
  })
  await rig.publish([routeTo([instanceAt(port)], changes)], {
    certificates: [{ id: 'one', hosts: [HOST], ...createDefaultCertificate(new Date()) }],
  })
  return seen
}

const post = (stream: number, extra: [string, string][] = []): Buffer => {
  const [, ...rest] = GET(HOST)
  return frame(FRAME.headers, END_HEADERS, stream, block([[':method', 'POST'], ...rest, ...extra]))
}
const data = (stream: number, text: string | Buffer, end = false): Buffer =>
  frame(FRAME.data, end ? END_STREAM : 0, stream, text)
const get = (stream: number): Buffer =>
  frame(FRAME.headers, END_HEADERS | END_STREAM, stream, block(GET(HOST)))

describe.concurrent('bodies over HTTP/2', () => {
  it.each([
    ['no error', 0],
    ['cancel', CANCEL],
  ])('P9 that are broken off by a reset (%s) never look whole to the app', async (_name, code) => {
    const own = await ownRig()
    const seen = await recordingApp(own)
    const client = await own.open()

    client.write(post(1), data(1, 'half of '))
    await until(() => seen[0]?.body === 'half of ')
    client.write(resetOf(1, code))

    await until(() => seen[0]?.gone === true)
    expect(seen).toEqual([{ body: 'half of ', complete: false, gone: true }])
    client.write(post(3), data(3, 'whole', true))
    await until(() => client.status(3) === 200)
    expect(seen[1]).toMatchObject({ body: 'whole', complete: true })
  })

  it('P9 a HEAD that brings a body and breaks it off does not look whole either', async () => {
    const own = await ownRig()
    const seen = await recordingApp(own)
    const client = await own.open()
    const [, ...rest] = GET(HOST)

    client.write(
      frame(FRAME.headers, END_HEADERS, 1, block([[':method', 'HEAD'], ...rest])),
      data(1, 'half'),
    )
    await until(() => seen[0]?.body === 'half')
    client.write(resetOf(1, 0))

    await until(() => seen[0]?.gone === true)
    expect(seen[0]?.complete).toBe(false)
  })

  it.each([
    ['shorter', 'hell', true],
    ['longer', 'hello and more', true],
    ['longer, before its end', 'hello and more', false],
  ])(
    'P9 that are %s than they say are errors, and not whole to the app',
    async (_name, text, end) => {
      const own = await ownRig()
      const seen = await recordingApp(own)
      const client = await own.open()

      client.write(post(1, [['content-length', '5']]), data(1, text, end))

      await until(() => client.resetOf(1) !== undefined || client.closed)
      expect(client.resetOf(1) ?? client.goaway()).toBeGreaterThan(0)
      await sleep(100)
      expect(seen.filter(({ complete }) => complete)).toEqual([])
    },
  )

  it('P9 a length with no body at all is an error, and reaches no app', async () => {
    const own = await ownRig()
    const seen = await recordingApp(own)
    const client = await own.open()

    client.write(
      frame(
        FRAME.headers,
        END_HEADERS | END_STREAM,
        1,
        block([...GET(HOST), ['content-length', '5']]),
      ),
    )

    await until(() => client.resetOf(1) !== undefined || client.closed)
    expect(seen).toEqual([])
  })

  it('P8 that come too slowly are answered with 408, and the connection serves on', async () => {
    const own = await ownRig()
    const seen = await recordingApp(own)
    const client = await own.open()

    client.write(post(1))
    const dribble = setInterval(() => client.write(data(1, 'x')), 40)
    await until(() => (client.of(FRAME.data, 1).length ?? 0) > 0)
    clearInterval(dribble)

    expect(client.of(FRAME.data, 1)[0]?.payload.toString()).toMatch(/^Too slow/)
    await until(() => seen[0]?.gone === true)
    client.write(get(3))
    await until(() => client.status(3) === 200)
    expect(client.closed).toBe(false)
  })

  it('that are too large are answered with 413 before they have come', async () => {
    const own = await ownRig()
    const seen = await recordingApp(own, 'thanks', { maxBodyBytes: 1_000 })
    const client = await own.open()

    client.write(post(1), data(1, Buffer.alloc(800)))
    await until(() => seen[0]?.body.length === 800)
    client.write(data(1, Buffer.alloc(800)))

    await until(() => (client.of(FRAME.data, 1).length ?? 0) > 0)
    expect(client.of(FRAME.data, 1)[0]?.payload.toString()).toMatch(/^Too large/)
    await until(() => client.resetOf(1) === 0)
    expect(seen[0]?.complete).toBe(false)
  })

  it('P8 an answer that nobody takes is given up, alone', async () => {
    const own = await ownRig()
    const seen = await recordingApp(own, Buffer.alloc(1_000_000))
    const client = await own.open(setting(INITIAL_WINDOW, 0))

    client.write(get(1))
    await until(() => seen.length === 1)

    await until(() => client.resetOf(1) !== undefined)
    expect(client.resetOf(1)).toBeGreaterThan(0)
    client.write(get(3), windowUpdate(3, 10_000_000), windowUpdate(0, 10_000_000))
    await until(() => client.of(FRAME.data, 3).some(({ flags }) => flags === END_STREAM))
    expect(own.rig.worker.plane.swept.size).toBe(0)
  })

  it('P8 an answer that is all written and never taken is given up as well', async () => {
    const own = await ownRig()
    await recordingApp(own, 'thanks')
    const client = await own.open(setting(INITIAL_WINDOW, 0))

    client.write(get(1))

    await until(() => client.resetOf(1) !== undefined)
    await until(() => own.rig.worker.plane.swept.size === 0)
    expect(client.closed).toBe(false)
  })

  it('P8 a connection on which nothing is asked is closed', async () => {
    const own = await ownRig()
    await recordingApp(own)
    const client = await own.open()
    client.write(get(1))
    await until(() => client.status(1) === 200)
    // Frames that ask for nothing keep nothing open.
    const pings = setInterval(() => client.write(frame(FRAME.ping, 0, 0, Buffer.alloc(8))), 50)

    await until(() => client.closed)

    clearInterval(pings)
    expect(client.goaway()).toBe(0)
  })

  it('large ones pass both ways without being kept whole', async () => {
    const own = await ownRig()
    const seen = await recordingApp(own, Buffer.alloc(5_000_000, 'b'))
    const client = await own.open(setting(INITIAL_WINDOW, 10_000_000))
    client.write(windowUpdate(0, 10_000_000))

    client.write(post(1))
    let sent = 0
    const credit = (): number =>
      262_144 +
      (client.of(FRAME.windowUpdate, 1) ?? []).reduce(
        (sum, { payload }) => sum + payload.readUInt32BE(0),
        0,
      )
    while (sent < 2_000_000) {
      await until(() => credit() - sent >= 16_384)
      client.write(data(1, Buffer.alloc(16_384, 'a')))
      sent += 16_384
    }
    client.write(data(1, '', true))

    await until(() => client.of(FRAME.data, 1).some(({ flags }) => flags === END_STREAM))
    expect(seen[0]?.body.length).toBe(sent)
    expect(client.of(FRAME.data, 1).reduce((sum, { payload }) => sum + payload.length, 0)).toBe(
      5_000_000,
    )
  })

  it('an app that does not read holds the client back', async () => {
    const own = await ownRig()
    const { rig } = own
    const { port } = await rig.rawUpstream((socket) => socket.pause())
    await rig.publish([routeTo([instanceAt(port)])], {
      certificates: [{ id: 'one', hosts: [HOST], ...createDefaultCertificate(new Date()) }],
    })
    const client = await own.open()
    client.write(post(1))
    let sent = 0
    const credit = (): number =>
      262_144 +
      (client.of(FRAME.windowUpdate, 1) ?? []).reduce(
        (sum, { payload }) => sum + payload.readUInt32BE(0),
        0,
      )
    while (sent < 60 * 2 ** 20) {
      if (credit() - sent < 16_384) {
        await sleep(250)
        if (credit() - sent < 16_384) break
      }
      client.write(data(1, Buffer.alloc(16_384, 'a')))
      sent += 16_384
      if (sent % 1_048_576 === 0) await sleep(1)
    }

    expect(sent).toBeLessThan(30 * 2 ** 20)
  })
})
