import { forbiddenBy, readCaa } from '#core/domains/caa.ts'
import type { OurPlace } from '#core/domains/facts.ts'
import type { GatherFacts } from '#core/domains/gather-facts.ts'
import { isOurs } from '#core/domains/judge-reach.ts'
import { judge } from '#core/domains/judge.ts'
import { countingTrail } from '#core/domains/judge-names.ts'
import { isPublicAddress, privateEndingOf } from '#core/domains/known-networks.ts'
import { addressesOf } from '#core/domains/look-up.ts'
import type { Dns } from '#ports/dns.ts'
import type { DomainPreflight, PreflightAnswer, PreflightWish } from '#ports/domain-preflight.ts'

interface Deps {
  dns: Dns
  gather: GatherFacts
  place: () => OurPlace
  /** The part of it that can be bought, for the words alone. */
  registrableOf: (host: string) => string
  isAddress: (host: string) => boolean
}

/** Of no importance to a proof by TLS-ALPN-01. */
const ABOUT_PORT_80 = ['port-80', 'firewall-shut']

const OK: PreflightAnswer = { ok: true }
const no = (code: string, message: string, hint: string): PreflightAnswer => ({
  ok: false,
  code,
  message,
  hint,
})

/** Whether an order has a chance (rule R5). What it finds wrong costs no call to a CA. */
export function createPreflight(deps: Deps): DomainPreflight {
  const { dns, gather, place } = deps

  async function byHttp(
    host: string,
    { challenge, caaDomains }: PreflightWish,
    signal: AbortSignal,
  ): Promise<PreflightAnswer> {
    const facts = await gather({ host, registrable: deps.registrableOf(host) }, signal)
    const { findings, leadsHere } = judge(facts, { place: place(), challenge, caaDomains })
    // By TLS-ALPN-01 port 443 alone counts, and only where nobody stands between.
    const addresses = addressesOf(countingTrail(facts))
    const isDirect = addresses.length > 0 && addresses.every((each) => isOurs(each, place()))
    const mayReach = leadsHere || (challenge === 'tls-alpn-01' && isDirect)
    const inTheWay = findings.find(
      ({ level, code }) =>
        (level === 'bad' && !(mayReach && ABOUT_PORT_80.includes(code))) ||
        code === 'caa-unreadable',
    )
    if (inTheWay) return no(inTheWay.code, inTheWay.message, inTheWay.hint ?? '')
    return mayReach
      ? OK
      : no('elsewhere', `${host} does not lead here.`, 'Look at its DNS records.')
  }

  async function byDns(
    host: string,
    { challenge, caaDomains }: PreflightWish,
    signal: AbortSignal,
  ): Promise<PreflightAnswer> {
    const caa = await readCaa(() => dns.resolvers, host, signal)
    if (caa.kind === 'unreadable')
      return no(
        'caa-unreadable',
        `The CAA records of ${caa.at} cannot be read.`,
        'Tell your DNS provider: its name servers answer with an error.',
      )
    const isWildcard = host.startsWith('*.')
    const why = forbiddenBy(caa.records, { isWildcard, challenge, caaDomains })
    if (why !== undefined)
      return no(
        'caa',
        `CAA records at ${caa.at ?? host} forbid the certificate: ${why}.`,
        'Change them at your DNS provider.',
      )
    return OK
  }

  return async (host, wish, signal) => {
    if (deps.isAddress(host))
      return isPublicAddress(host) || place().isPrivateWorld
        ? OK
        : no(
            'private-address',
            `${host} is an address that the internet does not know.`,
            'No CA gives a certificate for it.',
          )
    const ending = privateEndingOf(host)
    if (ending !== undefined && !place().isPrivateWorld)
      return no(
        'private-name',
        `Names that end in .${ending} are not known to the internet.`,
        'No CA gives a certificate for one.',
      )
    if (wish.challenge === 'dns-01') return byDns(host, wish, signal)
    if (host.startsWith('*.'))
      return no(
        'wildcard',
        `A certificate for ${host} needs a proof by DNS.`,
        'Name a DNS provider for it.',
      )
    return byHttp(host, wish, signal)
  }
}
