import type { AppState } from '@vastrox/shared/app.ts'
import type { Tone } from '#ui/tone.ts'

/** What each state of an app is called and how it looks, everywhere. */
export const APP_STATE: Record<AppState, { label: string; tone: Tone }> = {
  'never-deployed': { label: 'Waiting for a push', tone: 'idle' },
  deploying: { label: 'Deploying', tone: 'busy' },
  running: { label: 'Running', tone: 'good' },
  degraded: { label: 'Degraded', tone: 'warn' },
  crashed: { label: 'Crashed', tone: 'bad' },
  stopped: { label: 'Stopped', tone: 'idle' },
  asleep: { label: 'Asleep', tone: 'idle' },
}
