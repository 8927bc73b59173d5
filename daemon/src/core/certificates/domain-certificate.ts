import type { CertificateState } from '@vastrox/shared/certificate.ts'
import type { DomainCertificate } from '@vastrox/shared/domain.ts'

const DAY_MS = 86_400_000

/** The certificate of a host as it is shown beside the domain. */
export function domainCertificateOf(state: CertificateState, now: Date): DomainCertificate | null {
  const { certificate, reason, problem } = state
  if (!certificate && state.state === 'none') return null
  const leftMs = certificate && Date.parse(certificate.notAfter) - now.getTime()
  const isPublic = certificate !== null && certificate.source !== 'local'
  return {
    state: wordFor(state, leftMs),
    issuer: certificate?.issuer ?? null,
    isPublic: isPublic && (certificate?.isTrusted ?? false),
    notAfter: certificate?.notAfter ?? null,
    daysLeft: leftMs === null ? null : Math.max(0, Math.floor(leftMs / DAY_MS)),
    problem: problem
      ? `${problem.issuer}: ${problem.detail}`
      : reason && isOurs(reason.code)
        ? reason.message
        : null,
    nextAttemptAt: state.nextAttemptAt,
  }
}

/** What the preflight says stands beside the domain already. */
const isOurs = (code: string): boolean => code.startsWith('CERTIFICATE_')

function wordFor(
  { state, certificate, reason }: CertificateState,
  leftMs: number | null,
): DomainCertificate['state'] {
  const isPublic = certificate !== null && certificate.source !== 'local'
  if (isPublic && leftMs !== null && leftMs <= 0) return 'expired'
  if (isPublic && (state === 'failing' || state === 'waiting')) return 'expiring'
  if (isPublic) return 'valid'
  switch (state) {
    case 'valid':
    case 'local':
      return 'valid'
    case 'ordering':
      return 'ordering'
    case 'waiting':
      return reason && isOurs(reason.code) ? 'none' : 'waiting-for-dns'
    case 'failing':
      return 'failed'
    case 'none':
      return 'none'
    default:
      return state satisfies never
  }
}
