import type { PortOutput } from '@vastrox/shared/agent-api-ports.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { readHolders } from '#agent/exposure/holders.ts'
import { readPublishedPorts } from '#agent/exposure/published-ports.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import { isLoopback, readSockets } from '#agent/firewall/sockets.ts'
import { type PortWish, reservedPorts } from '#agent/ports/reserved-ports.ts'

const MOST = 100

/** Who has these ports of this machine already: the product, sshd, a program that listens, a container. */
export async function checkPorts(
  { engine, instance, facts }: { engine: Engine; instance: string; facts: () => Promise<Facts> },
  wish: PortWish,
): Promise<PortOutput<'check-ports'>> {
  const [known, sockets, holders, ofEngine] = await Promise.all([
    facts(),
    readSockets(),
    readHolders(),
    readPublishedPorts(engine, instance),
  ])
  const taken = new Map<number, string>()
  const note = (port: number, by: string): void => {
    if (wish.first <= port && port <= wish.last && !taken.has(port)) taken.set(port, by)
  }
  for (const { port, by } of reservedPorts(known, wish)) note(port, by)
  for (const { protocol, port, container } of ofEngine.published)
    if (protocol === wish.protocol) note(port, `the container ${container.name}`)
  for (const { protocol, state, port, address, inode } of sockets)
    if (protocol === wish.protocol && state === 'listening' && !isLoopback(address))
      note(port, holders.get(inode)?.name ?? 'a program of the server')
  return {
    taken: [...taken]
      .map(([port, by]) => ({ port, by }))
      .toSorted((one, other) => one.port - other.port)
      .slice(0, MOST),
  }
}
