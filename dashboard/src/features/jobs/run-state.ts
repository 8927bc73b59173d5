import type { Run, RunState } from '@vastrox/shared/run.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

export const RUN_STATE: Record<RunState, { label: string; tone: Tone }> = {
  running: { label: t('Running'), tone: 'busy' },
  succeeded: { label: t('Succeeded'), tone: 'good' },
  failed: { label: t('Failed'), tone: 'bad' },
  'timed-out': { label: t('Timed out'), tone: 'bad' },
  stopped: { label: t('Stopped'), tone: 'idle' },
  interrupted: { label: t('Interrupted'), tone: 'warn' },
  skipped: { label: t('Left out'), tone: 'warn' },
  missed: { label: t('Missed'), tone: 'warn' },
}

/** What the state alone does not say: the reason, or the exit code. */
export function sayWhy({ state, reason, exitCode }: Run): string | undefined {
  if (reason !== null) return reason
  return state === 'failed' && exitCode !== null
    ? t('exit code {exitCode}', { exitCode })
    : undefined
}
