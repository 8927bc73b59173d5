import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  ACK,
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
import type { Limits } from './limits.ts'

const CANCEL = 8
const ENHANCE_YOUR_CALM = 11

let rig: Rig
let client: FramesClient | undefined
afterEach(async () => {
  client?.socket.destroy()
  await rig.end()
})

/** An app that counts what reaches it, and keeps everybody waiting unless it is told otherwise. */
async function countingApp(answers: boolean, limits: Partial<Limits> = {}) {
  rig = await createRig({ https: true, limits })
  const seen = { requests: 0, aborted: 0 }
  const { port } = await rig.upstream((req, res) => {
    seen.requests += 1
    req.once('close', () => {
      if (!res.writableFinished) seen.aborted += 1
    })
    if (answers) res.end('hello')
  })
  await rig.publish([routeTo([instanceAt(port)])], {
    certificates: [{ id: 'one', hosts: [HOST], ...createDefaultCertificate(new Date()) }],
  })
  return seen
}

const request = (stream: number, extra: [string, string][] = []): Buffer =>
  frame(FRAME.headers, END_HEADERS | END_STREAM, stream, block([...GET(HOST), ...extra]))

/** What came through may not grow any more after the connection has gone. */
async function settled(seen: { requests: number }): Promise<number> {
  await until(() => client?.closed === true, 10_000)
  await sleep(300)
  return seen.requests
}

describe('P9 floods of HTTP/2', () => {
  it.each([true, false])(
    'rapid reset, each request with its reset: at most 100 reach an app (it answers: %s)',
    async (answers) => {
      const seen = await countingApp(answers)
      client = await openFrames(rig.httpsPort, HOST)

      for (let stream = 1; stream < 20_000 && !client.closed; stream += 2) {
        client.write(request(stream), resetOf(stream, CANCEL))
        if (stream % 201 === 0) await sleep(1)
      }

      expect(await settled(seen)).toBeLessThanOrEqual(100)
      expect(client.goaway()).toBe(ENHANCE_YOUR_CALM)
      expect(rig.worker.counters.http2Floods).toBe(1)
    },
  )

  it('rapid reset by a client that waits until each request has arrived: at most 100 reach an app', async () => {
    const seen = await countingApp(false)
    client = await openFrames(rig.httpsPort, HOST)

    for (let stream = 1; stream < 1_000 && !client.closed; stream += 2) {
      const before = seen.requests
      client.write(request(stream))
      await until(() => seen.requests > before || client?.closed === true)
      client.write(resetOf(stream, CANCEL))
    }

    expect(await settled(seen)).toBeLessThanOrEqual(100)
    await until(() => seen.aborted === seen.requests)
  })

  it('rapid reset in waves of as many streams as may be open: at most 100 reach an app', async () => {
    const seen = await countingApp(false)
    client = await openFrames(rig.httpsPort, HOST)
    const odd = (from: number, count: number): number[] =>
      Array.from({ length: count }, (_, index) => from + index * 2)

    client.write(...odd(1, 100).map((stream) => request(stream)))
    await until(() => seen.requests === 100)
    client.write(...odd(1, 50).map((stream) => resetOf(stream, CANCEL)))
    await sleep(200)
    client.write(...odd(201, 50).map((stream) => request(stream)))
    await sleep(200)
    expect(client.closed).toBe(false)
    client.write(...odd(101, 50).map((stream) => resetOf(stream, CANCEL)))

    expect(await settled(seen)).toBe(100)
  })

  it('resets that we are made to send count as well', async () => {
    const seen = await countingApp(false)
    client = await openFrames(rig.httpsPort, HOST)

    // A window that would grow beyond its limit is an error of the stream: the server resets it.
    for (let stream = 1; stream < 1_000 && !client.closed; stream += 2) {
      const before = seen.requests
      client.write(request(stream))
      await until(() => seen.requests > before || client?.closed === true)
      client.write(windowUpdate(stream, 0x7fffffff))
      await sleep(1)
    }

    expect(await settled(seen)).toBeLessThanOrEqual(100)
  })

  it('a head without an end: none reaches an app, and the connection is closed', async () => {
    const seen = await countingApp(true)
    client = await openFrames(rig.httpsPort, HOST)

    client.write(frame(FRAME.headers, END_STREAM, 1, block(GET(HOST))))
    for (let turn = 0; turn < 2_000 && !client.closed; turn += 1) {
      client.write(frame(FRAME.continuation, 0, 1, block([['x-more', 'y'.repeat(200)]])))
      if (turn % 50 === 0) await sleep(1)
    }

    expect(await settled(seen)).toBe(0)
  })

  it('empty pieces of a head: the same', async () => {
    const seen = await countingApp(true)
    client = await openFrames(rig.httpsPort, HOST)

    client.write(frame(FRAME.headers, END_STREAM, 1, block(GET(HOST))))
    for (let turn = 0; turn < 2_000 && !client.closed; turn += 1) {
      client.write(frame(FRAME.continuation, 0, 1))
      if (turn % 50 === 0) await sleep(1)
    }

    expect(await settled(seen)).toBe(0)
  })

  it.each([
    ['a few bytes too many', 5, 'Header too large'],
    ['two hundred times its size', 200, undefined],
  ])('a head that has %s when it is unpacked reaches no app', async (_name, times, said) => {
    const seen = await countingApp(true)
    client = await openFrames(rig.httpsPort, HOST)
    // One field of 4,000 bytes goes into the table; each byte after that repeats it.
    const bomb = Buffer.concat([
      block(GET(HOST)),
      Buffer.from([0x40]),
      block([['x-bomb', 'b'.repeat(4_000)]]).subarray(1),
      Buffer.alloc(times, 0xbe),
    ])

    client.write(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, bomb))

    await until(() => client?.of(FRAME.data, 1).length === 1 || client?.resetOf(1) !== undefined)
    expect(client.of(FRAME.data, 1)[0]?.payload.toString().slice(0, 16)).toBe(said)
    expect(seen.requests).toBe(0)
  })

  it.each([
    ['pings', frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
    ['settings', frame(FRAME.settings, 0, 0, setting(4, 65_535))],
    ['frames that are not allowed', frame(FRAME.windowUpdate, 0, 1, Buffer.alloc(4))],
    ['answers to settings that nobody sent', frame(FRAME.settings, ACK, 0)],
  ])('%s without end close the connection', async (_name, bytes) => {
    const seen = await countingApp(true)
    client = await openFrames(rig.httpsPort, HOST)

    for (let turn = 0; turn < 3_000 && !client.closed; turn += 1) {
      client.write(bytes)
      if (turn % 50 === 0) await sleep(1)
    }

    await until(() => client?.closed === true)
    expect(seen.requests).toBe(0)
  })

  it('streams of one address are limited, over all of its connections', async () => {
    const seen = await countingApp(false, { countLoopback: true, http2StreamsPerAddress: 30 })
    const clients = await Promise.all([1, 2].map(() => openFrames(rig.httpsPort, HOST)))

    for (const each of clients)
      each.write(...Array.from({ length: 20 }, (_, index) => request(index * 2 + 1)))

    await until(() => clients.flatMap((each) => each.of(FRAME.rstStream)).length === 10)
    await until(() => seen.requests === 30)
    for (const each of clients) each.socket.destroy()
    await until(() => seen.aborted === 30)
    client = await openFrames(rig.httpsPort, HOST)
    client.write(request(1))
    await until(() => seen.requests === 31)
    expect(client.of(FRAME.rstStream)).toEqual([])
  })
})
