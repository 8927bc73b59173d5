import { afterEach, expect, it } from 'vitest'
import type { Refusal } from '#ports/routing-snapshot.ts'
import { createRefusals, UNKNOWN_HOST, UNREADABLE } from '#proxy/refusals.ts'
import { createRig, HOST, instanceAt, type Rig, routeTo, sendRaw, until } from '#test/proxy/rig.ts'

let rig: Rig | undefined
afterEach(async () => {
  await rig?.end()
  rig = undefined
})

const total = (refusals: readonly Refusal[]): number =>
  refusals.reduce((sum, { count }) => sum + count, 0)

it('reports what made no sense, by address, and nothing of what an app answered', async () => {
  rig = await createRig()
  const seen: Refusal[] = []
  rig.adapter.onRefusals((refusals) => seen.push(...refusals))
  const { port } = await rig.upstream((_req, res) => res.end('fine'))
  await rig.publish([routeTo([instanceAt(port)])])

  await sendRaw(rig.port, `GET /missing HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, 100)
  await sendRaw(rig.port, 'GET / HTTP/1.1\r\nHost: nowhere.test\r\n\r\n', 100)
  await sendRaw(rig.port, '\x16\x03\x01 this is no HTTP\r\n\r\n', 100)
  await sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: ${HOST}\r\nHost: other.test\r\n\r\n`, 100)

  await until(() => total(seen) >= UNKNOWN_HOST + 2 * UNREADABLE)
  expect(total(seen)).toBe(UNKNOWN_HOST + 2 * UNREADABLE)
  expect(new Set(seen.map(({ address }) => address))).toEqual(new Set(['127.0.0.1']))
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
  })
  expect(refusals.take()).toEqual([])
})
