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
  queued: { label: 'Waits', tone: 'busy' },
  running: { label: 'Under way', tone: 'busy' },
  done: { label: 'Stored', tone: 'idle' },
  failed: { label: 'Failed', tone: 'bad' },
  removing: { label: 'Being removed', tone: 'idle' },
}

/** How a backup stands: stored is not proven, and only proven is green. */
export function standingOf({
  state,
  drill,
  damage,
}: Pick<Backup, 'state' | 'drill' | 'damage'>): Standing {
  if (state === 'done' && typeof damage === 'string') return { label: 'Damaged', tone: 'bad' }
  if (state !== 'done' || drill === null) return STATE[state]
  if (drill.state === 'proven') return { label: 'Proven', tone: 'good' }
  if (drill.state === 'failed') return { label: 'Drill failed', tone: 'bad' }
  if (drill.state === 'running' || drill.state === 'queued')
    return { label: 'Being proven', tone: 'busy' }
  return STATE.done
}

/** "Proven restorable 3 h ago, in 41 s". */
export function sayDrill(drill: Backup['drill'], now: Date): string {
  if (drill === null) return 'Not restored for proof yet'
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
      return 'Is being restored for proof'
    default:
      return drill.state satisfies never
  }
}

/** What a badge says of a subject: proof before upload, and failure before both. */
export function sayProof(proof: Proof, now: Date): Standing {
  if (proof.failure !== null) return { label: 'Drill failed', tone: 'bad' }
  if (proof.provenAt !== null) {
    const when = ago(proof.provenAt, now)
    const label =
      proof.provenInMs === null
        ? t('Proven {when}', { when })
        : t('Proven {when}, in {took}', { when, took: sayTook(proof.provenInMs) })
    return { label, tone: 'good' }
  }
  return proof.lastBackupAt === null
    ? { label: 'No backup', tone: 'warn' }
    : { label: 'Not proven yet', tone: 'warn' }
}

const MODE: Record<BackupMode, string> = {
  dump: 'by the database’s own tool, at one moment',
  live: 'while it was in use: files that changed meanwhile may be of different moments',
  paused: 'with its processes standing still',
  stopped: 'with nothing running',
}
export const sayMode = (mode: BackupMode): string => MODE[mode]

/** The same as a choice, with its price. */
export const MODE_CHOICES = [
  [
    'live',
    'while it is in use',
    'Nobody notices. A file that is written meanwhile may be half old.',
  ],
  ['paused', 'with its processes standing still', 'Requests wait for as long as it takes.'],
  ['stopped', 'with nothing running', 'The app is away for as long as it takes.'],
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
    failure: last?.state === 'failed' ? (last.reason ?? 'The drill failed.') : null,
  }
}

/** "12 of 12 looks were good", or how many were not. */
export function sayChecks(checks: Drill['checks']): string {
  const bad = checks.filter(({ isGood: good }) => !good).length
  if (checks.length === 0) return 'Nothing was looked at.'
  return bad === 0
    ? tn(checks.length, '1 check, all good', '{count} checks, all good')
    : tn(checks.length, '1 check, {bad} not as expected', '{count} checks, {bad} not as expected', {
        bad,
      })
}
