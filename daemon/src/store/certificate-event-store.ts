import type { CertificateEvent } from '@vastrox/shared/certificate.ts'
import type { Database } from '#store/database.ts'

interface EventRow {
  id: number
  kind: CertificateEvent['kind']
  issuer: string | null
  detail: string | null
  at: string
  last_at: string
  times: number
}

/** Of one set of names; older ones go. */
const MOST_EVENTS = 60

/** What became of each set of names that is to have a certificate. */
export function createCertificateEventStore(db: Database) {
  const latest = db.prepare<[names: string], EventRow>(
    'SELECT * FROM certificate_events WHERE names = ? ORDER BY id DESC LIMIT 1',
  )
  const selectOf = db.prepare<[names: string, most: number], EventRow>(
    'SELECT * FROM certificate_events WHERE names = ? ORDER BY id DESC LIMIT ?',
  )
  const insert = db.prepare<{
    names: string
    kind: string
    issuer: string | null
    detail: string | null
    at: string
  }>(
    `INSERT INTO certificate_events (names, kind, issuer, detail, at, last_at)
     VALUES (@names, @kind, @issuer, @detail, @at, @at)`,
  )
  const again = db.prepare<[lastAt: string, id: number]>(
    'UPDATE certificate_events SET last_at = ?, times = times + 1 WHERE id = ?',
  )
  const trim = db.prepare<{ names: string; most: number }>(
    `DELETE FROM certificate_events WHERE names = @names AND id NOT IN
       (SELECT id FROM certificate_events WHERE names = @names ORDER BY id DESC LIMIT @most)`,
  )
  const removeOf = db.prepare<[names: string]>('DELETE FROM certificate_events WHERE names = ?')

  return {
    /** One more step; the same as the one before only counts. */
    noteForPlatform(
      names: string,
      event: Pick<CertificateEvent, 'kind' | 'issuer' | 'detail' | 'at'>,
    ): void {
      const before = latest.get(names)
      if (
        before?.kind === event.kind &&
        before.issuer === event.issuer &&
        before.detail === event.detail
      ) {
        again.run(event.at, before.id)
        return
      }
      insert.run({ names, ...event })
      trim.run({ names, most: MOST_EVENTS })
    },
    /** Latest first. */
    listForPlatform: (names: string): CertificateEvent[] =>
      selectOf.all(names, MOST_EVENTS).map(({ kind, issuer, detail, at, last_at, times }) => ({
        kind,
        issuer,
        detail,
        at,
        lastAt: last_at,
        times,
      })),
    removeOfForPlatform: (names: string): void => {
      removeOf.run(names)
    },
  }
}
export type CertificateEventStore = ReturnType<typeof createCertificateEventStore>
