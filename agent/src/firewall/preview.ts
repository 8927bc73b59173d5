import type { FirewallEffect, FirewallReading } from '@vastrox/shared/agent-api-firewall.ts'
import { type FirewallState, portsOf } from '@vastrox/shared/firewall-rule.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import { readPublished } from '#agent/firewall/gather-facts.ts'
import { reachIn } from '#agent/firewall/reach.ts'
import { isLoopback, readOwners, readSockets } from '#agent/firewall/sockets.ts'

export interface Answering {
  protocol: 'tcp' | 'udp'
  port: number
  what: string
}

interface Loaded {
  state: FirewallState
  facts: Facts
  now: Date
}

/** Everything that answers on this machine to others, by port; a container's name goes over its proxy's. */
export async function whatAnswers(engine: Engine): Promise<Answering[]> {
  const [sockets, owners, published] = await Promise.all([
    readSockets(),
    readOwners(),
    // Without an engine nothing is published by it.
    readPublished(engine).catch(() => []),
  ])
  const answering = new Map<string, Answering>()
  for (const { protocol, port, address, state, inode } of sockets)
    if (state === 'listening' && !isLoopback(address))
      answering.set(`${protocol} ${port}`, {
        protocol,
        port,
        what: owners.get(inode) ?? 'the kernel',
      })
  for (const { protocol, port, name } of published)
    answering.set(`${protocol} ${port}`, { protocol, port, what: `container ${name}` })
  return [...answering.values()].toSorted(
    (one, other) => one.port - other.port || one.protocol.localeCompare(other.protocol),
  )
}

export function effectsOf(
  answering: readonly Answering[],
  before: Loaded,
  after: Loaded,
): FirewallEffect[] {
  const [was, is] = [reachIn(before), reachIn(after)]
  const pins = [...after.state.pinned, ...after.facts.operators]
  return answering.map(({ protocol, port, what }) => ({
    protocol,
    port,
    what,
    before: was(protocol, port),
    after: is(protocol, port),
    operatorUses: pins.some((pin) => pin.protocol === protocol && pin.port === port),
    ours: after.facts.productPorts.some((own) => {
      const { first, last } = portsOf(own.ports)
      return own.protocol === protocol && first <= port && port <= last
    }),
  }))
}

/** What somebody should know before they go on. */
export function warningsOf(
  { state, facts, now }: Loaded,
  others: FirewallReading['others'],
): string[] {
  const warnings: string[] = []
  for (const name of ['ufw', 'firewalld'] as const)
    if (others[name] === 'active')
      warnings.push(
        `${name} is active on this machine and decides as well: what either of the two closes is closed, and a rule that allows something here does not open it there.`,
      )
  if (state.mode === 'enforce' && facts.sshPorts.length === 0)
    warnings.push(
      'No SSH server was found listening. If there is one, allow its port before you enforce.',
    )
  if (state.mode === 'enforce' && facts.containerBridges.length > 0)
    warnings.push(
      `Machines that reach containers of others by a route of their own (a VPN, a static route to the addresses of ${sayNames(facts.containerBridges)}) do so no longer: only what is published stays reachable. Publish the port (docker run -p) and allow it here, or leave the mode at isolate.`,
    )
  for (const rule of state.rules)
    if (rule.expiresAt !== null && Date.parse(rule.expiresAt) <= now.getTime())
      warnings.push(`Rule ${rule.id} ended at ${rule.expiresAt} and does nothing.`)
  return [...warnings, ...shadowed(state)]
}

const MOST_NAMED = 5

/** A server may have hundreds of them, and nobody reads on behind a few. */
function sayNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  const said = names.slice(0, MOST_NAMED).join(', ')
  return more > 0 ? `${said} and ${more} more` : said
}

/** Rules that never decide anything, since one before them decides about all of it. */
function shadowed({ rules }: FirewallState): string[] {
  return rules.flatMap((rule, at) => {
    const earlier = rules
      .slice(0, at)
      .find(
        (other) =>
          other.action !== 'log' &&
          other.expiresAt === null &&
          other.sources.length === 0 &&
          (other.protocol === 'any' || other.protocol === rule.protocol) &&
          (other.ports.length === 0 ||
            (rule.ports.length > 0 && rule.ports.every((port) => other.ports.includes(port)))),
      )
    return earlier ? [`Rule ${rule.id} never applies: rule ${earlier.id} before it decides.`] : []
  })
}
