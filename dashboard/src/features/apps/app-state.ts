import type { AppState } from '@vastrox/shared/app.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

/** What each state of an app is called and how it looks, everywhere. */
export const APP_STATE: Record<AppState, { label: string; tone: Tone }> = {
  'never-deployed': { label: t('Waiting for a push'), tone: 'idle' },
  deploying: { label: t('Deploying'), tone: 'busy' },
  running: { label: t('Running'), tone: 'good' },
  degraded: { label: t('Degraded'), tone: 'warn' },
  crashed: { label: t('Crashed'), tone: 'bad' },
  stopped: { label: t('Stopped'), tone: 'idle' },
  asleep: { label: t('Asleep'), tone: 'idle' },
}
