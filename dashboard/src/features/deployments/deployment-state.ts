import type { Deployment, DeploymentState, DeploymentTrigger } from '@vastrox/shared/deployment.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

/** What each state of a deployment is called and how it looks, everywhere. */
export const DEPLOYMENT_STATE: Record<DeploymentState, { label: string; tone: Tone }> = {
  queued: { label: t('Queued'), tone: 'idle' },
  building: { label: t('Building'), tone: 'busy' },
  releasing: { label: t('Releasing'), tone: 'busy' },
  starting: { label: t('Starting'), tone: 'busy' },
  checking: { label: t('Checking'), tone: 'busy' },
  switching: { label: t('Switching'), tone: 'busy' },
  watching: { label: t('Live, watched'), tone: 'good' },
  live: { label: t('Live'), tone: 'good' },
  superseded: { label: t('Superseded'), tone: 'idle' },
  reverted: { label: t('Reverted'), tone: 'warn' },
  failed: { label: t('Failed'), tone: 'bad' },
  cancelled: { label: t('Cancelled'), tone: 'idle' },
}

const ENDED: readonly DeploymentState[] = ['live', 'superseded', 'reverted', 'failed', 'cancelled']
const CANCELLABLE: readonly DeploymentState[] = [
  'queued',
  'building',
  'releasing',
  'starting',
  'checking',
]

export const hasEnded = (state: DeploymentState): boolean => ENDED.includes(state)
export const isCancellable = (state: DeploymentState): boolean => CANCELLABLE.includes(state)
/** Before visitors see it: what people wait for. Watching goes on behind a live release. */
export const isOnItsWay = (state: DeploymentState): boolean =>
  !hasEnded(state) && state !== 'watching'

const TRIGGER: Record<DeploymentTrigger, string> = {
  push: t('Push'),
  upload: t('Upload'),
  image: t('Image'),
  'roll-back': t('Roll back'),
  restart: t('Restart'),
  env: t('Change of env'),
  scale: t('Scale'),
  start: t('Start'),
  redeploy: t('Deploy again'),
}

/** What a deployment brings, in words: the commit, or what was done in its place. */
export function titleOf({ trigger, commit, release }: Deployment): string {
  if (trigger === 'push') return commit?.subject || TRIGGER.push
  if (trigger === 'roll-back' && release !== null)
    return t('Roll back: now release v{release}', { release })
  return TRIGGER[trigger]
}

/** From the request until visitors saw it, or until it ended otherwise; until now while it goes on. */
export function tookMs({ phases, createdAt }: Deployment, now: Date): number {
  const end =
    phases.find(({ state }) => state === 'watching' || state === 'live') ??
    phases.find(({ state }) => hasEnded(state))
  const endMs = end ? new Date(end.at).getTime() : now.getTime()
  return Math.max(0, endMs - new Date(createdAt).getTime())
}
