import type { CertificateEvent } from '@vastrox/shared/certificate.ts'
import type { Clock } from '#ports/clock.ts'
import type { CertificateEventStore } from '#store/certificate-event-store.ts'

interface Deps {
  events: CertificateEventStore
  clock: Clock
}

/** A CA may say a page; a line of it is enough to be found again. */
const MOST_WORDS = 1_000

/** Writes down each step of a host's way to its certificate, for whoever asks what became of it. */
export function createCertificateHistory({ events, clock }: Deps) {
  return {
    note(
      names: string,
      kind: CertificateEvent['kind'],
      { issuer = null, detail = null }: Partial<Pick<CertificateEvent, 'issuer' | 'detail'>> = {},
    ): void {
      events.noteForPlatform(names, {
        kind,
        issuer,
        detail: detail === null ? null : detail.slice(0, MOST_WORDS),
        at: clock.now().toISOString(),
      })
    },
    /** Latest first. */
    of: (names: string): CertificateEvent[] => events.listForPlatform(names),
    forget: (names: string): void => events.removeOfForPlatform(names),
  }
}
export type CertificateHistory = ReturnType<typeof createCertificateHistory>
