import type { FirstStep, FirstStepKey } from '@vastrox/shared/first-run.ts'
import { t } from '#lib/words.ts'

interface StepWords {
  title: string
  /** Why, in one sentence. */
  why: string
  /** On the button that leads there. */
  act: string
}

export const STEP_WORDS: Record<FirstStepKey, StepWords> = {
  account: {
    title: t('Set a password'),
    why: t('The link that you came by works once.'),
    act: t('Set a password'),
  },
  app: {
    title: t('Deploy an app of your own'),
    why: t('By git push, an upload, an image or a starter; it counts once it has answered.'),
    act: t('Deploy an app'),
  },
  domain: {
    title: t('Give it your domain'),
    why: t('A name that people can remember, with a certificate that their browsers trust.'),
    act: t('Set a domain'),
  },
  backups: {
    title: t('Have backups that were proven'),
    why: t('A backup counts once it has been restored on trial.'),
    act: t('Set up backups'),
  },
  channel: {
    title: t('Be told when something is wrong'),
    why: t(
      'By e-mail, Slack, Discord, Telegram, ntfy or a webhook; it counts once a test has arrived.',
    ),
    act: t('Add a channel'),
  },
  passkey: {
    title: t('Sign in with a passkey'),
    why: t('Nothing to type, and nothing that could be phished.'),
    act: t('Add a passkey'),
  },
}

type Place = '/account' | '/apps' | '/settings/domain' | '/backups' | '/alerts/channels'

/** Where a step is taken. */
export const PLACE: Record<FirstStepKey, Place> = {
  account: '/account',
  app: '/apps',
  domain: '/settings/domain',
  backups: '/backups',
  channel: '/alerts/channels',
  passkey: '/account',
}

/** How many count, and how many of them are done: what is left out, and the passkey, do not. */
export function progressOf(steps: readonly FirstStep[]): { done: number; all: number } {
  const counting = steps.filter(({ key, isSkipped }) => key !== 'passkey' && !isSkipped)
  return { done: counting.filter(({ state }) => state === 'done').length, all: counting.length }
}

/** The one that is next: the first that is open and theirs. */
export const nextOf = (steps: readonly FirstStep[]): FirstStepKey | undefined =>
  steps.find(({ state, isSkipped, isYours }) => state === 'open' && !isSkipped && isYours)?.key
