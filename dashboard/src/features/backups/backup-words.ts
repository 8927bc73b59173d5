import type { Backup, BackupMode, Drill } from '@vastrox/shared/backup.ts'
import type { Proof } from '@vastrox/shared/addon.ts'
import { ago, span } from '#lib/time.ts'
import { t, tn } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

/** How long something took, without tenths where they say nothing: "41 s". */
export const sayTook = (ms: number): string =>
  ms >= 10_000 && ms < 60_000 ? t('{count} s', { count: Math.round(ms / 1_000) }) : span(ms)

export const isUnderWay = ({ state }: Pick<Backup, 'state'>): boolean =>
  state === 'queued' || state === 'running' || state === 'removing'

/** A backup that can be restored from. */
export const isGood = ({ state }: Pick<Backup, 'state'>): boolean => state === 'done'

interface Standing {
  label: string
  tone: Tone
}

const STATE: Record<Backup['state'], Standing> = {
  queued: { label: t('Waits'), tone: 'busy' },
  running: { label: t('Under way'), tone: 'busy' },
  done: { label: t('Stored'), tone: 'idle' },
  failed: { label: t('Failed'), tone: 'bad' },
  removing: { label: t('Being removed'), tone: 'idle' },
}

/** How a backup stands: stored is not proven, and only proven is green. */
export function standingOf({
  state,
  drill,
  damage,
}: Pick<Backup, 'state' | 'drill' | 'damage'>): Standing {
  if (state === 'done' && typeof damage === 'string') return { label: t('Damaged'), tone: 'bad' }
  if (state !== 'done' || drill === null) return STATE[state]
  if (drill.state === 'proven') return { label: t('Proven'), tone: 'good' }
  if (drill.state === 'failed') return { label: t('Drill failed'), tone: 'bad' }
  if (drill.state === 'running' || drill.state === 'queued')
    return { label: t('Being proven'), tone: 'busy' }
  return STATE.done
}

/** "Proven restorable 3 h ago, in 41 s". */
export function sayDrill(drill: Backup['drill'], now: Date): string {
  if (drill === null) return t('Not restored for proof yet')
  const when = drill.endedAt === null ? '' : ago(drill.endedAt, now)
  const took = drill.durationMs === null ? undefined : sayTook(drill.durationMs)
  switch (drill.state) {
    case 'proven':
      return took === undefined
        ? t('Proven restorable {when}', { when }).trim()
        : t('Proven restorable {when}, in {took}', { when, took })
    case 'failed':
      return t('The drill failed {when}', { when }).trim()
    case 'skipped':
      return t('The drill was put off {when}', { when }).trim()
    case 'queued':
    case 'running':
      return t('Is being restored for proof')
    default:
      return drill.state satisfies never
  }
}

/** What a badge says of a subject: proof before upload, and failure before both. */
export function sayProof(proof: Proof, now: Date): Standing {
  if (proof.failure !== null) return { label: t('Drill failed'), tone: 'bad' }
  if (proof.provenAt !== null) {
    const when = ago(proof.provenAt, now)
    const label =
      proof.provenInMs === null
        ? t('Proven {when}', { when })
        : t('Proven {when}, in {took}', { when, took: sayTook(proof.provenInMs) })
    return { label, tone: 'good' }
  }
  return proof.lastBackupAt === null
    ? { label: t('No backup'), tone: 'warn' }
    : { label: t('Not proven yet'), tone: 'warn' }
}

const MODE: Record<BackupMode, string> = {
  dump: t('by the database’s own tool, at one moment'),
  live: t('while it was in use: files that changed meanwhile may be of different moments'),
  paused: t('with its processes standing still'),
  stopped: t('with nothing running'),
}
export const sayMode = (mode: BackupMode): string => MODE[mode]

/** The same as a choice, with its price. */
export const MODE_CHOICES = [
  [
    'live',
    t('while it is in use'),
    t('Nobody notices. A file that is written meanwhile may be half old.'),
  ],
  ['paused', t('with its processes standing still'), t('Requests wait for as long as it takes.')],
  ['stopped', t('with nothing running'), t('The app is away for as long as it takes.')],
] as const

/** Of the newest drills of a subject's backups, newest backup first. */
export function proofOf(backups: readonly Backup[]): Proof {
  const good = backups.filter(isGood)
  const ended = good
    .flatMap(({ drill }) => (drill?.endedAt ? [{ ...drill, endedAt: drill.endedAt }] : []))
    .filter(({ state }) => state === 'proven' || state === 'failed')
    .toSorted((a, b) => b.endedAt.localeCompare(a.endedAt))
  const [last] = ended
  const proven = ended.find(({ state }) => state === 'proven')
  return {
    lastBackupAt: good[0] ? (good[0].endedAt ?? good[0].startedAt) : null,
    provenAt: proven?.endedAt ?? null,
    provenInMs: proven?.durationMs ?? null,
    failure: last?.state === 'failed' ? (last.reason ?? t('The drill failed.')) : null,
  }
}

/** "12 of 12 looks were good", or how many were not. */
export function sayChecks(checks: Drill['checks']): string {
  const bad = checks.filter(({ isGood: good }) => !good).length
  if (checks.length === 0) return t('Nothing was looked at.')
  return bad === 0
    ? tn(checks.length, '1 check, all good', '{count} checks, all good')
    : tn(checks.length, '1 check, {bad} not as expected', '{count} checks, {bad} not as expected', {
        bad,
      })
}
