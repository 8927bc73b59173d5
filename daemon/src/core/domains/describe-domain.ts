import { domainToUnicode } from 'node:url'
import type { Domain, DomainCertificate } from '@vastrox/shared/domain.ts'
import { proofNameOf } from '#core/domains/check-domain.ts'
import type { DomainRecord } from '#store/domain-store.ts'

/** As people see it. */
export const describeDomain = (
  record: DomainRecord,
  app: string,
  certificate: DomainCertificate | null,
): Domain => ({
  host: record.host,
  unicode: unicodeOf(record.host),
  app,
  redirectTo: record.redirectTo,
  isPrimary: record.isPrimary,
  isServed: record.servedSince !== null,
  proof:
    record.proof !== null && record.servedSince === null
      ? { name: proofNameOf(record.host), value: record.proof }
      : null,
  check: record.check,
  nextCheckAt: record.nextCheckAt,
  certificate: record.servedSince === null ? null : certificate,
  createdAt: record.createdAt,
})

const unicodeOf = (host: string): string =>
  host.startsWith('*.') ? `*.${domainToUnicode(host.slice(2))}` : domainToUnicode(host)
