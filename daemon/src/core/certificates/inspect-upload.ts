import type { UploadCertificate } from '@vastrox/shared/certificate.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { CertificateFacts, CertificateTools } from '#ports/certificate-authority.ts'

const MANY_NAMES = 100

/**
 * Looks at a certificate that somebody brings. Throws, in words, where a browser would turn it away or
 * no server could show it; what is only odd about it is a warning.
 */
export function inspectUpload(
  tools: CertificateTools,
  { certificatePem, keyPem }: UploadCertificate,
  now: Date,
): { facts: CertificateFacts; warnings: string[] } {
  const facts = tools.read(certificatePem)
  if (facts.names.length === 0) throw new CodedError('CERTIFICATE_WITHOUT_NAMES')
  if (facts.names.length > MANY_NAMES)
    throw new CodedError('CERTIFICATE_UNREADABLE', { reason: 'It names too many hosts.' })
  if (!tools.keyMatches(certificatePem, keyPem)) throw new CodedError('CERTIFICATE_KEY_WRONG')
  if (facts.chainProblem !== undefined)
    throw new CodedError('CERTIFICATE_CHAIN_BROKEN', { reason: facts.chainProblem })
  if (facts.notAfter <= now)
    throw new CodedError('CERTIFICATE_EXPIRED', {
      reason: `The certificate expired on ${facts.notAfter.toISOString().slice(0, 10)}.`,
    })
  if (facts.notBefore > now)
    throw new CodedError('CERTIFICATE_EXPIRED', {
      reason: `The certificate is not valid before ${facts.notBefore.toISOString()}.`,
    })
  const unusable = tools.unusableFor(certificatePem, keyPem)
  if (unusable !== undefined)
    throw new CodedError('CERTIFICATE_UNUSABLE', {
      reason: `No server can show the certificate with this key: ${unusable}.`,
    })
  const isAlone = (certificatePem.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length === 1
  return {
    facts,
    warnings: [
      ...(facts.isTrusted
        ? []
        : ['Browsers do not know the CA that its chain ends at: visitors will be warned.']),
      ...(isAlone && !facts.isTrusted
        ? ['It comes without the certificates of its CAs: some clients will not find a way to it.']
        : []),
    ],
  }
}
