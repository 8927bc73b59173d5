import type { Run, RunState } from '@vastrox/shared/run.ts'
import type { Tone } from '#ui/tone.ts'

export const RUN_STATE: Record<RunState, { label: string; tone: Tone }> = {
  running: { label: 'Running', tone: 'busy' },
  succeeded: { label: 'Succeeded', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  'timed-out': { label: 'Timed out', tone: 'bad' },
  stopped: { label: 'Stopped', tone: 'idle' },
  interrupted: { label: 'Interrupted', tone: 'warn' },
  skipped: { label: 'Left out', tone: 'warn' },
  missed: { label: 'Missed', tone: 'warn' },
}

/** What the state alone does not say: the reason, or the exit code. */
export function sayWhy({ state, reason, exitCode }: Run): string | undefined {
  if (reason !== null) return reason
  return state === 'failed' && exitCode !== null ? `exit code ${exitCode}` : undefined
}
