import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
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

const CONNECT = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n'

let rig: Rig
afterEach(() => rig.end())

/** Whatever the worker throws outside of a request ends it, and fails this file. */
async function client(
  bytes: string,
  onAnswer: (socket: Socket) => void = () => undefined,
): Promise<{ socket: Socket; said: string; closed: boolean }> {
  const socket = connect({ port: rig.port, host: '127.0.0.1', allowHalfOpen: true })
  const seen = { socket, said: '', closed: false }
  socket.on('error', () => undefined)
  socket.once('close', () => {
    seen.closed = true
  })
  socket.on('data', (chunk: Buffer) => {
    seen.said += chunk.toString()
    onAnswer(socket)
  })
  socket.write(bytes)
  await until(() => seen.said !== '', 10_000)
  return seen
}

async function stillServes(): Promise<void> {
  const { port } = await rig.upstream((_req, res) => res.end('hello'))
  await rig.publish([routeTo([instanceAt(port)])])
  const answer = await sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)
  expect(statusesOf(answer.text)).toEqual([200])
}

describe('P8 the last answer on a connection', () => {
  it('a client that never spoke and answers with a reset ends itself only', async () => {
    rig = await createRig({ limits: { headersTimeoutMs: 400, sweepMs: 50 } })
    const { said } = await client('', (socket) => socket.resetAndDestroy())

    expect(said).toMatch(/^HTTP\/1\.1 408 /)
    await stillServes()
  })

  it.each([true, false])(
    'a client that asks for a tunnel and answers with a reset ends itself only (fast lane: %s)',
    async (fastLane) => {
      rig = await createRig({ fastLane })
      const { said } = await client(CONNECT, (socket) => socket.resetAndDestroy())

      expect(said).toMatch(/^HTTP\/1\.1 405 /)
      await stillServes()
    },
  )

  it('a client that asks for a tunnel and keeps its side open is let go', async () => {
    rig = await createRig()
    const seen = await client(CONNECT)
    await until(() => seen.socket.readableEnded)

    // Written to from time to time: a connection that the worker has closed answers with a reset.
    const writing = setInterval(() => seen.socket.write('x'), 100)
    await until(() => seen.closed, 10_000)
    clearInterval(writing)

    expect(seen.said).toMatch(/^HTTP\/1\.1 405 /)
    await stillServes()
  })
})
