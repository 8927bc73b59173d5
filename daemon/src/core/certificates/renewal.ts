interface Life {
  notBefore: Date
  notAfter: Date
}

const DAY_MS = 86_400_000
const ASK_MS = DAY_MS / 2
/** Rule R6: below this much of its life, what the CA suggests does not count any more. */
const LAST_RESORT = 1 / 20

/** Of its life: who renews before that is counted like anybody else, whatever the CA suggests. */
export const YOUNG = 1 / 20

const lifeOf = ({ notBefore, notAfter }: Life): number => notAfter.getTime() - notBefore.getTime()

/** When a certificate is renewed by itself: in its last third, or half where it lives less than 10 days. */
export function ownRenewalAt(life: Life): Date {
  const whole = lifeOf(life)
  const left = whole < 10 * DAY_MS ? whole / 2 : whole / 3
  return new Date(life.notAfter.getTime() - left)
}

/**
 * When a certificate is renewed: a moment within the window that its CA suggests, or its own time where
 * there is no window or one that makes no sense; and in any case before its last twentieth (rule R6).
 */
export function renewalAt(
  life: Life,
  window: { start: Date; end: Date } | undefined,
  random: () => number,
): Date {
  const latest = life.notAfter.getTime() - lifeOf(life) * LAST_RESORT
  if (!window || !isSane(window, life)) return ownRenewalAt(life)
  const { start, end } = window
  const chosen = start.getTime() + random() * (end.getTime() - start.getTime())
  return new Date(Math.min(chosen, latest))
}

const isSane = ({ start, end }: { start: Date; end: Date }, { notAfter }: Life): boolean =>
  end > start && start <= notAfter

/**
 * When the CA is asked again: twice a day, at no fixed time; later where it wants that (up to a day),
 * and often enough in a short life to matter.
 */
export function askAgainAfter(
  life: Life,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const spread = 0.9 + random() * 0.2
  const own = Math.min(ASK_MS, lifeOf(life) / 8) * spread
  return Math.max(own, Math.min(retryAfterMs ?? 0, DAY_MS))
}

/** Thresholds of alarms (rule R10), in milliseconds left, largest first; the last is its end. */
export function alarmThresholds(life: Life): number[] {
  const whole = lifeOf(life)
  const shares = [0.25, 0.15, 0.1].map((share) => whole * share)
  const days = [7, 3, 1].map((count) => count * DAY_MS).filter((ms) => ms < whole / 4)
  return [...shares, ...days, 0].map(Math.floor).toSorted((one, other) => other - one)
}

/** The threshold that has been crossed last, where it is news. */
export function alarmDue(life: Life, alarmedMs: number | null, now: Date): number | undefined {
  const left = life.notAfter.getTime() - now.getTime()
  const crossed = alarmThresholds(life).filter((ms) => left <= ms)
  const latest = crossed.at(-1)
  return latest !== undefined && (alarmedMs === null || latest < alarmedMs) ? latest : undefined
}
