import type { DomainCheck } from '@vastrox/shared/domain.ts'
import type { OurPlace } from '#core/domains/facts.ts'
import type { GatherFacts } from '#core/domains/gather-facts.ts'
import { judge } from '#core/domains/judge.ts'
import { countingTrail } from '#core/domains/judge-names.ts'
import { privateEndingOf } from '#core/domains/known-networks.ts'
import { recordsFor } from '#core/domains/records.ts'
import type { Clock } from '#ports/clock.ts'
import type { Dns } from '#ports/dns.ts'
import type { DomainRecord } from '#store/domain-store.ts'

interface Deps {
  dns: Dns
  gather: GatherFacts
  place: () => OurPlace
  caaDomains: () => readonly string[]
  clock: Clock
}

export interface CheckedDomain {
  check: DomainCheck
  /** Its TXT record says what it must. */
  isProven: boolean
}

export const PROOF_LABEL = '_vastrox'
const MAX_SHOWN_TEXTS = 5
const MAX_SHOWN = 200

/** Where the TXT record of a claim stands. */
export const proofNameOf = (host: string): string => `${PROOF_LABEL}.${host.replace(/^\*\./, '')}`

/** One look at a domain: what it is asked for is written down as a whole. Never asks a CA. */
export function createCheckDomain({ dns, gather, place, caaDomains, clock }: Deps) {
  async function textsOf(name: string, signal: AbortSignal): Promise<string[]> {
    const [cached, zone] = await Promise.all([
      dns.resolvers.txt(name, signal),
      dns.zoneServers(name, signal),
    ])
    const now = zone ? await zone.view.txt(name, signal) : cached
    return [cached, now].flatMap((answer) => (answer.kind === 'found' ? [...answer.values] : []))
  }

  return async (domain: DomainRecord, signal: AbortSignal): Promise<CheckedDomain> => {
    const { host, registrable } = domain
    const isWaitingForProof = domain.proof !== null && domain.servedSince === null
    const ending = privateEndingOf(host)
    if (ending !== undefined && !place().isPrivateWorld && !isWaitingForProof)
      return { check: privateCheck(host, ending, clock.now()), isProven: false }
    const [facts, texts] = await Promise.all([
      gather({ host, registrable }, signal),
      isWaitingForProof ? textsOf(proofNameOf(host), signal) : Promise.resolve<string[]>([]),
    ])
    const judged = judge(facts, { place: place(), challenge: 'http-01', caaDomains: caaDomains() })
    const isProven = domain.proof !== null && texts.includes(domain.proof)
    const { v4, v6 } = countingTrail(facts)
    const records = recordsFor({
      host,
      registrable,
      place: place(),
      found: { v4, v6, leadsHere: judged.leadsHere },
      proof: isWaitingForProof
        ? {
            name: proofNameOf(host),
            value: domain.proof ?? '',
            found: [...new Set(texts)]
              .slice(0, MAX_SHOWN_TEXTS)
              .map((text) => text.slice(0, MAX_SHOWN)),
            isRight: isProven,
          }
        : undefined,
    })
    const check: DomainCheck = {
      at: clock.now().toISOString(),
      state: judged.state,
      summary: judged.summary,
      findings: judged.findings,
      records,
      nameServers: [...(facts.looked.zone?.servers ?? [])],
    }
    return { check: isWaitingForProof && !isProven ? unproven(check, domain) : check, isProven }
  }
}
export type CheckDomain = ReturnType<typeof createCheckDomain>

const unproven = (check: DomainCheck, { host, registrable }: DomainRecord): DomainCheck => {
  const message = `Somebody else on this server has names of ${registrable}: ${host} is served once you have shown that it is yours.`
  const hint = `Make the TXT record that is listed here. It is noticed by itself, and may go afterwards.`
  return {
    ...check,
    state: 'unproven',
    summary: message,
    findings: [{ level: 'bad', code: 'unproven', message, hint }, ...check.findings],
  }
}

function privateCheck(host: string, ending: string, now: Date): DomainCheck {
  const message = `Names that end in .${ending} are not in the DNS of the world: they are for private networks.`
  return {
    at: now.toISOString(),
    state: 'private',
    summary: `${host} is served to whoever finds this server by that name.`,
    findings: [
      {
        level: 'info',
        code: 'private-name',
        message,
        hint: 'Let the name servers or hosts files of your network lead it here. No CA gives a certificate for it.',
      },
    ],
    records: [],
    nameServers: [],
  }
}
