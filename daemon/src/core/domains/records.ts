import type { DnsRecord } from '@vastrox/shared/domain.ts'
import type { OurPlace } from '#core/domains/facts.ts'
import { isPublicAddress } from '#core/domains/known-networks.ts'
import type { DnsAnswer, AddressRecord } from '#ports/dns.ts'

interface Wish {
  host: string
  registrable: string
  place: OurPlace
  /** What was found; undefined before the first look. */
  found:
    | { v4: DnsAnswer<AddressRecord>; v6: DnsAnswer<AddressRecord>; leadsHere: boolean }
    | undefined
  proof: { name: string; value: string; found: readonly string[]; isRight: boolean } | undefined
}

/** What is to be set where the domain is looked after, and what stands there now. */
export function recordsFor({ host, registrable, place, found, proof }: Wish): DnsRecord[] {
  const records: DnsRecord[] = []
  if (proof)
    records.push({
      type: 'TXT',
      name: proof.name,
      label: labelOf(proof.name, registrable),
      value: proof.value,
      purpose: 'proves that the domain is yours',
      state: stateOf(proof.found, proof.isRight),
      found: [...proof.found],
    })
  for (const address of leadingTo(place)) {
    const isV6 = address.includes(':')
    const answer = isV6 ? found?.v6 : found?.v4
    const there = answer?.kind === 'found' ? answer.values.map((each) => each.address) : []
    // Through a proxy or a balancer that hands on to us, the record is right as it is.
    const isRight = there.includes(address) || (found?.leadsHere === true && there.length > 0)
    records.push({
      type: isV6 ? 'AAAA' : 'A',
      name: host,
      label: labelOf(host, registrable),
      value: address,
      purpose: isV6 ? 'for visitors with IPv6' : null,
      state: found ? stateOf(there, isRight) : 'unknown',
      found: there,
    })
  }
  return records
}

/** The address that was told at the installation, and the IPv6 one that it has besides. */
function leadingTo(place: OurPlace): string[] {
  const isUsable = place.isPrivateWorld || isPublicAddress(place.publicAddress)
  const main = isUsable ? [place.publicAddress] : []
  const v6 = place.interfaces.find((address) => address.includes(':') && isPublicAddress(address))
  if (main.some((address) => address.includes(':')) || v6 === undefined) return main
  return [...main, v6]
}

const stateOf = (found: readonly string[], isRight: boolean): DnsRecord['state'] => {
  if (isRight) return 'right'
  return found.length === 0 ? 'missing' : 'wrong'
}

const labelOf = (name: string, registrable: string): string => {
  if (name === registrable) return '@'
  return name.endsWith(`.${registrable}`) ? name.slice(0, -registrable.length - 1) : name
}
