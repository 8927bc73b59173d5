import {
  type AuthorityAccount,
  AuthorityError,
  type AuthorityOrder,
  type CertificateAuthority,
  type CertificateFacts,
  type CertificateTools,
} from '#ports/certificate-authority.ts'
import type { Clock } from '#ports/clock.ts'
import type { ChallengeType } from '#ports/domain-preflight.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type {
  CertificateOrderStore,
  OrderRecord,
  OrderState,
  StoredChallenge,
} from '#store/certificate-order-store.ts'
import type { WantOwner } from '#store/certificate-want-store.ts'
import type { IssuerRecord } from '#store/issuer-store.ts'
import type { Budget } from './budget.ts'
import type { CertificateHistory } from './certificate-history.ts'
import type { IssuerAccounts } from './issuer-accounts.ts'
import { isShared, namesOf } from './names.ts'
import { prove } from './prove.ts'
import { AttemptFailed } from './retry.ts'
import { untilSettled } from './until-settled.ts'

interface Deps {
  orders: CertificateOrderStore
  accounts: IssuerAccounts
  budget: Budget
  history: Pick<CertificateHistory, 'note'>
  tools: CertificateTools
  secretBox: SecretBox
  clock: Clock
  show: (challenges: StoredChallenge[], signal: AbortSignal) => Promise<void>
  /** Takes away what a later publication does not. */
  hide: (challenges: readonly StoredChallenge[]) => void
  crashPoint: (name: string) => void
}

export interface Obtained {
  issuer: IssuerRecord
  profile: string
  certificatePem: string
  keyPem: string
  facts: CertificateFacts
  /** It counts against the limits of the CA. */
  isCounted: boolean
}

export interface Wish {
  /** Key of the set of names. */
  names: string
  issuer: IssuerRecord
  profile: string
  challenge: ChallengeType
  owner: WantOwner
  /** A renewal that the CA counts against no limit, where it is told what is replaced. */
  isRenewal: boolean
  /** PEM of the one that is renewed, where this issuer gave it. */
  replacesPem: string | undefined
}

/** Where an order may go next. Whatever goes wrong leads back to `idle`. */
// biome-ignore format: it reads as a table
const NEXT: Record<OrderState, readonly OrderState[]> = {
  idle:       ['ordering'],
  ordering:   ['ordering', 'proving', 'idle'],
  proving:    ['ordering', 'finalizing', 'idle'],
  finalizing: ['ordering', 'idle'],
}

const FINALIZE_MS = 120_000
/** Clocks of CAs and ours may differ by so much. */
const SKEW_MS = 300_000
const DOWNLOADS = 3
const CHAIN_ENDS = /-----END CERTIFICATE-----/g

/**
 * One certificate from one CA, from the key to the checked chain. Each step is in the rows before the
 * next begins: after a kill the order that is under way is found again, not made again (rule R1), and
 * the key is on disk before the CA is asked to sign it (rule R2).
 */
export function createObtain(deps: Deps) {
  const { orders, accounts, budget, tools, secretBox, clock, crashPoint } = deps

  return async function obtain(wish: Wish, signal: AbortSignal): Promise<Obtained> {
    let row = open(wish)
    // A CA that does not like what is replaced is asked without (every second try as well).
    const replacesPem = row.attempts % 2 === 0 ? wish.replacesPem : undefined
    let isCounted = !wish.isRenewal || replacesPem === undefined
    const authority = await accounts.authorityOf(wish.issuer)
    const keyPem = await keyOf()
    crashPoint('certificate.afterKey')
    let account = await accounts.accountOf(wish.issuer.id, signal)

    let order = await findOrder().catch(async (error: unknown) => {
      if (!isAccountGone(error)) throw error
      accounts.forgetAccount(wish.issuer.id)
      save({ state: 'ordering', orderUrl: null })
      account = await accounts.accountOf(wish.issuer.id, signal)
      return placeOrder()
    })
    if (order.status === 'pending') {
      save({ state: 'proving' })
      try {
        await prove({ ...deps, authority, account, challenge: wish.challenge, show }, order, signal)
      } finally {
        if (!signal.aborted) deps.hide(row.challenges)
      }
      order = await authority.order(account, order.url, signal)
    }
    crashPoint('certificate.afterProof')
    order = await signed(order)
    const certificatePem = await download(authority, account, order, wish.issuer, signal)
    crashPoint('certificate.afterDownload')
    const facts = check(certificatePem, keyPem, namesOf(wish.names))
    return { issuer: wish.issuer, profile: wish.profile, certificatePem, keyPem, facts, isCounted }

    function save(changes: Partial<OrderRecord>): void {
      const { state } = changes
      if (state && state !== row.state && !NEXT[row.state].includes(state))
        throw new Error(`an order cannot go from ${row.state} to ${state}`)
      row = { ...row, ...changes, changedAt: clock.now().toISOString() }
      orders.saveForPlatform(row)
    }

    async function keyOf(): Promise<string> {
      const context = contextOf(row)
      if (row.keySealed) return secretBox.open(row.keySealed, context)
      const pem = await tools.newKey()
      save({ state: 'ordering', keySealed: secretBox.seal(pem, context) })
      return pem
    }

    async function show(challenges: StoredChallenge[]): Promise<void> {
      save({ challenges })
      await deps.show(challenges, signal)
    }

    /** The one that is under way, where there is one that can still become something. */
    async function findOrder(): Promise<AuthorityOrder> {
      if (row.orderUrl === null) return placeOrder()
      try {
        const known = await authority.order(account, row.orderUrl, signal)
        if (known.status !== 'invalid' && !isExpired(known, clock.now())) return known
      } catch (error) {
        if (!isOrderGone(error)) throw error
      }
      return placeOrder()
    }

    async function placeOrder(): Promise<AuthorityOrder> {
      save({ state: 'ordering', orderUrl: null, challenges: [] })
      const names = namesOf(wish.names)
      const { profiles } = await authority.directory(signal)
      const profile = profiles.includes(wish.profile) ? wish.profile : undefined
      // Counted first: after a kill it is rather one too many than one too few.
      const count = (): void => budget.noteOrder(wish.issuer.id, names.some(isShared), wish.owner)
      if (isCounted) count()
      const place = (replaced: string | undefined) =>
        authority.newOrder(account, { names, profile, replacesPem: replaced }, signal)
      const placed = await place(replacesPem).catch((error: unknown) => {
        if (replacesPem === undefined || !isAboutReplacing(error)) throw error
        if (!isCounted) count()
        isCounted = true
        return place(undefined)
      })
      crashPoint('certificate.afterOrder')
      save({ orderUrl: placed.url })
      deps.history.note(wish.names, 'ordered', { issuer: wish.issuer.title })
      crashPoint('certificate.afterOrderStored')
      return placed
    }

    async function signed(proven: AuthorityOrder): Promise<AuthorityOrder> {
      if (proven.status === 'valid') return proven
      save({ state: row.state === 'ordering' ? 'proving' : row.state })
      save({ state: 'finalizing' })
      const isPending = ({ status }: AuthorityOrder): boolean =>
        status === 'processing' || status === 'pending'
      const settle = (first: AuthorityOrder, isOpen: (seen: AuthorityOrder) => boolean) =>
        untilSettled(
          {
            first,
            look: () => authority.order(account, proven.url, signal),
            isPending: isOpen,
            limitMs: FINALIZE_MS,
          },
          clock,
          signal,
        )
      const ready = await settle(proven, isPending)
      if (ready.status === 'invalid') throw invalid(ready)
      if (ready.status === 'valid') return ready
      const names = namesOf(wish.names)
      const asked = await authority.finalize(account, ready, { keyPem, names }, signal)
      crashPoint('certificate.afterFinalize')
      const done = await settle(asked, (seen) => isPending(seen) || seen.status === 'ready')
      if (done.status === 'invalid') throw invalid(done)
      return done
    }
  }

  function open({ names, issuer, profile }: Wish): OrderRecord {
    const now = clock.now().toISOString()
    return (
      orders.findForPlatform(names, issuer.id, profile) ?? {
        names,
        issuerId: issuer.id,
        profile,
        state: 'idle',
        orderUrl: null,
        keySealed: null,
        challenges: [],
        attempts: 0,
        nextAttemptAt: now,
        problem: null,
        changedAt: now,
      }
    )
  }

  /** A chain that ends too early is asked for again: some CAs need a moment. */
  async function download(
    authority: CertificateAuthority,
    account: AuthorityAccount,
    order: AuthorityOrder,
    { preferredChain }: IssuerRecord,
    signal: AbortSignal,
  ): Promise<string> {
    const { certificateUrl } = order
    if (certificateUrl === undefined)
      throw new AttemptFailed('outage', 'the CA does not say where the certificate is')
    for (let tries = 1; ; tries += 1) {
      const pem = await authority.download(
        account,
        certificateUrl,
        preferredChain ?? undefined,
        signal,
      )
      const isWhole = (pem.match(CHAIN_ENDS) ?? []).length > 1
      if (isWhole || tries >= DOWNLOADS) return pem
      await clock.sleep(1_000, signal)
    }
  }

  /** Rule R2: nothing is put to use that is not what was asked for. */
  function check(
    certificatePem: string,
    keyPem: string,
    names: readonly string[],
  ): CertificateFacts {
    const wrong = (what: string): AttemptFailed =>
      new AttemptFailed('refused', `the certificate that the CA gave ${what}`)
    const facts = tools.read(certificatePem)
    if (!tools.keyMatches(certificatePem, keyPem)) throw wrong('is of another key')
    const missing = names.find((name) => !facts.names.includes(name))
    if (missing !== undefined) throw wrong(`is not of ${missing}`)
    if (facts.chainProblem !== undefined) throw wrong(`has a broken chain: ${facts.chainProblem}`)
    const unusable = tools.unusableFor(certificatePem, keyPem)
    if (unusable !== undefined) throw wrong(`cannot be served: ${unusable}`)
    const now = clock.now().getTime()
    if (facts.notBefore.getTime() > now + SKEW_MS) throw wrong('is not valid yet')
    if (facts.notAfter.getTime() <= now) throw wrong('has expired already')
    return facts
  }
}
export type Obtain = ReturnType<typeof createObtain>

export const contextOf = ({ names, issuerId, profile }: OrderRecord): string =>
  `certificate_orders|${names},${issuerId},${profile}|key_sealed`

const isExpired = ({ expires }: AuthorityOrder, now: Date): boolean =>
  expires !== undefined && expires <= now

const typeOf = (error: unknown): string | undefined =>
  error instanceof AuthorityError ? error.problem?.type : undefined

const isAccountGone = (error: unknown): boolean => typeOf(error) === 'accountDoesNotExist'

/** The CA has forgotten it, or it was another account's. */
function isOrderGone(error: unknown): boolean {
  if (!(error instanceof AuthorityError) || !error.problem) return false
  const { status } = error.problem
  return !isAccountGone(error) && (status === 404 || status === 403 || status === 401)
}

const isAboutReplacing = (error: unknown): boolean =>
  typeOf(error) === 'alreadyReplaced' ||
  (typeOf(error) === 'malformed' && /replace/i.test(error instanceof Error ? error.message : ''))

function invalid({ problem }: AuthorityOrder): AttemptFailed {
  if (!problem) return new AttemptFailed('refused', 'the CA has given up the order')
  const cause = new AuthorityError(problem.detail, { problem })
  return new AttemptFailed('refused', problem.detail, { cause })
}
