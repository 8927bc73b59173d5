import type { FirstStep, FirstStepKey } from '@vastrox/shared/first-run.ts'

interface StepWords {
  title: string
  /** Why, in one sentence. */
  why: string
  /** On the button that leads there. */
  act: string
}

export const STEP_WORDS: Record<FirstStepKey, StepWords> = {
  account: {
    title: 'Set a password',
    why: 'The link that you came by works once.',
    act: 'Set a password',
  },
  app: {
    title: 'Deploy an app of your own',
    why: 'By git push, an upload, an image or a starter; it counts once it has answered.',
    act: 'Deploy an app',
  },
  domain: {
    title: 'Give it your domain',
    why: 'A name that people can remember, with a certificate that their browsers trust.',
    act: 'Set a domain',
  },
  backups: {
    title: 'Have backups that were proven',
    why: 'A backup counts once it has been restored on trial.',
    act: 'Set up backups',
  },
  channel: {
    title: 'Be told when something is wrong',
    why: 'By e-mail, Slack, Discord, Telegram, ntfy or a webhook; it counts once a test has arrived.',
    act: 'Add a channel',
  },
  passkey: {
    title: 'Sign in with a passkey',
    why: 'Nothing to type, and nothing that could be phished.',
    act: 'Add a passkey',
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
