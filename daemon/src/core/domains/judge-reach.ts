import type { DomainFinding } from '@vastrox/shared/domain.ts'
import type { DomainFacts, OurPlace } from '#core/domains/facts.ts'
import { isPublicAddress, knownNetworkOf } from '#core/domains/known-networks.ts'
import { createAddressList } from '#lib/address-list.ts'
import type { Reached } from '#core/domains/reach.ts'
import { sayAddresses } from '#core/domains/say-answers.ts'

export interface ReachJudgement {
  findings: DomainFinding[]
  /** As far as can be told from here, a CA that asks would be answered by us. */
  leadsHere: boolean
}

const bad = (code: string, message: string, hint: string): DomainFinding => ({
  level: 'bad',
  code,
  message,
  hint,
})

export const isOurs = (address: string, place: OurPlace): boolean =>
  address === place.publicAddress || place.interfaces.includes(address)

/** Its public address is none of its interfaces': a router or a cloud hands on what comes to it. */
export const isBehindNat = (place: OurPlace): boolean =>
  !place.interfaces.includes(place.publicAddress)

/** Where the addresses of a name lead, and what is in the way. */
export function judgeReach(
  facts: DomainFacts,
  addresses: readonly string[],
  place: OurPlace,
): ReachJudgement {
  const reachedAt = (address: string): Reached =>
    facts.reached.get(address) ?? { kind: 'not-asked' }
  const isUsable = (address: string): boolean => place.isPrivateWorld || isPublicAddress(address)
  const reaching = addresses.filter(
    (address) => reachedAt(address).kind === 'us' && isUsable(address),
  )
  const others = addresses.filter((address) => !reaching.includes(address))
  const findings: DomainFinding[] = []

  if (reaching.length > 0)
    findings.push({
      level: 'ok',
      code: 'reaches-us',
      message: `${facts.host} leads here (${sayAddresses(reaching)}).`,
      hint: null,
    })
  const judged = others.map((address) => judgeOne(facts, address, reachedAt(address), place))
  if (reaching.length > 0 && others.some((address) => !isOurs(address, place)))
    findings.push(split(facts.host, reaching, others))
  else findings.push(...withoutRepeats(judged.map((each) => each.finding)))

  const isSplit = findings.some(({ code }) => code === 'split')
  const leadsHere = !isSplit && addresses.length > 0 && judged.every((each) => each.mayReach)
  if (leadsHere)
    findings.push(
      ...secureFindings(facts, reaching, place),
      ...visitorFindings(facts.host, reaching, place),
    )
  return { findings, leadsHere }
}

function split(
  host: string,
  reaching: readonly string[],
  others: readonly string[],
): DomainFinding {
  const v6 = others.filter((address) => address.includes(':'))
  const isV6 = v6.length === others.length && !reaching.some((address) => address.includes(':'))
  return bad(
    'split',
    `${host} leads here (${sayAddresses(reaching)}), but also elsewhere: ${sayAddresses(others)}.`,
    isV6
      ? 'Remove the AAAA record, or let it lead to this server: most visitors and every CA take IPv6 first.'
      : 'Remove the other records: visitors and CAs take any of them.',
  )
}

function judgeOne(
  facts: DomainFacts,
  address: string,
  reached: Reached,
  place: OurPlace,
): { finding: DomainFinding | undefined; mayReach: boolean } {
  if (isOurs(address, place)) return judgeOwn(facts, address, reached, place)
  return { finding: judgeForeign(facts.host, address, reached, place), mayReach: false }
}

function judgeOwn(
  { host, shutPorts }: DomainFacts,
  address: string,
  reached: Reached,
  place: OurPlace,
): { finding: DomainFinding; mayReach: boolean } {
  if (!isPublicAddress(address) && !place.isPrivateWorld)
    return {
      finding: bad(
        'private-address',
        `${host} leads to ${address}, an address of a private network: only devices in it find this server.`,
        'Let the record lead to the public address of your network, and have its router forward ports 80 and 443 to this server.',
      ),
      mayReach: false,
    }
  if (shutPorts.includes(place.httpPort))
    return {
      finding: bad(
        'firewall-shut',
        `The firewall of this server keeps port ${place.httpPort} shut.`,
        'Open ports 80 and 443 on the Firewall page: visitors and CAs come by them.',
      ),
      mayReach: false,
    }
  const cannotTell =
    isBehindNat(place) && reached.kind !== 'other' && reached.kind !== 'other-vastrox'
  if (cannotTell)
    return {
      finding: {
        level: 'warn',
        code: 'cannot-tell',
        message: `${host} leads to ${address}, which is ours, but this server cannot reach itself by it. Many routers do not allow that, so from here it cannot be told whether the world can.`,
        hint: `Ports 80 and 443 must be forwarded to this server${portsOf(place)}. Open http://${host}/ on a phone without WLAN: if the app answers, all is well.`,
      },
      mayReach: true,
    }
  return {
    finding: bad(
      'port-80',
      `${host} leads to this server (${address}), but port 80 there ${sayReached(reached)}.`,
      place.httpPort === 80
        ? 'Look for another web server on this machine, and for a firewall of your provider: ports 80 and 443 must reach Vastrox.'
        : `Vastrox listens on port ${place.httpPort} here: forward port 80 to it, and port 443 to ${place.httpsPort}.`,
    ),
    mayReach: false,
  }
}

function judgeForeign(
  host: string,
  address: string,
  reached: Reached,
  place: OurPlace,
): DomainFinding {
  const known = knownNetworkOf(address)
  const here = isPublicAddress(place.publicAddress)
    ? `, not to this server (${place.publicAddress})`
    : ''
  if (!isPublicAddress(address))
    return bad(
      'private-address',
      `${host} leads to ${address}, an address of a private network that the internet does not know.`,
      'Let the record lead to the public address of this server.',
    )
  if (known?.kind === 'cloudflare') return judgeCloudflare(host, reached)
  if (known?.kind === 'parking')
    return bad(
      'parked',
      `${host} still leads to ${known.name} (${address}).`,
      'Your registrar has made that record: replace it by the one that is listed here.',
    )
  if (reached.kind === 'other-vastrox')
    return bad(
      'other-vastrox',
      `${host} leads to ${address}, where another Vastrox answers${here}.`,
      'Let the record lead to this server, or add the domain on the other one.',
    )
  return bad(
    'elsewhere',
    `${host} leads to ${sayAddresses([address])}${here}.`,
    'Replace that record by the one that is listed here. If a load balancer or a proxy of yours is there, let it hand on requests for this name to this server, with their Host.',
  )
}

function judgeCloudflare(host: string, reached: Reached): DomainFinding {
  const status = reached.kind === 'other' ? reached.status : 0
  if (reached.kind === 'other' && reached.location?.startsWith('https:'))
    return bad(
      'cloudflare-https',
      `Cloudflare answers for ${host}, and sends every request on to HTTPS before it gets here.`,
      'Switch "Always Use HTTPS" off at Cloudflare until the certificate is there, or set the record to "DNS only" (the grey cloud).',
    )
  if (status >= 520 && status <= 530)
    return bad(
      'cloudflare-origin',
      `Cloudflare answers for ${host}, but cannot reach this server (error ${status}).`,
      'At Cloudflare, the record must hold the address of this server, with SSL mode "Full". Or set it to "DNS only" (the grey cloud).',
    )
  return bad(
    'cloudflare',
    `${host} leads to Cloudflare, which does not hand its requests on to this server.`,
    'At Cloudflare, let the record lead to this server; set it to "DNS only" (the grey cloud) until HTTPS works.',
  )
}

function secureFindings(
  { secure, host }: DomainFacts,
  reaching: readonly string[],
  place: OurPlace,
): DomainFinding[] {
  if (!reaching.some((address) => secure.get(address) === false)) return []
  return [
    {
      level: 'warn',
      code: 'port-443',
      message: `${host} reaches this server by port 80, but port 443 does not answer.`,
      hint: `HTTPS comes by port 443: open it, or forward it to this server${portsOf(place)}.`,
    },
  ]
}

/** Whoever is behind an unknown proxy looks like the proxy: to the app, and to limits and bans. */
function visitorFindings(
  host: string,
  reaching: readonly string[],
  place: OurPlace,
): DomainFinding[] {
  const trusted = createAddressList(place.trustedProxies)
  const isHidden = (address: string): boolean =>
    knownNetworkOf(address)?.kind === 'cloudflare' && !trusted.has(address)
  if (!reaching.some(isHidden)) return []
  return [
    {
      level: 'info',
      code: 'cloudflare-visitors',
      message: `Visitors of ${host} come through Cloudflare: apps, limits and bans see its addresses in place of theirs.`,
      hint: 'An administrator lets it be believed about them: vastrox trusted-proxies:set cloudflare.',
    },
  ]
}

const portsOf = ({ httpPort, httpsPort }: OurPlace): string =>
  httpPort === 80 && httpsPort === 443 ? '' : ` (to its ports ${httpPort} and ${httpsPort})`

function sayReached(reached: Reached): string {
  switch (reached.kind) {
    case 'us':
      return 'answers, but in a private network only'
    case 'other-vastrox':
      return 'is answered by another Vastrox'
    case 'other':
      return reached.server === null
        ? `is answered by another program (status ${reached.status})`
        : `is answered by another program (${reached.server.slice(0, 40)})`
    case 'refused':
      return 'takes no connections'
    case 'timeout':
    case 'unreachable':
      return 'does not answer'
    case 'broken':
      return 'breaks the connection off'
    case 'not-asked':
      return 'was not asked'
    default:
      return reached satisfies never
  }
}

function withoutRepeats(findings: readonly (DomainFinding | undefined)[]): DomainFinding[] {
  const seen = new Map<string, DomainFinding>()
  for (const each of findings)
    if (each && !seen.has(`${each.code}|${each.message}`))
      seen.set(`${each.code}|${each.message}`, each)
  return [...seen.values()]
}
