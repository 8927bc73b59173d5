import { CodedError } from '@vastrox/shared/errors.ts'
import { addonPlace } from '#agent/addons/addon-names.ts'
import { parseNetwork, sayNetwork } from '#agent/firewall/addresses.ts'
import type { Firewall } from '#agent/firewall/firewall.ts'
import type { LoadedException } from '#agent/firewall/loaded-exception.ts'
import type { AddressBook } from '#agent/networks/address-book.ts'
import type { PortWish } from '#agent/ports/reserved-ports.ts'

/** Of IPv4: 256 addresses. */
const LEAST_BITS = 24

interface Wish {
  addonId: string
  from: string
  hostPort: number
  addonPort: number
  until: string
}

interface Deps {
  instance: string
  book: Pick<AddressBook, 'find'>
  firewall: Pick<Firewall, 'keepExceptions' | 'exceptions' | 'ports'>
  /** What add-ons are called, by id, as far as they have containers. */
  names: () => Promise<ReadonlyMap<string, string>>
  /** Who has ports of this machine. */
  taken: (wish: PortWish) => Promise<{ taken: { port: number; by: string }[] }>
}

/**
 * Takes the place of all that were before. A port that none of those had must be nobody's: PORT_TAKEN. It
 * leads to where the add-on is or was, on its own bridge (rule C7).
 */
export async function keepExceptions(
  { instance, book, firewall, names, taken }: Deps,
  wishes: readonly Wish[],
): Promise<Record<string, never>> {
  const before = new Map(firewall.exceptions().map(({ hostPort, addonId }) => [hostPort, addonId]))
  const called = wishes.length === 0 ? new Map<string, string>() : await names()
  const loaded: LoadedException[] = []
  for (const wish of wishes) {
    const owner = loaded.find(({ hostPort }) => hostPort === wish.hostPort)?.addonId
    if (owner !== undefined && owner !== wish.addonId)
      throw portTaken(wish.hostPort, 'another add-on’s exception')
    if (owner === undefined && before.get(wish.hostPort) !== wish.addonId) {
      const port = wish.hostPort
      const raw = firewall
        .ports()
        .find(({ protocol, first, last }) => protocol === 'tcp' && first <= port && port <= last)
      if (raw) throw portTaken(port, raw.title)
      const [held] = (await taken({ protocol: 'tcp', first: port, last: port })).taken
      if (held) throw portTaken(port, held.by)
    }
    loaded.push({
      ...wish,
      addonName: called.get(wish.addonId) ?? wish.addonId,
      from: networkOf(wish.from),
      target: placeOf({ instance, book }, wish.addonId),
    })
  }
  await firewall.keepExceptions(loaded)
  return {}
}

const portTaken = (port: number, by: string): CodedError =>
  new CodedError('PORT_TAKEN', { port, reason: `Port ${port} of the server belongs to ${by}.` })

function networkOf(from: string): string {
  if (/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/.test(from)) {
    const network = parseNetwork(from)
    if (network.bits >= LEAST_BITS && network.bits <= 32 && octets(from)) return sayNetwork(network)
  }
  throw new CodedError('REQUEST_INVALID', {
    reason: `"${from}" is not one address of IPv4, nor a network of at most 256 of them.`,
  })
}

const octets = (from: string): boolean =>
  (from.split('/')[0] ?? '').split('.').every((each) => Number(each) <= 255)

/** The same through every restart, until the add-on is removed. */
function placeOf({ instance, book }: Pick<Deps, 'instance' | 'book'>, addonId: string): string {
  const network = book.find(addonId)
  const place = addonPlace(instance, addonId)
  const [address] =
    network?.removedAt === null
      ? (Object.entries(network.taken).find(([, name]) => name === place) ?? [])
      : []
  if (address === undefined) throw new CodedError('ADDON_NOT_RUNNING', { addonId })
  return address
}
