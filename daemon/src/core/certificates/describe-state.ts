import type { CertificateProblem, CertificateState } from '@vastrox/shared/certificate.ts'
import type { OrderRecord } from '#store/certificate-order-store.ts'
import type { CertificateRecord } from '#store/certificate-store.ts'
import type { WantRecord } from '#store/certificate-want-store.ts'

interface Known {
  served: CertificateRecord | undefined
  want: WantRecord | undefined
  /** At every issuer, latest first. */
  orders: readonly OrderRecord[]
  titleOf: (issuerId: string) => string
  now: Date
}

/** What people are shown of a host's certificate. */
export function describeState(host: string, known: Known): CertificateState {
  const { served, want, now } = known
  const isAlive = served !== undefined && Date.parse(served.notAfter) > now.getTime()
  return {
    host,
    state: stateOf(known, isAlive),
    certificate: served
      ? {
          id: served.id,
          source: sourceOf(served),
          issuer: titleOf(served, known.titleOf),
          notAfter: served.notAfter,
          isTrusted: served.isTrusted,
          renewAt: served.renewAt,
        }
      : null,
    reason: want?.state === 'waiting' ? want.reason : null,
    problem: want?.state === 'valid' ? null : lastProblem(known),
    nextAttemptAt: want && want.state !== 'valid' ? want.nextAttemptAt : null,
  }
}

function stateOf({ served, want }: Known, isAlive: boolean): CertificateState['state'] {
  if (isAlive && served?.issuer === 'uploaded') return 'valid'
  if (want && want.droppedAt === null) {
    if (want.state === 'new') return 'ordering'
    return want.state
  }
  if (!isAlive || !served) return 'none'
  return served.issuer === 'local' ? 'local' : 'valid'
}

export const sourceOf = ({ issuer }: CertificateRecord): 'issued' | 'uploaded' | 'local' =>
  issuer === 'local' || issuer === 'uploaded' ? issuer : 'issued'

export function titleOf(
  { issuer, issuedBy }: CertificateRecord,
  titleOfIssuer: (id: string) => string,
): string {
  if (issuer === 'local') return 'Vastrox local CA'
  return issuer === 'uploaded' ? (issuedBy ?? 'unknown') : titleOfIssuer(issuer)
}

function lastProblem({ orders, titleOf }: Known): CertificateProblem | null {
  const order = orders.find(({ problem }) => problem !== null)
  if (!order?.problem) return null
  const { at, type, detail, subproblems } = order.problem
  return {
    at,
    issuer: titleOf(order.issuerId),
    type,
    detail,
    subproblems,
    attempts: order.attempts,
  }
}
