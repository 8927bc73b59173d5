import { once } from 'node:events'
import { connect } from 'node:tls'
import { afterAll, expect, it } from 'vitest'
import type { Refusal } from '#ports/routing-snapshot.ts'
import { createRefusals, isLikeBrowser, STRAY, UNKNOWN_HOST, UNREADABLE } from '#proxy/refusals.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, sendRaw, until } from '#test/proxy/rig.ts'

/** A worker reports once a second: tests that wait for it do so beside each other, each with its own. */
const rigs: Rig[] = []
afterAll(() => Promise.all(rigs.map((rig) => rig.end())))

const total = (refusals: readonly Refusal[]): number =>
  refusals.reduce((sum, { count }) => sum + count, 0)

const strays = (refusals: readonly Refusal[]): number =>
  refusals.reduce((sum, refusal) => sum + (refusal.strays ?? 0), 0)

async function watched(options: Parameters<typeof createRig>[0] = {}) {
  const started = await createRig(options)
  rigs.push(started)
  const seen: Refusal[] = []
  started.adapter.onRefusals((refusals) => seen.push(...refusals))
  const { port } = await started.upstream((_req, res) => res.end('fine'))
  await started.publish([routeTo([instanceAt(port)])])
  return { rig: started, seen }
}

it.concurrent('reports what made no sense, by address, and nothing of what an app answered', async () => {
  const { rig: started, seen } = await watched()

  await sendRaw(started.port, `GET /missing HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 100)
  await sendRaw(started.port, 'GET / HTTP/1.1\r\nHost: nowhere.test\r\n\r\n', 100)
  await sendRaw(started.port, 'this is no HTTP\r\n\r\n', 100)
  await sendRaw(started.port, `GET / HTTP/1.1\r\nHost: ${HOST}\r\nHost: other.test\r\n\r\n`, 100)

  await until(() => total(seen) >= UNKNOWN_HOST + 2 * UNREADABLE)
  expect(total(seen)).toBe(UNKNOWN_HOST + 2 * UNREADABLE)
  expect(strays(seen)).toBe(0)
  expect(new Set(seen.map(({ address }) => address))).toEqual(new Set(['127.0.0.1']))
})

const OF_A_PAGE = 'Accept-Language: en\r\n'

/** What `<img>`, `fetch`, WebRTC and links of a page elsewhere make the browser of its reader send. */
it.concurrent.each([
  ['a host that is nowhere', `GET /x.png HTTP/1.1\r\nHost: a.nowhere.test\r\n${OF_A_PAGE}\r\n`],
  ['https:// to the port of http://', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00])],
  [
    'a STUN message to the port of http://',
    Buffer.from([0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42]),
  ],
  [
    'an address that is too long',
    `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: ${HOST}\r\n${OF_A_PAGE}\r\n`,
  ],
  [
    'an address longer than any head may be',
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: ${HOST}\r\n${OF_A_PAGE}\r\n`,
  ],
  ['a backslash in a query', `GET /?\\ HTTP/1.1\r\nHost: ${HOST}\r\n${OF_A_PAGE}\r\n`],
  ['a name that is no host name', `GET / HTTP/1.1\r\nHost: a!b.nowhere.test\r\n${OF_A_PAGE}\r\n`],
])('takes %s for what a page may have caused', async (_what, bytes) => {
  const { rig: started, seen } = await watched()

  await sendRaw(started.port, bytes, 100)

  await until(() => strays(seen) >= STRAY)
  expect(strays(seen)).toBe(STRAY)
  expect(total(seen)).toBe(0)
})

it.concurrent('takes a handshake for a name that is nowhere for the same', async () => {
  const { rig: started, seen } = await watched({ https: true })
  const socket = connect({
    host: '127.0.0.1',
    port: started.httpsPort,
    servername: 'nowhere.test',
    rejectUnauthorized: false,
  })
  await once(socket, 'secureConnect')
  socket.destroy()

  await until(() => strays(seen) === STRAY)
  expect(total(seen)).toBe(0)
})

/** No page can leave out what browsers say of themselves, or make them break the framing. */
it.concurrent.each([
  [
    'a scanner that looks for hosts',
    'GET / HTTP/1.1\r\nHost: a.nowhere.test\r\n\r\n',
    UNKNOWN_HOST,
  ],
  [
    'a program with an address that is too long',
    `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`,
    UNREADABLE,
  ],
  [
    'two lengths, whatever else it says',
    `POST / HTTP/1.1\r\nHost: ${HOST}\r\n${OF_A_PAGE}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    UNREADABLE,
  ],
  [
    'two hosts, whatever else it says',
    `GET / HTTP/1.1\r\nHost: ${HOST}\r\nHost: b.test\r\n${OF_A_PAGE}\r\n`,
    UNREADABLE,
  ],
  ['what is no protocol of a browser', 'EHLO mail.test\r\n\r\n', UNREADABLE],
])('still counts %s', async (_what, bytes, weight) => {
  const { rig: started, seen } = await watched()

  await sendRaw(started.port, bytes, 100)

  await until(() => total(seen) >= weight)
  expect(total(seen)).toBe(weight)
  expect(strays(seen)).toBe(0)
})

it('knows a browser by what a page cannot leave out', () => {
  expect(isLikeBrowser(['Host', 'x', 'Sec-Fetch-Mode', 'no-cors'])).toBe(true)
  expect(isLikeBrowser(['Host', 'x', 'accept-language', 'de'])).toBe(true)
  expect(isLikeBrowser(['User-Agent', 'Mozilla/5.0', 'Accept', '*/*'])).toBe(false)
})

it('counts no more addresses at once than a report may hold', () => {
  const refusals = createRefusals()

  for (let host = 0; host < 3_000; host += 1) refusals.note(`10.0.${host >> 8}.${host & 255}`, 1)
  refusals.note('10.0.0.1', 5)
  refusals.note('', 5)

  const taken = refusals.take()
  expect(taken).toHaveLength(1_000)
  expect(taken.find(({ address }) => address === '10.0.0.1')).toEqual({
    address: '10.0.0.1',
    count: 6,
    strays: 0,
  })
  expect(refusals.take()).toEqual([])
})
