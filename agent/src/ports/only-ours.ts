import type { PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import type { Facts } from '#agent/firewall/facts.ts'
import type { LoadedPort } from '#agent/firewall/loaded-port.ts'
import type { AddressBook } from '#agent/networks/address-book.ts'
import { reservedPorts } from '#agent/ports/reserved-ports.ts'

/**
 * What the node is told is not believed: a port leads to instances of its own app only, and never takes one
 * of the product's or of sshd. What is wrong leads nowhere, and does not keep the others from being led.
 */
export function onlyOurs(
  ports: readonly PublishedPort[],
  book: Pick<AddressBook, 'find'>,
  facts: Facts,
): { ports: LoadedPort[]; problem: string | undefined } {
  const problems: string[] = []
  const loaded = ports.flatMap((port): LoadedPort[] => {
    const network = book.find(port.appId)
    if (!network) return []
    const [reserved] = reservedPorts(facts, port)
    if (reserved)
      problems.push(
        `${port.protocol} ${reserved.port} belongs to ${reserved.by}, and is not led to ${port.title}.`,
      )
    const isOurs = (address: string): boolean =>
      Object.hasOwn(network.taken, address) || Object.hasOwn(network.released, address)
    const strange = port.targets.find((address) => !isOurs(address))
    if (strange !== undefined) problems.push(`${strange} is no instance of ${port.title}.`)
    return [
      {
        ...port,
        targets: reserved ? [] : port.targets.filter(isOurs),
        spared: port.spared.filter(isOurs),
        subnet: network.subnet,
      },
    ]
  })
  return { ports: loaded, problem: problems[0] }
}
