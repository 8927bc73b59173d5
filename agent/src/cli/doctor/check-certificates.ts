import { readState } from '#agent/cli/doctor/check-state.ts'
import type { Check, Finding } from '#agent/cli/doctor/subject.ts'

const DAY_MS = 86_400_000
/** A healthy certificate is renewed long before that share of its life is left (rule R10). */
const WORRY = 0.25
const ALARM = 0.1
const MOST_LINES = 10

/** Certificates of CAs, and uploaded ones, that live on without having been renewed. */
export const checkCertificates: Check = async (subject) => {
  const rows = (await readState(subject))?.certificates() ?? []
  const now = subject.machine.now().getTime()
  const worn = rows
    .map(({ hosts, from, until }) => ({
      hosts,
      leftMs: until - now,
      share: (until - now) / Math.max(until - from, 1),
    }))
    .filter(({ share }) => share < WORRY)
    .toSorted((one, other) => one.leftMs - other.leftMs)
  const findings = worn.slice(0, MOST_LINES).map(
    ({ hosts, leftMs, share }): Finding => ({
      check: 'certificates',
      level: share < ALARM ? 'bad' : 'warn',
      message:
        leftMs > 0
          ? `The certificate of ${hosts} ends in ${sayLeft(leftMs)} and has not been renewed.`
          : `The certificate of ${hosts} has expired.`,
      hint: 'vastrox certificates shows what the CA says; one that was uploaded is replaced by hand.',
    }),
  )
  if (findings.length > 0) return findings
  return [
    {
      check: 'certificates',
      level: 'ok',
      message:
        rows.length === 0
          ? 'There are no certificates of public CAs.'
          : 'No certificate is near its end.',
    },
  ]
}

const sayLeft = (ms: number): string =>
  ms >= 2 * DAY_MS
    ? `${Math.floor(ms / DAY_MS)} days`
    : `${Math.max(1, Math.floor(ms / 3_600_000))} h`
