import type { CertificateRecord } from '#store/certificate-store.ts'
import { isWildcard } from './names.ts'

/** What is served to whom. */
export interface ServedChoice {
  /** Each record with the hosts that it is the best one for. */
  served: readonly { record: CertificateRecord; hosts: string[] }[]
  of(host: string): CertificateRecord | undefined
}

/**
 * The best certificate for each host: one that its owner uploaded, then a CA's, then the local CA's, as
 * long as they are valid; of one kind the newest. One that has expired is better than none.
 */
export function chooseServed(records: readonly CertificateRecord[], now: Date): ServedChoice {
  const best = new Map<string, CertificateRecord>()
  const rank = (record: CertificateRecord): number => rankOf(record, now)
  for (const record of records)
    for (const host of record.hosts) {
      const known = best.get(host)
      if (!known || rank(record) >= rank(known)) best.set(host, record)
    }
  // A name of its own comes before a wildcard in the proxy: a worse one must not be in the way.
  for (const [host, record] of best) {
    const wider = isWildcard(host) ? undefined : best.get(parentOf(host))
    if (wider && rank(wider) > rank(record)) best.delete(host)
  }
  const hostsOf = Map.groupBy(best, ([, record]) => record)
  return {
    served: [...hostsOf].map(([record, pairs]) => ({ record, hosts: pairs.map(([host]) => host) })),
    of: (host) => best.get(host) ?? best.get(parentOf(host)),
  }
}

const parentOf = (host: string): string => `*${host.slice(Math.max(host.indexOf('.'), 0))}`

function rankOf({ issuer, notAfter }: CertificateRecord, now: Date): number {
  const isValid = Date.parse(notAfter) > now.getTime()
  if (issuer === 'local') return isValid ? 2 : 0
  if (!isValid) return 1
  return issuer === 'uploaded' ? 4 : 3
}
