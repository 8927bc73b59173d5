import type { Clock } from '#ports/clock.ts'
import type { ChallengeType, DomainPreflight, PreflightAnswer } from '#ports/domain-preflight.ts'
import type { CertificateOrderStore, OrderRecord } from '#store/certificate-order-store.ts'
import type { CertificateRecord } from '#store/certificate-store.ts'
import type { CertificateWantStore, WantReason, WantRecord } from '#store/certificate-want-store.ts'
import type { IssuerRecord, IssuerStore } from '#store/issuer-store.ts'
import type { Budget } from './budget.ts'
import type { CertificateHistory } from './certificate-history.ts'
import type { IssuerAccounts } from './issuer-accounts.ts'
import { knownIssuer } from './known-issuers.ts'
import { isAddress, isPublicName, isShared, isWildcard, namesOf } from './names.ts'
import type { Obtain, Obtained } from './obtain.ts'
import { YOUNG } from './renewal.ts'
import { lifeOf } from './renewal-rounds.ts'
import { kindOf, LONGEST_WAIT_MS, problemOf, retryAfterOf, retryDelay } from './retry.ts'
import type { SharedLine } from './shared-line.ts'

interface Deps {
  wants: Pick<CertificateWantStore, 'ownerForPlatform'>
  history: Pick<CertificateHistory, 'note'>
  line: SharedLine
  issuers: IssuerStore
  orders: CertificateOrderStore
  accounts: IssuerAccounts
  budget: Budget
  obtain: Obtain
  preflight: DomainPreflight
  /** Somebody makes records in the zone of the name. */
  canProveByDns: (name: string) => boolean
  clock: Clock
  random: () => number
}

/** What came of an attempt: a certificate, or when to try again and why. */
export type Outcome =
  | { kind: 'obtained'; obtained: Obtained }
  | { kind: 'not-now'; state: 'waiting' | 'failing'; reason: WantReason | null; nextAt: Date }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A visitor has no HTTPS meanwhile: longer than this nobody waits for one CA when there is another. */
const PATIENT_MS = 60_000
const LEAST_REST_MS = 60_000

const NO_ISSUER: WantReason = {
  code: 'CERTIFICATE_NO_ISSUER',
  message: 'No CA that is set up signs this name.',
  hint: 'Public CAs sign names that everybody can look up; for others set up an issuer of your own: vastrox issuers:add.',
}
const NO_PROVIDER: WantReason = {
  code: 'CERTIFICATE_NO_DNS_PROVIDER',
  message: 'A wildcard is proven by a DNS record, and nobody is set up to make one in its zone.',
  hint: 'Set up who looks after the zone: vastrox dns-providers:add.',
}
const LIMIT: WantReason = {
  code: 'CERTIFICATE_LIMIT',
  message: 'The limits of the CAs allow no order now.',
  hint: 'It is tried again by itself; what is served now stays.',
}
const LINE: WantReason = {
  code: 'CERTIFICATE_SHARED_LINE',
  message:
    'Everybody shares the limits of this suffix: one order a day, and others stand before it.',
  hint: 'A domain of your own has limits of its own.',
}

/**
 * One try for a set of names: the preflight first, then one CA after the other until one gives a
 * certificate (rules R4, R5 and R7). Throws only when aborted.
 */
export function createAttempt(deps: Deps) {
  const { issuers, orders, accounts, budget, obtain, preflight, clock, random } = deps

  /** Their limit is one for all, and is looked at before an order is counted: one at a time. */
  let isSharedUnderWay = false

  return async function attempt(
    want: WantRecord,
    current: CertificateRecord | undefined,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (!namesOf(want.names).some(isShared)) return tryAll(want, current, signal)
    if (isSharedUnderWay) return notNow('waiting', LIMIT, HOUR_MS)
    // What is to be renewed does not stand in the line: it would expire there.
    if (!current && !deps.line.isFirst(want.names)) return notNow('waiting', LINE, HOUR_MS)
    isSharedUnderWay = true
    try {
      return await tryAll(want, current, signal)
    } finally {
      isSharedUnderWay = false
    }
  }

  async function tryAll(
    want: WantRecord,
    current: CertificateRecord | undefined,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const names = namesOf(want.names)
    const isSharedSet = names.some(isShared)
    const usable = issuersFor(names)
    if (usable.length === 0) return notNow('waiting', NO_ISSUER, DAY_MS)
    const unprovable = names.find((name) => isWildcard(name) && !deps.canProveByDns(name))
    if (unprovable !== undefined) return notNow('waiting', NO_PROVIDER, DAY_MS)
    const now = clock.now()
    const waits: Date[] = []
    let reason: WantReason | null = null
    let hasFailed = false

    for (const issuer of isSharedSet ? nextInTurn(want.names, usable) : usable) {
      const profile = profileFor(issuer, names)
      const row = orders.findForPlatform(want.names, issuer.id, profile)
      const freeAt = freeFrom(want, issuer, row, current)
      if (freeAt && freeAt > now) {
        waits.push(freeAt)
        reason ??= row?.problem ? null : LIMIT
        hasFailed ||= row?.problem != null
        continue
      }
      const challenge = challengeFor(names, row)
      const answer = isUrgent(current) ? ok : await look(names, issuer, challenge, signal)
      if (!answer.ok) {
        const { code, message, hint } = answer
        return notNow('waiting', { code, message, hint }, waitForDns(want))
      }
      try {
        const wish = {
          names: want.names,
          issuer,
          profile,
          challenge,
          owner: deps.wants.ownerForPlatform(want),
          isRenewal: isCountedByNobody(current, issuer),
          replacesPem: current?.issuer === issuer.id ? current.certificatePem : undefined,
        }
        await rehearse(wish, row, signal)
        return { kind: 'obtained', obtained: await obtain(wish, signal) }
      } catch (error) {
        if (signal.aborted) throw error
        hasFailed = true
        const nextAt = noteFailure(want.names, issuer, profile, error, current)
        waits.push(nextAt)
        if (!mayFallOver(error, current, nextAt)) break
      }
    }
    const [next = new Date(now.getTime() + HOUR_MS)] = waits.toSorted(
      (one, other) => one.getTime() - other.getTime(),
    )
    return {
      kind: 'not-now',
      state: hasFailed ? 'failing' : 'waiting',
      reason: hasFailed ? null : reason,
      nextAt: next,
    }
  }

  function notNow(state: 'waiting' | 'failing', reason: WantReason, ms: number): Outcome {
    return { kind: 'not-now', state, reason, nextAt: new Date(clock.now().getTime() + ms) }
  }

  /** In their order; public ones for public names only. */
  function issuersFor(names: readonly string[]): IssuerRecord[] {
    return issuers
      .listForPlatform()
      .filter(
        (issuer) =>
          issuer.isEnabled &&
          issuer.stagesFor === null &&
          (!knownIssuer(issuer.directoryUrl) || names.every(isPublicName)),
      )
  }

  /** One a try: whichever has been asked longest ago. */
  function nextInTurn(key: string, usable: readonly IssuerRecord[]): IssuerRecord[] {
    const askedAt = new Map(
      orders.listOfForPlatform(key).map(({ issuerId, changedAt }) => [issuerId, changedAt]),
    )
    return usable
      .toSorted((one, other) =>
        (askedAt.get(one.id) ?? '').localeCompare(askedAt.get(other.id) ?? ''),
      )
      .slice(0, 1)
  }

  function freeFrom(
    want: WantRecord,
    issuer: IssuerRecord,
    row: OrderRecord | undefined,
    current: CertificateRecord | undefined,
  ): Date | undefined {
    const names = namesOf(want.names)
    const possibleUntil = clock.now().getTime() + LONGEST_WAIT_MS
    // An order that is under way costs nothing more.
    const isOpen = row !== undefined && row.state !== 'idle' && row.orderUrl !== null
    const times = [
      issuer.restUntil === null ? undefined : new Date(issuer.restUntil),
      row && row.problem ? new Date(row.nextAttemptAt) : undefined,
      isOpen
        ? undefined
        : budget.orderFreeAt({
            issuerId: issuer.id,
            key: want.names,
            names,
            isShared: names.some(isShared),
            isRenewal: isCountedByNobody(current, issuer),
            lifeMs: current?.issuer === issuer.id ? wholeOf(current) : undefined,
            owner: deps.wants.ownerForPlatform(want),
          }),
    ]
      .filter((at) => at !== undefined)
      .filter((at) => at.getTime() <= possibleUntil)
    return times.toSorted((one, other) => other.getTime() - one.getTime())[0]
  }

  /** A renewal that the CA can tell from a first order, of one that has lived for a while. */
  function isCountedByNobody(
    current: CertificateRecord | undefined,
    issuer: IssuerRecord,
  ): boolean {
    if (current?.issuer !== issuer.id || current.askAgainAt === null) return false
    const age = clock.now().getTime() - Date.parse(current.createdAt)
    return age >= wholeOf(current) * YOUNG
  }

  async function look(
    names: readonly string[],
    issuer: IssuerRecord,
    challenge: ChallengeType,
    signal: AbortSignal,
  ): Promise<PreflightAnswer> {
    const caaDomains = knownIssuer(issuer.directoryUrl)?.caaDomains ?? []
    for (const name of names) {
      if (isAddress(name)) continue
      const answer = await preflight(name, { challenge, caaDomains }, signal)
      if (!answer.ok) return answer
    }
    return ok
  }

  /** After a proof that failed, the next one is tried where a failure is not counted (rule R7). */
  async function rehearse(
    wish: Parameters<Obtain>[0],
    row: OrderRecord | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (row?.problem?.kind !== 'unproven') return
    const stage = issuers
      .listForPlatform()
      .find((issuer) => issuer.isEnabled && issuer.stagesFor === wish.issuer.id)
    if (!stage) return
    try {
      await obtain({ ...wish, issuer: stage, isRenewal: false, replacesPem: undefined }, signal)
    } catch (error) {
      close(wish.names, stage.id, wish.profile)
      // A stage that is away says nothing about the names.
      if (signal.aborted || kindOf(error) !== 'outage') throw error
    }
    close(wish.names, stage.id, wish.profile)
  }

  function close(names: string, issuerId: string, profile: string): void {
    const row = orders.findForPlatform(names, issuerId, profile)
    if (row)
      orders.saveForPlatform({
        ...row,
        state: 'idle',
        orderUrl: null,
        keySealed: null,
        challenges: [],
        changedAt: clock.now().toISOString(),
      })
  }

  /** Writes down what the CA said, and when it is asked again. */
  function noteFailure(
    key: string,
    issuer: IssuerRecord,
    profile: string,
    error: unknown,
    current: CertificateRecord | undefined,
  ): Date {
    const now = clock.now()
    const kind = kindOf(error)
    const row = orders.findForPlatform(key, issuer.id, profile)
    const attempts = (row?.attempts ?? 0) + 1
    const retryAfterMs = retryAfterOf(error)
    const delay = retryDelay({
      kind,
      attempts,
      retryAfterMs,
      leftMs: current && Date.parse(current.notAfter) - now.getTime(),
      lifeMs: current && wholeOf(current),
      random,
    })
    const nextAt = new Date(now.getTime() + delay)
    if (kind === 'unproven') budget.noteFailure(issuer.id, namesOf(key))
    // What the CA says of itself holds for every name; what it says of a name holds for that.
    const isOfWholeIssuer =
      kind === 'outage' || (kind === 'limited' && problemOf(error, now).type !== 'rateLimited')
    if (isOfWholeIssuer) {
      const restMs = Math.max(retryAfterMs ?? 0, Math.min(delay, LEAST_REST_MS))
      accounts.rest(issuer.id, new Date(now.getTime() + restMs))
    }
    const isOver = kind === 'unproven' || kind === 'refused'
    const problem = problemOf(error, now)
    deps.history.note(key, 'refused', { issuer: issuer.title, detail: problem.detail })
    orders.saveForPlatform({
      names: key,
      issuerId: issuer.id,
      profile,
      state: isOver ? 'idle' : (row?.state ?? 'idle'),
      orderUrl: isOver ? null : (row?.orderUrl ?? null),
      keySealed: isOver ? null : (row?.keySealed ?? null),
      challenges: [],
      attempts,
      nextAttemptAt: nextAt.toISOString(),
      problem,
      changedAt: now.toISOString(),
    })
    return nextAt
  }

  /** Whether another CA could do better, and there is reason not to wait for this one. */
  function mayFallOver(
    error: unknown,
    current: CertificateRecord | undefined,
    nextAt: Date,
  ): boolean {
    const kind = kindOf(error)
    if (kind === 'unproven' || kind === 'local') return false
    if (kind !== 'limited') return true
    const patience = current ? HOUR_MS : PATIENT_MS
    return nextAt.getTime() - clock.now().getTime() > patience
  }

  /** So little life is left that a preflight that errs would be worse than an order too many. */
  function isUrgent(current: CertificateRecord | undefined): boolean {
    if (!current?.notBefore) return false
    const end = Date.parse(current.notAfter)
    return end - clock.now().getTime() < (end - Date.parse(current.notBefore)) / 10
  }

  /** Soon after a domain was added, seldom when its DNS stays as it is. */
  function waitForDns({ wantedSince }: WantRecord): number {
    const age = clock.now().getTime() - Date.parse(wantedSince)
    return Math.min(Math.max(age / 4, 30_000), HOUR_MS) * (0.9 + random() * 0.2)
  }
}
export type Attempt = ReturnType<typeof createAttempt>

const ok: PreflightAnswer = { ok: true }

function wholeOf(record: CertificateRecord): number {
  const { notBefore, notAfter } = lifeOf(record)
  return notAfter.getTime() - notBefore.getTime()
}

/** Addresses are signed for days only. */
export const profileFor = ({ profile }: IssuerRecord, names: readonly string[]): string =>
  names.some(isAddress) ? 'shortlived' : (profile ?? '')

/** Port 80 first; after a proof that failed there, port 443, and so on in turn. */
function challengeFor(names: readonly string[], row: OrderRecord | undefined): ChallengeType {
  if (names.some(isWildcard)) return 'dns-01'
  if (row?.problem?.kind !== 'unproven') return 'http-01'
  return row.attempts % 2 === 1 ? 'tls-alpn-01' : 'http-01'
}
