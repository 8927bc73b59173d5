import {
  type AuthorityAccount,
  type AuthorityChallenge,
  AuthorityError,
  type AuthorityOrder,
  type Authorization,
  type CertificateAuthority,
} from '#ports/certificate-authority.ts'
import type { Clock } from '#ports/clock.ts'
import type { ChallengeType } from '#ports/domain-preflight.ts'
import type { StoredChallenge } from '#store/certificate-order-store.ts'
import { AttemptFailed, isUnproven } from './retry.ts'
import { untilSettled } from './until-settled.ts'

interface Deps {
  authority: CertificateAuthority
  account: AuthorityAccount
  challenge: ChallengeType
  /** Shows the answers everywhere a CA may look, and resolves only then. */
  show: (challenges: StoredChallenge[], signal: AbortSignal) => Promise<void>
  clock: Clock
  crashPoint: (name: string) => void
}

const PROOF_MS = 90_000
/** Authorizations looked at together. */
const TOGETHER = 8

/**
 * Proves every name of an order. Answers are shown before the CA is told of any of them; one that a
 * CA has been told of before a restart is only waited for.
 */
export async function prove(deps: Deps, order: AuthorityOrder, signal: AbortSignal): Promise<void> {
  const { authority, account, clock, crashPoint } = deps
  const found = await inTurns(order.authorizations, (url) =>
    authority.authorization(account, url, signal),
  )
  for (const authorization of found) if (isLost(authorization)) throw failureOf(authorization)
  const tasks = found
    .filter(({ status }) => status === 'pending')
    .map((authorization) => ({
      authorization,
      challenge: challengeFor(authorization, deps.challenge),
    }))
  if (tasks.length === 0) return

  await deps.show(
    tasks.map(({ authorization, challenge }) => ({
      type: challenge.type,
      name: authorization.name,
      token: challenge.token,
      keyAuthorization: authority.keyAuthorization(account, challenge.token),
    })),
    signal,
  )
  crashPoint('certificate.afterChallenge')
  await inTurns(
    tasks.filter(({ challenge }) => challenge.status === 'pending'),
    ({ challenge }) => authority.answer(account, challenge.url, signal),
  )
  crashPoint('certificate.afterAnswer')
  await inTurns(tasks, ({ authorization }) => untilProven(authorization))

  async function untilProven(first: Authorization): Promise<void> {
    const settled = await untilSettled(
      {
        first,
        look: () => authority.authorization(account, first.url, signal),
        isPending: ({ status }) => status === 'pending',
        limitMs: PROOF_MS,
      },
      clock,
      signal,
    )
    if (isLost(settled)) throw failureOf(settled)
  }
}

const isLost = ({ status }: Authorization): boolean => status !== 'pending' && status !== 'valid'

/** One that is under way already, the one that is wished for, or what there is. */
function challengeFor(
  { name, challenges }: Authorization,
  wish: ChallengeType,
): AuthorityChallenge {
  const open = challenges.filter(({ status }) => status === 'pending' || status === 'processing')
  const found =
    open.find(({ status }) => status === 'processing') ??
    open.find(({ type }) => type === wish) ??
    (wish === 'dns-01' ? undefined : open.find(({ type }) => type !== 'dns-01'))
  if (!found)
    throw new AttemptFailed('refused', `the CA offers no way to prove ${name} that works here`)
  return found
}

/** In the CA's own words. */
function failureOf({ name, status, challenges }: Authorization): AttemptFailed {
  const problem = challenges.find((each) => each.problem)?.problem
  if (!problem)
    return new AttemptFailed('unproven', `the authorization of ${name} has become ${status}`)
  const cause = new AuthorityError(problem.detail, { problem })
  return new AttemptFailed(isUnproven(problem.type) ? 'unproven' : 'refused', problem.detail, {
    cause,
  })
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (let at = 0; at < items.length; at += TOGETHER)
    done.push(...(await Promise.all(items.slice(at, at + TOGETHER).map(work))))
  return done
}
