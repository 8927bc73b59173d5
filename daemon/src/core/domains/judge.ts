import type { DomainCheck, DomainFinding, DomainState } from '@vastrox/shared/domain.ts'
import { forbiddenBy } from '#core/domains/caa.ts'
import type { DomainFacts, OurPlace } from '#core/domains/facts.ts'
import { countingTrail, disagreement, whyNowhere } from '#core/domains/judge-names.ts'
import { judgeReach } from '#core/domains/judge-reach.ts'
import { isPublicAddress, sharedSuffixOf } from '#core/domains/known-networks.ts'
import { addressesOf } from '#core/domains/look-up.ts'
import type { ChallengeType } from '#ports/domain-preflight.ts'

interface Wish {
  place: OurPlace
  challenge: ChallengeType
  /** Of the issuers that may be asked. */
  caaDomains: readonly string[]
}

export interface Judgement extends Pick<DomainCheck, 'state' | 'summary' | 'findings'> {
  /** By HTTP, the name leads to us, or nothing that can be seen from here speaks against it. */
  leadsHere: boolean
}

/** What the facts mean, in words for people: the worst first. */
export function judge(facts: DomainFacts, wish: Wish): Judgement {
  const { place } = wish
  const nowhere = whyNowhere(facts)
  const addresses = addressesOf(countingTrail(facts))
  const reach =
    nowhere.length > 0 ? { findings: [], leadsHere: false } : judgeReach(facts, addresses, place)
  const findings = [
    ...nowhere,
    ...reach.findings,
    ...disagreement(facts),
    ...caaFindings(facts, wish),
    ...remarks(facts, place),
  ].toSorted((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level))
  const state = stateOf(findings, reach.leadsHere)
  return {
    state,
    summary: summaryOf(facts.host, state, findings),
    findings,
    leadsHere: reach.leadsHere,
  }
}

const LEVELS: readonly DomainFinding['level'][] = ['bad', 'warn', 'info', 'ok']
/** Nothing is wrong: it is only not there yet. */
const WAITING = ['no-record', 'not-registered', 'no-answer']

function stateOf(findings: readonly DomainFinding[], leadsHere: boolean): DomainState {
  const bad = findings.filter(({ level }) => level === 'bad')
  if (bad.some(({ code }) => !WAITING.includes(code))) return 'wrong'
  if (bad.length > 0) return 'waiting'
  return leadsHere ? 'ready' : 'waiting'
}

function summaryOf(host: string, state: DomainState, findings: readonly DomainFinding[]): string {
  const [worst] = findings
  if (state === 'ready' && worst?.level !== 'warn') return `${host} leads here.`
  return worst?.message ?? `${host} was looked at.`
}

function caaFindings(facts: DomainFacts, { challenge, caaDomains }: Wish): DomainFinding[] {
  const { caa, isWildcard, host } = facts
  // Where the name itself cannot be read, that was said.
  if (caa.kind === 'unreadable' && caa.at === host.replace(/^\*\./, '') && isUnreadable(facts))
    return []
  if (caa.kind === 'unreadable')
    return [
      {
        level: 'warn',
        code: 'caa-unreadable',
        message: `The CAA records of ${caa.at} cannot be read: a CA issues nothing for ${host} until they can.`,
        hint: 'Its name servers answer such questions with an error: tell your DNS provider.',
      },
    ]
  const method = isWildcard ? 'dns-01' : challenge
  const why = forbiddenBy(caa.records, { isWildcard, challenge: method, caaDomains })
  if (why === undefined) return []
  const wanted = caaDomains[0]
  return [
    {
      level: 'bad',
      code: 'caa',
      message: `CAA records at ${caa.at ?? host} forbid the certificate: ${why}.`,
      hint:
        wanted === undefined
          ? 'Change or remove them at your DNS provider.'
          : `Add one more at your DNS provider: ${caa.at ?? host} CAA 0 ${isWildcard ? 'issuewild' : 'issue'} "${wanted}".`,
    },
  ]
}

const isUnreadable = ({ looked }: DomainFacts): boolean =>
  [looked.resolvers.v4.kind, looked.resolvers.v6.kind].some(
    (kind) => kind === 'failed' || kind === 'timeout' || kind === 'refused',
  )

function remarks({ host, isWildcard }: DomainFacts, place: OurPlace): DomainFinding[] {
  const found: DomainFinding[] = []
  if (isWildcard)
    found.push({
      level: 'info',
      code: 'wildcard',
      message: `A certificate for ${host} needs a proof by DNS (DNS-01): no CA gives one otherwise.`,
      hint: 'Without one, HTTP is served. Names that you add singly get certificates by themselves.',
    })
  const shared = sharedSuffixOf(host)
  if (shared !== undefined)
    found.push({
      level: 'info',
      code: 'shared-suffix',
      message: `Everybody’s names under ${shared} share one quota at a CA, which is often used up.`,
      hint: 'A certificate is tried for in the background. A domain of your own has none of that.',
    })
  if (!isPublicAddress(place.publicAddress) && !place.isPrivateWorld)
    found.push({
      level: 'info',
      code: 'no-public-address',
      message: `This server knows itself as ${place.publicAddress}, which the internet does not know.`,
      hint: 'Records must hold the public address of your network; its router forwards ports 80 and 443 to this server.',
    })
  return found
}
