import { createHmac } from 'node:crypto'
import type { AuditHead, AuditRow } from '#store/audit-store.ts'

/** What is chained, in this order; changing it breaks every log there is. */
const COLUMNS = [
  'id',
  'team_id',
  'at',
  'actor',
  'actor_id',
  'action',
  'target',
  'result',
  'address',
  'details_json',
] as const

/**
 * The hashes of the log, by a key of their own purpose: who can write to the database alone cannot
 * forge them.
 */
export function createAuditChain(key: Buffer) {
  const seal = (...parts: unknown[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex')

  return {
    /** Of an event, with the hash of the event before. Older events had no `via`. */
    hashOf: (before: string, row: Omit<AuditRow, 'hash'>): string =>
      seal(
        'event',
        before,
        ...COLUMNS.map((column) => row[column]),
        ...(row.via === null ? [] : [row.via]),
      ),
    /** Over the last event: shows when the end of the log was cut off. */
    sealOf: ({ id, hash }: Pick<AuditHead, 'id' | 'hash'>): string => seal('head', id, hash),
  }
}
export type AuditChain = ReturnType<typeof createAuditChain>
