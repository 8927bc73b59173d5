import type { BaseDomainCheck } from '@vastrox/shared/base-domain.ts'
import type { DomainFinding, DomainState } from '@vastrox/shared/domain.ts'
import type { CheckDomain } from '#core/domains/check-domain.ts'
import { isPublicAddress } from '#core/domains/known-networks.ts'
import type { PublicSuffixes } from '#ports/public-suffixes.ts'

interface Deps {
  check: CheckDomain
  suffixes: PublicSuffixes
  publicAddress: string
}

export type Looked = Omit<BaseDomainCheck, 'consequences'>

const LIMIT_MS = 25_000
const LEVELS: readonly DomainFinding['level'][] = ['bad', 'warn', 'info', 'ok']

/**
 * Whether a name and the star beneath it lead here, by the same judge as domains of apps. Names that end
 * in localhost lead every machine to itself: nothing is asked about them.
 */
export function createLookAtBaseDomain({ check, suffixes, publicAddress }: Deps) {
  async function one(host: string, registrable: string, signal: AbortSignal) {
    const { check: found } = await check(
      {
        id: host,
        teamId: '',
        appId: '',
        host,
        registrable,
        redirectTo: null,
        isPrimary: false,
        servedSince: null,
        provenAt: null,
        proof: null,
        check: null,
        nextCheckAt: null,
        waitingSince: null,
        createdAt: new Date(0).toISOString(),
      },
      signal,
    )
    return found
  }

  return async (
    name: string,
    given: AbortSignal = AbortSignal.timeout(LIMIT_MS),
  ): Promise<Looked> => {
    if (isLocalhost(name)) return ofLocalhost(name, publicAddress)
    const { suffix, registrable } = await suffixes.read(name)
    if (registrable === null) return ofSuffix(name, suffix)
    const signal = AbortSignal.any([given, AbortSignal.timeout(LIMIT_MS)])
    const [own, beneath] = await Promise.all([
      one(name, registrable, signal),
      one(`*.${name}`, registrable, signal),
    ])
    const leadsHere = [own, beneath].every(({ state }) => state === 'ready')
    const findings = [own, beneath]
      .flatMap((found) => found.findings)
      // Said of apps' domains: here the certificates are said in what follows from the move.
      .filter(({ code }) => code !== 'wildcard')
    return {
      name,
      leadsHere,
      summary: leadsHere
        ? `${name} and *.${name} lead here.`
        : [own, beneath]
            .flatMap(({ state, summary }) => (isWell(state) ? [] : [summary]))
            .join(' '),
      findings: withoutDoubles(findings).toSorted(
        (a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level),
      ),
      records: [...own.records, ...beneath.records],
    }
  }
}
export type LookAtBaseDomain = ReturnType<typeof createLookAtBaseDomain>

const isWell = (state: DomainState): boolean => state === 'ready'

export const isLocalhost = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost')

function ofLocalhost(name: string, publicAddress: string): Looked {
  const isAlone = !isPublicAddress(publicAddress) && /^(127\.|::1$)/.test(publicAddress)
  const message = isAlone
    ? `${name} leads browsers, curl and git on this machine here, and nobody else.`
    : `${name} leads every machine to itself: nobody else would find this server.`
  return {
    name,
    leadsHere: isAlone,
    summary: message,
    findings: [
      {
        code: 'localhost',
        level: isAlone ? 'info' : 'bad',
        message,
        hint: isAlone ? null : 'Choose a domain that you have registered.',
      },
    ],
    records: [],
  }
}

const ofSuffix = (name: string, suffix: string): Looked => ({
  name,
  leadsHere: false,
  summary: `${suffix} is where names are registered, and nobody’s own.`,
  findings: [
    {
      code: 'suffix',
      level: 'bad',
      message: `${suffix} is where names are registered, and nobody’s own.`,
      hint: 'Name the domain that you have registered there.',
    },
  ],
  records: [],
})

function withoutDoubles(findings: readonly DomainFinding[]): DomainFinding[] {
  const seen = new Map(findings.map((finding) => [`${finding.code} ${finding.message}`, finding]))
  return [...seen.values()]
}
