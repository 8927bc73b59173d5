import type { FirstStep } from '@vastrox/shared/first-run.ts'

/** What a look at one step has found. */
export interface FoundStep extends Pick<FirstStep, 'state' | 'found'> {
  app?: string | undefined
}
