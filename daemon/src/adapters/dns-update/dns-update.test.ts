import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { TsigKey } from '#ports/dns-update.ts'
import { listen } from '#test/proxy/rig.ts'
import { createDnsUpdate } from './dns-update.ts'
import { nameBytes, number16, textData, updateMessage } from './message.ts'
import { signMessage } from './tsig.ts'

const NOW = new Date('2026-11-26T12:00:00Z')
const KEY: TsigKey = {
  name: 'Vastrox-Key.',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('secret').toString('base64'),
}

describe('updates of the DNS', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  /** A server that keeps what it is sent, and answers what it is told to. */
  async function serve(answer: (request: Buffer) => Buffer | undefined) {
    const received: Buffer[] = []
    server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk: Buffer) => {
        const request = chunk.subarray(2)
        received.push(request)
        const reply = answer(request)
        if (reply) socket.write(Buffer.concat([number16(reply.length), reply]))
        else socket.destroy()
      })
    })
    return { place: `127.0.0.1:${await listen(server)}`, received }
  }

  const plainAnswer = (request: Buffer, code: number): Buffer =>
    Buffer.concat([request.subarray(0, 2), number16(0xa800 | code), ...[0, 0, 0, 0].map(number16)])

  /** Signed as a server does: bound to the signature of the request (RFC 8945, section 5.3). */
  function signedAnswer(request: Buffer, secret: string): Buffer {
    const macAt = request.length - 6 - 32
    const mac = request.subarray(macAt, macAt + 32)
    const answer = plainAnswer(request, 0)
    const time = request.subarray(macAt - 10, macAt - 4)
    const variables = [
      nameBytes(KEY.name),
      Buffer.from([0, 255, 0, 0, 0, 0]),
      nameBytes(KEY.algorithm),
      time,
      ...[300, 0, 0].map(number16),
    ]
    const own = createHmac('sha256', Buffer.from(secret, 'base64'))
      .update(Buffer.concat([number16(32), mac, answer, ...variables]))
      .digest()
    const data = Buffer.concat([
      nameBytes(KEY.algorithm),
      time,
      ...[300, 32].map(number16),
      own,
      request.subarray(0, 2),
      ...[0, 0].map(number16),
    ])
    const head = [nameBytes(KEY.name), ...[250, 255, 0, 0, data.length].map(number16)]
    const signed = Buffer.concat([answer, ...head, data])
    signed.writeUInt16BE(1, 10)
    return signed
  }

  const update = createDnsUpdate({ now: () => NOW })
  const wish = (server: string, key: TsigKey | undefined = KEY) => ({
    server,
    zone: 'example.com',
    key,
    add: { name: '_acme-challenge.example.com', value: 'proof', ttlSeconds: 60 },
  })
  const signal = AbortSignal.timeout(20_000)

  it.each(['169.254.169.254', '[fe80::1]', '0.0.0.0', '0x7f.1', '127.0.0.1:22'])(
    'are not sent to %s (rule C11)',
    async (server) => {
      await expect(update.change(wish(server), signal)).rejects.toMatchObject({
        code: 'DNS_PROVIDER_FAILED',
      })
    },
  )

  it('add one text to the zone, signed, and believe an answer that is signed by the same key', async () => {
    const { place, received } = await serve((request) => signedAnswer(request, KEY.secret))

    await expect(update.change(wish(place), signal)).resolves.toBeUndefined()

    const [request] = received
    expect(request?.readUInt16BE(2)).toBe(0x2800)
    // Zone, prerequisites, updates, signature.
    expect([4, 6, 8, 10].map((at) => request?.readUInt16BE(at))).toEqual([1, 0, 1, 1])
    expect(
      request?.includes(
        Buffer.concat([
          nameBytes('_acme-challenge.example.com'),
          Buffer.from([0, 16, 0, 1, 0, 0, 0, 60, 0, 6]),
        ]),
      ),
    ).toBe(true)
  })

  it.each([
    [
      'an answer of somebody without the key',
      (request: Buffer) => signedAnswer(request, 'b3RoZXI='),
      'is wrong',
    ],
    [
      'an answer without a signature',
      (request: Buffer) => plainAnswer(request, 0),
      'is not signed',
    ],
    ['a refusal', (request: Buffer) => plainAnswer(request, 5), 'REFUSED'],
    ['another zone', (request: Buffer) => plainAnswer(request, 9), 'NOTAUTH'],
    ['nonsense', () => Buffer.from('nonsense'), 'cannot be read'],
    ['silence', () => undefined, 'hung up'],
  ])('fail in words at %s', async (_what, answer, words) => {
    const { place } = await serve(answer)

    await expect(update.change(wish(place), signal)).rejects.toMatchObject({
      code: 'DNS_PROVIDER_FAILED',
      details: { reason: expect.stringContaining(words) },
    })
  })

  it('fail in words where nobody listens', async () => {
    await expect(update.change(wish('127.0.0.1:1'), signal)).rejects.toMatchObject({
      code: 'DNS_PROVIDER_FAILED',
    })
  })

  it('cut long texts into strings of 255 bytes', () => {
    const data = textData('x'.repeat(300))

    expect(data.length).toBe(302)
    expect([data[0], data[256]]).toEqual([255, 45])
  })

  it('are signed over the time as well: the same message later has another signature', () => {
    const message = updateMessage(7, 'example.com', Buffer.alloc(0))
    const later = new Date(NOW.getTime() + 1_000)

    expect(signMessage(message, KEY, NOW).mac).toEqual(signMessage(message, KEY, NOW).mac)
    expect(signMessage(message, KEY, later).mac).not.toEqual(signMessage(message, KEY, NOW).mac)
  })
})
