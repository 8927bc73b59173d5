import { X509Certificate } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { SourceAuthorities } from '@vastrox/shared/external-source.ts'

type Authority = SourceAuthorities['authorities'][number] & { pem: string }

const MAX_AUTHORITIES = 50
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** The authorities of a PEM file, each once. Throws REQUEST_INVALID in words. */
export function readAuthorities(text: string): Authority[] {
  if (/PRIVATE KEY-----/.test(text))
    throw invalid('There is a private key among it: give certificates alone.')
  const found = text.match(CERTIFICATE) ?? []
  if (found.length === 0 && text.trim() !== '')
    throw invalid('It holds no certificate in PEM (-----BEGIN CERTIFICATE-----).')
  if (found.length > MAX_AUTHORITIES)
    throw invalid(`It holds more than ${MAX_AUTHORITIES} certificates.`)
  const authorities = found.map(read)
  return [...new Map(authorities.map((one) => [one.fingerprint, one])).values()]
}

function read(pem: string, at: number): Authority {
  const certificate = parse(pem, at)
  const name = certificate.subject.replaceAll(/\p{C}+/gu, ', ').slice(0, 200)
  // A host may sign for itself, and be trusted by that one certificate.
  if (!certificate.ca && !certificate.checkIssued(certificate))
    throw invalid(`${name} is the certificate of a server: give that of the authority behind it.`)
  return {
    name,
    validUntil: certificate.validToDate.toISOString(),
    fingerprint: certificate.fingerprint256,
    pem: certificate.toString(),
  }
}

function parse(pem: string, at: number): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new CodedError(
      'REQUEST_INVALID',
      { reason: `Certificate ${at + 1} of it cannot be read.` },
      { cause },
    )
  }
}

const invalid = (reason: string): CodedError => new CodedError('REQUEST_INVALID', { reason })
