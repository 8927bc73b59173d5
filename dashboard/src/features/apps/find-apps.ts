import type { App, AppState } from '@vastrox/shared/app.ts'
import { t, tn } from '#lib/words.ts'

/** What a person looks for in a long list of apps. */
export type Wanted = 'all' | 'wrong' | 'deploying' | 'running' | 'resting' | 'new'

const IS_WRONG: readonly AppState[] = ['crashed', 'degraded']

export const WANTED: Record<Wanted, { label: string; states: readonly AppState[] }> = {
  all: { label: t('Every state'), states: [] },
  wrong: { label: t('Something is wrong'), states: IS_WRONG },
  deploying: { label: t('Deploying'), states: ['deploying'] },
  running: { label: t('Running'), states: ['running'] },
  resting: { label: t('Stopped or asleep'), states: ['stopped', 'asleep'] },
  new: { label: t('Waiting for a push'), states: ['never-deployed'] },
}

export const isWanted = (value: string): value is Wanted => Object.hasOwn(WANTED, value)

/** Those with each of the words in their name, stack or address, in the wanted state. */
export function findApps(apps: readonly App[], search: string, wanted: Wanted): readonly App[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const { states } = WANTED[wanted]
  if (words.length === 0 && states.length === 0) return apps
  return apps.filter((app) => {
    if (states.length > 0 && !states.includes(app.state)) return false
    const text = `${app.name} ${app.stack ?? ''} ${app.urls.join(' ')}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

const MOST_NAMES = 3

/** One line that answers "is anything wrong?". */
export function summaryOf(apps: readonly App[]): string {
  const count = tn(apps.length, '1 app', '{count} apps')
  const failing = apps.filter(({ state }) => IS_WRONG.includes(state))
  if (failing.length > 0) {
    const more = failing.length - MOST_NAMES
    const shown = failing.slice(0, MOST_NAMES).map(({ name }) => name)
    const names = shown.join(', ')
    return more > 0
      ? t('{count}; look at {names} and {more} more.', { count, names, more })
      : t('{count}; look at {names}.', { count, names })
  }
  const deploying = apps.filter(({ state }) => state === 'deploying').length
  if (deploying > 0)
    return t('{count}, {deploying} deploying. Everything else is as it should be.', {
      count,
      deploying,
    })
  return t('{count}. Everything is as it should be.', { count })
}
