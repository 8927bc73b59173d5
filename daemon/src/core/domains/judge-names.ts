import type { DomainFinding } from '@vastrox/shared/domain.ts'
import type { DomainFacts } from '#core/domains/facts.ts'
import { addressesOf, isAnswered, type Trail } from '#core/domains/look-up.ts'
import { sayAddresses, sayMinutes } from '#core/domains/say-answers.ts'

const finding = (
  level: DomainFinding['level'],
  code: string,
  message: string,
  hint: string | null = null,
): DomainFinding => ({ level, code, message, hint })

/** What counts: a CA asks the zone's own servers, whatever resolvers still remember. */
export function countingTrail({ looked }: DomainFacts): Trail {
  const { zone, resolvers } = looked
  return zone && isAnswered(zone.trail) ? zone.trail : resolvers
}

/** What is wrong with the name itself, so that it leads nowhere; empty where it leads somewhere. */
export function whyNowhere(facts: DomainFacts): DomainFinding[] {
  const { host, looked, registrable } = facts
  const trail = countingTrail(facts)
  if (trail.isLoop)
    return [
      finding(
        'bad',
        'cname-loop',
        `The CNAME of ${host} leads back to itself: ${[host, ...trail.chain].join(' → ')}.`,
        'Remove it at your DNS provider, and make the record that is listed here.',
      ),
    ]
  if (addressesOf(trail).length > 0) return []
  const kinds = [trail.v4.kind, trail.v6.kind]
  if (kinds.includes('failed'))
    return [
      finding(
        'bad',
        'servfail',
        `Resolvers answer with an error (SERVFAIL) when they are asked for ${host}.`,
        `Either the name servers of ${registrable} do not answer, or DNSSEC is set up wrongly: a DS record at the registrar that does not fit the zone. Switch DNSSEC off at the registrar, or set it anew.`,
      ),
    ]
  if (kinds.every((kind) => kind === 'timeout' || kind === 'refused'))
    return [
      finding(
        'bad',
        'no-answer',
        'The resolvers of this server do not answer.',
        'Look at /etc/resolv.conf, and whether port 53 may go out. This is asked again by itself.',
      ),
    ]
  const target = trail.chain.at(-1)
  if (target !== undefined)
    return [
      finding(
        'bad',
        'cname-nowhere',
        `${host} is a CNAME to ${target}, and ${target} has no address.`,
        'Let it lead to a name that has one, or make the record that is listed here in its place.',
      ),
    ]
  if (!looked.zone && kinds.every((kind) => kind === 'no-such-name'))
    return [
      finding(
        'bad',
        'not-registered',
        `The DNS knows no ${host}, and no name servers of ${registrable} were found.`,
        `Is it spelt right? Is ${registrable} registered, paid for, and given name servers at its registrar? A new one can take some hours.`,
      ),
    ]
  return [
    finding(
      'bad',
      'no-record',
      `There is no record for ${host} yet.`,
      'Make the record that is listed here at your DNS provider. It is noticed by itself, mostly within a minute.',
    ),
  ]
}

/** Resolvers and the zone's own servers are not of one mind: caches, or DNSSEC. */
export function disagreement(facts: DomainFacts): DomainFinding[] {
  const { host, looked, registrable } = facts
  if (!looked.zone || !isAnswered(looked.zone.trail)) return []
  const { resolvers, zone } = looked
  const now = addressesOf(zone.trail)
  const before = addressesOf(resolvers)
  if (now.length === 0 && before.length === 0) return []
  if (now.length > 0 && [resolvers.v4.kind, resolvers.v6.kind].includes('failed'))
    return [
      finding(
        'bad',
        'dnssec',
        `Your DNS provider answers for ${host}, but resolvers refuse its answer (SERVFAIL): mostly that is DNSSEC.`,
        `The DS record at the registrar of ${registrable} does not fit the keys of the zone. Remove it there, or have your DNS provider sign the zone; no CA issues a certificate until then.`,
      ),
    ]
  if (now.toSorted().join() === before.toSorted().join()) return []
  const ttls = [resolvers.v4, resolvers.v6].flatMap((answer) =>
    answer.kind === 'found' ? answer.values.map(({ ttlSeconds }) => ttlSeconds) : [],
  )
  const still = before.length === 0 ? 'that there is no record' : sayAddresses(before)
  const wait =
    ttls.length === 0
      ? 'for a while, mostly less than an hour'
      : `for up to ${sayMinutes(Math.max(...ttls))}`
  const says = now.length === 0 ? 'that there is no record any more' : sayAddresses(now)
  return [
    finding(
      'info',
      'cached',
      `Your DNS provider already says ${says}; resolvers still say ${still}, ${wait}.`,
      'Nothing is to be done: visitors follow as their resolvers forget.',
    ),
  ]
}
