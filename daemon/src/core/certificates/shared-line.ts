import type { CertificateOrderStore } from '#store/certificate-order-store.ts'
import type { CertificateWantStore, WantRecord } from '#store/certificate-want-store.ts'
import type { Clock } from '#ports/clock.ts'
import { isShared, namesOf } from './names.ts'

interface Deps {
  wants: Pick<CertificateWantStore, 'listForPlatform'>
  orders: Pick<CertificateOrderStore, 'listOfForPlatform'>
  isOwn: (names: string) => boolean
  clock: Clock
}

/** Of what holds up a name itself, and not its place in the line. */
const LIMIT_CODES = ['CERTIFICATE_LIMIT', 'CERTIFICATE_SHARED_LINE']

/**
 * Names under a suffix that everybody shares have one order a day between them. They stand in a line:
 * the dashboard's own first, then whoever has never been tried, or was tried longest ago, then whoever
 * has waited longest. Who cannot be ordered for just now, because of its DNS, keeps nobody waiting.
 */
export function createSharedLine({ wants, orders, isOwn, clock }: Deps) {
  const askedAt = (names: string): string => orders.listOfForPlatform(names)[0]?.changedAt ?? ''

  function isInLine({ names, state, reason, nextAttemptAt, droppedAt }: WantRecord): boolean {
    if (droppedAt !== null || state === 'valid' || !namesOf(names).some(isShared)) return false
    const isHeldUp =
      reason !== null &&
      !LIMIT_CODES.includes(reason.code) &&
      Date.parse(nextAttemptAt) > clock.now().getTime()
    return !isHeldUp
  }

  return {
    /** True where nobody stands before it. */
    isFirst(names: string): boolean {
      const [first] = wants
        .listForPlatform()
        .filter((want) => want.names === names || isInLine(want))
        .map((want) => ({ want, own: isOwn(want.names) ? 0 : 1, at: askedAt(want.names) }))
        .toSorted(
          (one, other) =>
            one.own - other.own ||
            one.at.localeCompare(other.at) ||
            one.want.wantedSince.localeCompare(other.want.wantedSince) ||
            one.want.names.localeCompare(other.want.names),
        )
      return first === undefined || first.want.names === names
    },
  }
}
export type SharedLine = ReturnType<typeof createSharedLine>
