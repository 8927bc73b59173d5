import type { Socket } from 'node:net'
import { networkOf } from '#lib/network-of.ts'
import { createPlaces } from '#lib/places.ts'

type Peer = Pick<Socket, 'remoteAddress' | 'destroy' | 'once'>

const PER_NETWORK = 128
const LOOPBACK = /^(?:127\.|::1$)/

/**
 * Ends a connection of an address (or an IPv6 /64) that has 128 of them, so that nobody takes all
 * there are. The machine itself is not held to that: tunnels of many people end on it.
 */
export function createConnectionLimit(max = PER_NETWORK): (peer: Peer) => void {
  const places = createPlaces(max)

  return (peer) => {
    const address = peer.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '')
    // It has gone already.
    if (address === undefined) return
    if (LOOPBACK.test(address)) return
    const free = places.take(networkOf(address))
    if (free) peer.once('close', free)
    else peer.destroy()
  }
}
