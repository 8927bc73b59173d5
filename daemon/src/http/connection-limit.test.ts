import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { createConnectionLimit } from '#http/connection-limit.ts'

type Peer = Socket

/** A socket that says where it comes from. */
const peerFrom = (remoteAddress: string): Peer =>
  Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress })

const arrivals = (limit: (peer: Socket) => void, from: string, count: number): Peer[] =>
  Array.from({ length: count }, () => {
    const peer = peerFrom(from)
    limit(peer)
    return peer
  })
const open = (peers: readonly Peer[]): number => peers.filter((peer) => !peer.destroyed).length

it('lets one address have 128 connections, and others theirs', () => {
  const limit = createConnectionLimit()

  expect(open(arrivals(limit, '::ffff:192.0.2.1', 200))).toBe(128)
  expect(open(arrivals(limit, '192.0.2.1', 1))).toBe(0)
  expect(open(arrivals(limit, '192.0.2.2', 1))).toBe(1)
})

it('counts an IPv6 /64 as one', () => {
  const limit = createConnectionLimit(2)

  expect(open(arrivals(limit, '2001:db8::1', 2))).toBe(2)
  expect(open(arrivals(limit, '2001:db8::2', 1))).toBe(0)
  expect(open(arrivals(limit, '2001:db8:0:1::2', 1))).toBe(1)
})

it('gives the place of a connection that has ended to another', async () => {
  const limit = createConnectionLimit(1)
  const [first] = arrivals(limit, '192.0.2.1', 1)

  first?.destroy()

  await expect.poll(() => open(arrivals(limit, '192.0.2.1', 1))).toBe(1)
})

it('does not hold the machine itself to it', () => {
  const limit = createConnectionLimit(1)

  for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '::1'])
    expect(open(arrivals(limit, address, 10))).toBe(10)
})
